using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Client;

[CancelAfter(20_000)]
internal sealed class QuoteTests
{
    [Test]
    public void A_quote_is_two_orders_that_are_replaced_and_cancelled()
    {
        using var world = new ClientWorld().Establish();
        var quote = world.Client.Orders.Quotes.Add(new InstrumentId(3));
        Set(quote, 99, 10, 101, 20);
        Answer(world, 2);
        var orders = world.Venue.Heard.Where(heard => heard.IsRequest).ToList();
        var bid = NewOrderSingleDecoder.Trusted(orders[0].Frame);
        Assert.That((bid.Side, bid.Price, bid.Quantity, bid.InstrumentId), Is.EqualTo((Side.Buy, 99, 10, 3)));
        Assert.That(bid.ExecutionFlags, Is.EqualTo(ExecutionFlags.PostOnly));
        var ask = NewOrderSingleDecoder.Trusted(orders[1].Frame);
        Assert.That((ask.Side, ask.Price, ask.Quantity), Is.EqualTo((Side.Sell, 101, 20)));
        Assert.That(quote.IsSettled);
        Assert.That((quote.BidQuantity.Value, quote.AskQuantity.Value), Is.EqualTo((10, 20)));

        Set(quote, 98, 10, 101, 0);
        Answer(world, 4);
        Assert.That(world.Venue.Count(OrderReplaceRequestDecoder.TemplateId), Is.EqualTo(1));
        Assert.That(world.Venue.Count(OrderCancelRequestDecoder.TemplateId), Is.EqualTo(1));
        Assert.That((quote.BidPrice.Value, quote.BidQuantity.Value, quote.AskQuantity.Value), Is.EqualTo((98, 10, 0)));
    }

    [Test]
    public void What_is_wanted_meanwhile_is_sent_once_as_the_latest()
    {
        using var world = new ClientWorld().Establish();
        var quote = world.Client.Orders.Quotes.Add(new InstrumentId(3));
        Set(quote, 99, 10, 0, 0);
        for (var price = 98; price > 90; price--)
        {
            Set(quote, price, 10, 0, 0);
        }

        Answer(world, 2);
        var replace = OrderReplaceRequestDecoder.Trusted(world.Venue.Last(OrderReplaceRequestDecoder.TemplateId).Frame);
        Assert.That((replace.Price, replace.Quantity), Is.EqualTo((91, 10)));
        world.Pass(1_000_000);
        Assert.That(world.Venue.Requests.Count(), Is.EqualTo(2));
        Set(quote, 91, 10, 0, 0);
        Assert.That(quote.IsSettled);
    }

    [Test]
    public void Fills_count_against_the_total_of_a_replacement()
    {
        using var world = new ClientWorld().Establish();
        var quote = world.Client.Orders.Quotes.Add(new InstrumentId(3));
        Set(quote, 99, 10, 0, 0);
        Answer(world, 1);
        world.Venue.Filled(901, world.Venue.NameOf(1), lots: 4, leaves: 6, request: 1);
        world.Until(() => quote.BidQuantity.Value == 6);
        Set(quote, 98, 10, 0, 0);
        Answer(world, 2);
        var replace = OrderReplaceRequestDecoder.Trusted(world.Venue.Last(OrderReplaceRequestDecoder.TemplateId).Frame);
        Assert.That((replace.OriginalClientOrderId, replace.Quantity), Is.EqualTo((world.Venue.NameOf(1), 14)));
        Assert.That(quote.BidQuantity.Value, Is.EqualTo(10));
        world.Venue.Filled(901, world.Venue.NameOf(2), lots: 10, leaves: 0, request: 2);
        world.Until(() => quote.BidQuantity.Value == 0);
        Set(quote, 97, 10, 0, 0);
        Answer(world, 3);
        Assert.That(world.Venue.Count(NewOrderSingleDecoder.TemplateId), Is.EqualTo(2), "the old one is done");
    }

    [Test]
    public void A_refused_order_is_not_tried_again_until_the_quote_is_set_again()
    {
        using var world = new ClientWorld().Establish();
        var quote = world.Client.Orders.Quotes.Add(new InstrumentId(3));
        Set(quote, 99, 10, 0, 0);
        world.Until(() => world.Venue.Requests.Count() == 1);
        world.Venue.Rejected(1, RejectCode.WouldTrade);
        world.Pass(50_000_000);
        Assert.That(world.Venue.Requests.Count(), Is.EqualTo(1));
        Assert.That(quote.BidQuantity.Value, Is.Zero);
        Set(quote, 98, 10, 0, 0);
        world.Until(() => world.Venue.Requests.Count() == 2);
    }

    [Test]
    public void A_lost_connection_takes_quotes_back_and_what_still_rests_is_cancelled_after_the_return()
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 3_000_000_000 }).Establish();
        var quote = world.Client.Orders.Quotes.Add(new InstrumentId(3));
        Set(quote, 99, 10, 101, 10);
        Answer(world, 2);
        world.Venue.Hangup();
        world.Venue.NextRequest = 3;
        world.Venue.NextReport = 4;
        world.Until(() => world.Client.State == ConnectionState.Disconnected);
        world.Establish();

        // The venue cancelled one of them itself; the report of it comes again.
        world.Venue.Canceled(902, world.Venue.NameOf(2), CancelReason.SessionClosed, request: 2, sequence: 3);
        world.Until(() => world.Venue.Requests.Count() == 3);
        var cancel = OrderCancelRequestDecoder.Trusted(world.Venue.Last(OrderCancelRequestDecoder.TemplateId).Frame);
        Assert.That(cancel.OriginalClientOrderId, Is.EqualTo(world.Venue.NameOf(1)));
        world.Venue.Canceled(901, world.Venue.NameOf(1), CancelReason.Requested, request: 3);
        world.Until(() => quote.IsSettled);
        Assert.That((quote.BidQuantity.Value, quote.AskQuantity.Value), Is.EqualTo((0, 0)));
        Assert.That(world.Client.State, Is.EqualTo(ConnectionState.Established));
    }

    [Test]
    public void A_quote_that_does_not_fit_the_window_follows_when_it_does()
    {
        using var world = new ClientWorld(options => options with { WindowRequests = 2 }).Establish();
        var quotes = new List<TwoSidedQuote>();
        for (uint instrument = 1; instrument <= 5; instrument++)
        {
            quotes.Add(world.Client.Orders.Quotes.Add(new InstrumentId(instrument)));
            Set(quotes[^1], 99, 10, 101, 10);
        }

        Answer(world, 10);
        Assert.That(quotes.Sum(quote => quote.BidQuantity.Value + quote.AskQuantity.Value), Is.EqualTo(100));
        Assert.That(world.Client.Orders.Quotes.Count, Is.EqualTo(5));
    }

    /// <summary>The venue does what it is asked until it was asked so often.</summary>
    private static void Answer(ClientWorld world, int count)
    {
        var outcomes = world.Told.Outcomes.Count;
        for (var request = outcomes + 1; request <= count; request++)
        {
            var sequence = (ulong)request;
            world.Until(() => world.Venue.Requests.Any(one => one.Sequence == sequence), what: $"request {request}");
            var heard = world.Venue.Heard.First(one => one.IsRequest && one.Header.Sequence == sequence);
            switch (heard.TemplateId)
            {
                case NewOrderSingleDecoder.TemplateId:
                    world.Venue.Accepted(sequence, 900 + sequence);
                    break;
                case OrderReplaceRequestDecoder.TemplateId:
                    world.Venue.Replaced(sequence, 901, world.Venue.NameOf(sequence), 0);
                    break;
                default:
                    world.Venue.Canceled(901, 0, CancelReason.Requested, sequence);
                    break;
            }
        }

        world.Until(() => world.Told.Outcomes.Count == count, what: "all outcomes");
    }

    private static void Set(TwoSidedQuote quote, long bid, long bidLots, long ask, long askLots) =>
        quote.Set(new PriceTicks(bid), new QuantityLots(bidLots), new PriceTicks(ask), new QuantityLots(askLots));
}

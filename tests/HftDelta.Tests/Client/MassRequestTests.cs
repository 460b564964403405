using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client;

/// <summary>Calls that concern many orders: how they are sent, and which report ends them.</summary>
[CancelAfter(20_000)]
internal sealed class MassRequestTests
{
    [Test]
    public void A_mass_cancel_ends_with_its_own_report_also_after_later_requests()
    {
        using var world = new ClientWorld().Establish();
        var sent = world.Client.Orders.MassCancel(new MassCancelTerms
        {
            Instrument = new InstrumentId(3),
            Underlying = new UnderlyingId(2),
            Side = SideFilter.Sell,
            LowestPrice = new PriceTicks(5),
            HighestPrice = new PriceTicks(6),
        });
        world.Send(ClientWorld.Order(Side.Buy, 99, 1));
        var request = MassCancelRequestDecoder.Trusted(world.Venue.Last(MassCancelRequestDecoder.TemplateId).Frame);
        Assert.That(
            (request.AccountId, request.InstrumentId, request.UnderlyingId, request.Side),
            Is.EqualTo((ScriptedVenue.Account, 3, 2, SideFilter.Sell)));
        Assert.That((request.LowestPrice, request.HighestPrice, request.Header.Deadline), Is.EqualTo((5, 6, 0)));

        world.Venue.Canceled(900, 77, CancelReason.MassCancel, request: 1);
        world.Venue.Accepted(request: 2, order: 901);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Told.Outcomes[0].Request, Is.Not.EqualTo(sent.Request), "the order's comes first");
        MassCanceled(world, request.ClientOrderId, 1, during: 2);
        world.Until(() => world.Told.Outcomes.Count == 2);
        Assert.That(
            (world.Told.Outcomes[1].Request, world.Told.Outcomes[1].Kind), Is.EqualTo((sent.Request, OutcomeKind.Canceled)));
        Assert.That(world.Told.OrderLines.Last(), Is.EqualTo($"mass-canceled 1 for request {sent.Request.Value}"));
        Assert.That(world.Told.OrderLines, Does.Contain("canceled 1 order 900 MassCancel"));
        Assert.That(world.Client.Orders.Outstanding, Is.Zero);
    }

    [Test]
    public void A_mass_cancel_that_is_refused_has_an_outcome_and_nothing_more()
    {
        using var world = new ClientWorld().Establish();
        world.Client.Orders.MassCancel(new MassCancelTerms());
        world.Until(() => world.Venue.Requests.Count() == 1);
        MassCanceled(world, 1, 0, during: 1, RejectCode.RequestOutstanding);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(
            (world.Told.Outcomes[0].Kind, world.Told.Outcomes[0].Code),
            Is.EqualTo((OutcomeKind.Rejected, RejectCode.RequestOutstanding)));
        Assert.That(world.Told.OrderLines.Count(), Is.EqualTo(1));
    }

    [Test]
    public void A_mass_quote_names_all_its_orders_and_tells_each_side()
    {
        using var world = new ClientWorld(options => options with { RequestLifetimeNanos = 5_000_000 }).Establish();
        var sent = world.Client.Orders.MassQuote(
            new MassQuoteTerms { Underlying = new UnderlyingId(2), IsProtected = true },
            [
                new QuoteEntry
                {
                    Instrument = new InstrumentId(3), BidPrice = new PriceTicks(99), BidQuantity = new QuantityLots(5),
                },
                new QuoteEntry
                {
                    Instrument = new InstrumentId(4), AskPrice = new PriceTicks(101), AskQuantity = new QuantityLots(6),
                },
            ]);
        world.Until(() => world.Venue.Requests.Count() == 1);
        var quote = MassQuoteDecoder.Trusted(world.Venue.Last(MassQuoteDecoder.TemplateId).Frame);
        Assert.That(
            (quote.UnderlyingId, quote.ClientOrderId, quote.ExecutionFlags),
            Is.EqualTo((2, sent.Order.Value, ExecutionFlags.MarketMakerProtection)));
        Assert.That(quote.Header.Deadline, Is.Not.Zero, "late prices are wrong prices");
        var entries = new List<(uint, long, long, long, long)>();
        foreach (var entry in quote.Quotes)
        {
            entries.Add((entry.InstrumentId, entry.BidPrice, entry.BidQuantity, entry.AskPrice, entry.AskQuantity));
        }

        Assert.That(entries, Is.EqualTo(new[] { (3u, 99L, 5L, 0L, 0L), (4u, 0L, 0L, 101L, 6L) }));

        world.Venue.Report(0, 1, buffer =>
        {
            var report = MassQuoteReportEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account)
                .SetClientOrderId(sent.Order.Value);
            var sides = report.SetQuotes(2);
            sides.Next().SetInstrumentId(3).SetBidOrderId(900);
            sides.Next().SetInstrumentId(4).SetAskCode((ushort)RejectCode.WouldTrade);
            return report.EncodedLength;
        });
        world.Until(() => world.Told.OrderLines.Count() == 3);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[]
        {
            $"outcome {sent.Request.Value} Accepted order 0 code 0", "quoted 3 0 900 / 0 0",
            $"quoted 4 0 0 / {RejectCode.WouldTrade:D} 0",
        }));
    }

    [Test]
    public void Thirty_entries_fit_and_one_more_is_refused_on_the_spot()
    {
        using var world = new ClientWorld().Establish();
        var entries = Enumerable.Range(1, 31).Select(id => new QuoteEntry { Instrument = new InstrumentId((uint)id) }).ToArray();
        var terms = new MassQuoteTerms { Underlying = new UnderlyingId(1) };
        Assert.That(world.Client.Orders.MassQuote(terms, entries).Code, Is.EqualTo(SubmitCode.TooLong));
        Assert.That(world.Client.Orders.MassQuote(terms, entries.AsSpan(..30)).Code, Is.EqualTo(SubmitCode.Sent));
        world.Until(() => world.Venue.Requests.Count() == 1);
        var frame = world.Venue.Last(MassQuoteDecoder.TemplateId).Frame;
        Assert.That(HftDeltaSchema.Validate(frame, out _), Is.EqualTo(ValidationCode.Valid));
    }

    [Test]
    public void Protection_is_set_by_an_outcome_and_acts_as_an_event()
    {
        using var world = new ClientWorld().Establish();
        var sent = world.Client.Orders.SetProtection(new ProtectionTerms
        {
            Underlying = new UnderlyingId(2),
            WindowNanos = 11,
            FreezeNanos = 12,
            QuantityLimit = new QuantityLots(13),
            DeltaLimit = new DeltaUnits(14),
            CountLimit = 15,
        });
        world.Until(() => world.Venue.Requests.Count() == 1);
        var request = ProtectionRequestDecoder.Trusted(world.Venue.Last(ProtectionRequestDecoder.TemplateId).Frame);
        Assert.That(
            (request.UnderlyingId, request.WindowNanos, request.FreezeNanos, request.QuantityLimit, request.DeltaLimit,
                request.CountLimit),
            Is.EqualTo((2, 11, 12, 13, 14, 15)));
        Protection(world, request.ClientOrderId, 0);
        Protection(world, 0, 99);
        world.Until(() => world.Told.OrderLines.Count() == 2);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[]
        {
            $"outcome {sent.Request.Value} Accepted order 0 code 0", "protection acted in 2 until 99",
        }));
    }

    private static void MassCanceled(
        ClientWorld world, ulong clientOrderId, uint orders, ulong during, RejectCode code = default) =>
        world.Venue.Report(0, during, buffer => MassCancelReportEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account)
            .SetClientOrderId(clientOrderId).SetCanceled(orders).SetCode((ushort)code).EncodedLength);

    private static void Protection(ClientWorld world, ulong clientOrderId, ulong until) =>
        world.Venue.Report(0, 1, buffer => ProtectionReportEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account)
            .SetUnderlyingId(2).SetClientOrderId(clientOrderId).SetFrozenUntil(until).EncodedLength);
}

using HftDelta.Client.Connections;
using HftDelta.Client.Samples;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>The samples trade with each other at the real venue, and go on after it was killed.</summary>
[CancelAfter(60_000)]
internal sealed class SampleTests
{
    private const ulong Millisecond = 1_000_000;

    private static readonly InstrumentId[] Instruments = [new(1), new(2)];

    [Test]
    public void Maker_and_taker_trade_and_their_numbers_add_up()
    {
        using var world = new TradedWorld(traders: 2);
        ulong waits = 0;
        var answers = 0;
        var (maker, taker) = Start(world, (wire, sinceIntended) =>
        {
            answers++;
            waits += sinceIntended < wire ? 1UL : 0;
        });
        for (var round = 0; round < 20; round++)
        {
            world.Price = TradedVenue.StartPrice + (round % 3 * 10);
            world.Pass(50 * Millisecond);
        }

        world.Until(() => maker.Statistics.Requests == maker.Statistics.Ended, "the maker's last outcome");
        var made = maker.Statistics;
        var taken = taker.Statistics;
        Assert.That(taken.Fills, Is.GreaterThan(100));
        Assert.That(made.FilledLots, Is.EqualTo(taken.FilledLots));
        Assert.That(made.Replaced, Is.GreaterThan(20), "quotes follow the price");
        Assert.That(made.Settlements, Is.GreaterThan(5));
        Assert.That(made.Unknown + taken.Unknown + made.NotApplied + taken.NotApplied, Is.Zero);
        Assert.That(taken.Requests, Is.InRange(450, 510), "500 orders a second for a second, some without a price to take");
        Assert.That((answers, waits), Is.EqualTo(((int)taken.Ended, 0UL)));
        Assert.That(world.Oracle.Accepted, Is.GreaterThan(100));
        foreach (var instrument in Instruments)
        {
            Assert.That(
                maker.PositionOf(instrument), Is.EqualTo(world.Venue.View.Position(new AccountId(16), instrument)));
        }
    }

    [Test]
    public void Samples_go_on_where_they_were_after_the_venue_was_killed()
    {
        using var world = new TradedWorld(traders: 2);
        var (maker, taker) = Start(world, latency: null);
        for (var round = 0; round < 3; round++)
        {
            world.Pass(200 * Millisecond);
            var fills = taker.Statistics.Fills;
            world.Venue.Kill();
            world.Until(() => taker.Client.State != ConnectionState.Established, "the loss");
            world.Until(() => taker.Statistics.Fills > fills + 20, "trades again");
        }

        world.Until(() => maker.Client.State == ConnectionState.Established, "the maker's session");
        Assert.That(maker.Statistics.Established, Is.EqualTo(4));
        Assert.That(maker.Statistics.Unknown + taker.Statistics.Unknown, Is.Zero);
        Assert.That(maker.Statistics.ReportsLost + taker.Statistics.ReportsLost, Is.Zero);
        Assert.That(world.Oracle.Established, Is.EqualTo(4));
        world.Until(() => maker.Statistics.Requests == maker.Statistics.Ended, "the maker's last outcome");
        foreach (var instrument in Instruments)
        {
            Assert.That(
                maker.PositionOf(instrument), Is.EqualTo(world.Venue.View.Position(new AccountId(16), instrument)));
        }
    }

    [Test]
    public void A_sample_that_ends_tells_the_venue_and_leaves_no_order()
    {
        using var world = new TradedWorld(traders: 2);
        var (maker, _) = Start(world, latency: null);
        world.Until(() => world.Venue.View.OrderCount == 4, "two quotes");
        maker.OnClose();
        world.Until(() => world.Venue.View.OrderCount == 0, "cancel on disconnect");
        Assert.That(maker.Client.State, Is.EqualTo(ConnectionState.Closed));
    }

    /// <summary>
    /// Requests are meant to leave at fixed moments: what waits while the client stands still counts from its own moment, so that
    /// a pause is seen by each of those that it kept waiting.
    /// </summary>
    [Test]
    public void The_canonical_load_counts_from_intended_times_and_answers_add_up()
    {
        const double PerSecond = 1_000;
        const int Requests = 2_000;
        const ulong Pause = 100 * Millisecond;
        using var world = new TradedWorld(traders: 1);
        var late = 0;
        var longest = 0UL;
        var load = world.Add(new SampleLoad(new SampleLoadOptions
        {
            Client = world.OptionsOf(TradedVenue.FirstTrader),
            Instruments = Instruments,
            Pricing = PricingOf(Instruments),
            RestingWanted = 64,
            Latency = (_, sinceIntended) =>
            {
                late += sinceIntended > Pause / 2 ? 1 : 0;
                longest = Math.Max(longest, sinceIntended);
            },
        }));
        load.OnStart();
        world.Until(() => load.Client.State == ConnectionState.Established, "the session");
        world.Pass(200 * Millisecond);

        load.Begin(PerSecond, Requests, world.Clock.Now);
        world.Pass(500 * Millisecond);
        Assert.That(load.Sent, Is.EqualTo(500).Within(5));
        Assert.That(late, Is.Zero);
        world.Clock.Advance(Pause);
        world.Until(() => load.IsDone, "the last answer");

        Assert.That(late, Is.EqualTo(50).Within(5), "half of those that were due in the pause waited for more than half of it");
        Assert.That(longest, Is.InRange(Pause - (5 * Millisecond), Pause + (5 * Millisecond)));
        Assert.That((load.Sent, load.Answered, load.Unpriced), Is.EqualTo(((long)Requests, (long)Requests, 0L)));
        Assert.That(load.Statistics.Fills, Is.GreaterThan(100));
        Assert.That(load.Statistics.Canceled, Is.GreaterThan(500));
        Assert.That(world.Venue.View.OrderCount, Is.InRange(1, 70), "as deep as was wanted");
    }

    private static LinearPricing PricingOf(IEnumerable<InstrumentId> instruments) => new(instruments.Select(
        instrument => new LinearInstrument
        {
            Instrument = instrument,
            Underlying = new UnderlyingId(1),
            Value = new PriceTicks(TradedVenue.StartPrice),
            UnderlyingPrice = new PriceTicks(TradedVenue.StartPrice),
            HalfSpreadTicks = 4,
        }));

    private static (SampleMaker Maker, SampleTaker Taker) Start(TradedWorld world, LatencyRecorder? latency)
    {
        var pricing = PricingOf(Instruments);
        var maker = world.Add(new SampleMaker(new SampleMakerOptions
        {
            Client = world.OptionsOf(TradedVenue.FirstTrader),
            Instruments = Instruments,
            Pricing = pricing,
            QuoteEveryNanos = 2 * Millisecond,
            LeanLots = 100_000,
        }));
        var taker = world.Add(new SampleTaker(new SampleTakerOptions
        {
            Client = world.OptionsOf(TradedVenue.FirstTrader + 1),
            Instruments = Instruments,
            OrdersPerSecond = 500,
            Latency = latency,
        }));
        maker.OnStart();
        taker.OnStart();
        return (maker, taker);
    }
}

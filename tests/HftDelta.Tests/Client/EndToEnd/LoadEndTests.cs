using HftDelta.Client.Connections;
using HftDelta.Client.Samples;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>The canonical load against a venue that is used by others: how it ends, and what it says that it leaves.</summary>
[CancelAfter(60_000)]
internal sealed class LoadEndTests
{
    private const ulong Millisecond = 1_000_000;
    private const double PerSecond = 1_000;

    private static readonly InstrumentId[] Instruments = [new(1), new(2)];

    [Test]
    public void A_load_that_is_stopped_sends_no_more_and_takes_out_what_rests()
    {
        using var world = new TradedWorld(traders: 2);
        SampleLoad[] loads = [LoadOf(world, 0), LoadOf(world, 1)];
        world.Until(() => loads.All(load => load.Client.State == ConnectionState.Established), "the sessions");
        world.Pass(100 * Millisecond);
        Array.ForEach(loads, load => load.Begin(PerSecond, 2_000, world.Clock.Now));
        world.Pass(500 * Millisecond);
        world.Clock.Advance(100 * Millisecond);
        foreach (var load in loads)
        {
            Assert.That(load.Behind(world.Clock.Now), Is.EqualTo(100).Within(5));
            load.Stop();
            Assert.That(load.Behind(world.Clock.Now), Is.Zero);
        }

        world.Until(() => loads.All(load => load.IsDone), "the last answers");
        world.Pass(50 * Millisecond);
        Assert.That(loads.Select(load => load.Sent), Is.All.EqualTo(500).Within(5));
        Assert.That(loads.Sum(load => load.Resting), Is.Positive.And.EqualTo(world.Venue.View.OrderCount));

        world.Until(() => loads.All(HasWithdrawn), "the last cancel");
        world.Pass(50 * Millisecond);
        Assert.That(world.Venue.View.OrderCount, Is.Zero);
        for (var place = 0; place < loads.Length; place++)
        {
            var account = new AccountId(16 + (uint)place);
            foreach (var instrument in Instruments)
            {
                Assert.That(loads[place].PositionOf(instrument), Is.EqualTo(world.Venue.View.Position(account, instrument)));
            }
        }

        Assert.That(loads[0].PositionOf(Instruments[0]).Value, Is.Not.Zero, "they traded with each other");
    }

    [Test]
    public void What_the_venue_refuses_is_counted_by_its_reason()
    {
        using var world = new TradedWorld(traders: 2);
        SampleLoad[] loads = [LoadOf(world, 0), LoadOf(world, 1)];
        world.Until(() => loads.All(load => load.Client.State == ConnectionState.Established), "the sessions");
        world.Pass(100 * Millisecond);
        Array.ForEach(loads, load => load.Begin(20 * PerSecond, 10_000, world.Clock.Now));
        world.Until(() => loads.All(load => load.IsDone), "the last answers");
        foreach (var load in loads)
        {
            var byReason = Enum.GetValues<RejectCode>().Sum(load.RejectedFor);
            Assert.That(byReason, Is.EqualTo(load.Statistics.Rejected));
        }

        Assert.That(loads.Sum(load => load.RejectedFor(RejectCode.UnknownOrder)), Is.Positive, "cancels that came after a fill");
    }

    private static bool HasWithdrawn(SampleLoad load)
    {
        load.Withdraw();
        return load.Resting == 0 && load.Client.Orders.Outstanding == 0;
    }

    private static SampleLoad LoadOf(TradedWorld world, uint place)
    {
        var load = world.Add(new SampleLoad(new SampleLoadOptions
        {
            Client = world.OptionsOf(TradedVenue.FirstTrader + place),
            Instruments = Instruments,
            Pricing = new LinearPricing(Instruments.Select(instrument => new LinearInstrument
            {
                Instrument = instrument,
                Underlying = new UnderlyingId(1),
                Value = new PriceTicks(TradedVenue.StartPrice),
                UnderlyingPrice = new PriceTicks(TradedVenue.StartPrice),
                HalfSpreadTicks = 4,
            })),
            Seed = 7 + place,
        }));
        load.OnStart();
        return load;
    }
}

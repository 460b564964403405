using HftDelta.Engine.State;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>What decides about later activations is in the state hash: histories that differ only in it differ there.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class TriggerStateTests : TriggerFixture
{
    [Test]
    public void The_price_that_a_trailing_stop_follows_is_hashed()
    {
        StateComponents After(long highest)
        {
            CloseVenue();
            OpenVenue();
            OpenPriceMakers();
            Trail(Alice, Side.Sell, 1, 100, 99_000, source: TriggerSource.Oracle);
            Venue.Oracle(highest);
            Venue.Oracle(100_050);
            return Engine.Processor.StateComponents();
        }

        var lower = After(100_055);
        Assert.That(After(100_055), Is.EqualTo(lower), "the same history");
        var higher = After(100_060);
        Assert.That(higher.FirstDifference(lower), Is.EqualTo(StateRecordType.Order));
        Assert.That(higher.Of(StateRecordType.Instrument), Is.EqualTo(lower.Of(StateRecordType.Instrument)));
    }

    [Test]
    public void Prices_that_are_kept_while_nothing_trades_are_hashed()
    {
        StateComponents After(long highest)
        {
            CloseVenue();
            OpenVenue();
            OpenPriceMakers();
            Stop(Alice, Side.Buy, 1, 100_040, 99_000, TriggerSource.Oracle);
            Venue.ChangeState(Perpetual, InstrumentState.Halted);
            Venue.Oracle(highest);
            Venue.Oracle(100_030);
            return Engine.Processor.StateComponents();
        }

        var lower = After(100_055);
        var higher = After(100_060);
        Assert.That(higher.FirstDifference(lower), Is.EqualTo(StateRecordType.Instrument));
        Assert.That(higher.Of(StateRecordType.Order), Is.EqualTo(lower.Of(StateRecordType.Order)));
    }
}

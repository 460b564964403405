using HftDelta.Engine;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Reports;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>Rings of the smallest legal size under sweeps that need many slices.</summary>
[CancelAfter(60_000)]
internal sealed class BoundedRingTests
{
    private static readonly EngineLimits Smallest = EngineLimits.Small with
    {
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 16,
    };

    [TestCase(1UL)]
    [TestCase(2UL)]
    public void The_smallest_outbound_ring_never_deadlocks_under_sweeps(ulong seed)
    {
        using var driver = VenueDriver.Trading(SmallestOptions());
        Assert.That(driver.Venue.Agents, Is.Not.Null);
        RunSweeps(driver, seed);

        var view = driver.Venue.Processor.View;
        Assert.That(view.PendingCount, Is.Zero);
        Assert.That(view.LastTradeId, Is.GreaterThan(1_000UL), "sweeps took place");
        Assert.That(view.ConservationError.Value, Is.EqualTo((Int128)0));
        Assert.That(driver.Venue.EgressCounters.SafeSequence.Value, Is.EqualTo(driver.Venue.LastSequence.Value));
        Assert.That(driver.Venue.IngressCounters.PendingTicks.Value, Is.Positive, "some work did not fit one command");
    }

    [Test]
    public void What_was_sliced_is_sliced_alike_in_a_replay_with_another_ring()
    {
        using var driver = VenueDriver.Trading(SmallestOptions());
        RunSweeps(driver, 3);
        var live = driver.Venue.Processor.StateHash();
        var history = driver.Venue.Processor.HistoryHash;
        var last = driver.Venue.LastSequence;
        driver.Venue.Stop();

        foreach (var slots in (int[])[0, 1 << 14])
        {
            using var host = new EngineHost(Smallest, slots);
            var found = JournalReplay.Run(driver.Storage, host, last);
            Assert.That(found.StateHash, Is.EqualTo(live));
            Assert.That(found.HistoryHash, Is.EqualTo(history));
            Assert.That(found.HashPointsCompared, Is.Positive);
            Assert.That(found.HashPointsEqual, Is.EqualTo(found.HashPointsCompared));
        }
    }

    [Test]
    public void Every_record_of_a_long_run_is_in_the_journal_and_linked()
    {
        using var driver = VenueDriver.Trading(SmallestOptions());
        RunSweeps(driver, 4);
        var last = driver.Venue.LastSequence;
        driver.Venue.Stop();

        var verified = JournalVerification.Of(driver.Storage);
        Assert.That(verified.EndState, Is.EqualTo(JournalEndState.Clean));
        Assert.That(verified.RecordsVerified, Is.EqualTo(last.Value));
        Assert.That(last.Value, Is.GreaterThan(driver.Options.InboundSlots * 10), "the ring has wrapped many times");
    }

    private static HftDelta.Node.VenueOptions SmallestOptions() => VenueDriver.SmallOptions() with
    {
        Limits = Smallest,
        InboundSlots = 64,
        OutboundSlots = Smallest.OutboundRingSlotsMin,
        ConnectionSlots = 1 << 12,
    };

    /// <summary>Many small resting orders, then one that takes far more of them than one command may report.</summary>
    private static void RunSweeps(VenueDriver driver, ulong seed)
    {
        var random = new SeededRandom(seed);
        for (var round = 0; round < 8; round++)
        {
            var lots = 0;
            for (var index = 0; index < 150; index++)
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_000 + random.NextInRange(0, 20), 1);
                lots++;
                if (random.Chance(1, 3))
                {
                    driver.Step(random.NextInRange(1, 4));
                }

                ReadAll(driver);
            }

            driver.Order(VenueDriver.Taker, Side.Buy, 1_020, lots);
            driver.Idle();
            ReadAll(driver);
            driver.Clock.Advance(VenueDriver.Second);
        }
    }

    private static void ReadAll(VenueDriver driver)
    {
        driver.Received(VenueDriver.Maker);
        driver.Received(VenueDriver.Taker);
        driver.Received(VenueDriver.OracleSession);
        VenueDriver.Received(driver.Venue.Operator);
    }
}

using HftDelta.Journal.Segments;
using HftDelta.Node;
using HftDelta.Runtime.Threads;
using HftDelta.Simulation.Storage;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>With one driver and barriers the journal's bytes follow from what the driver wrote, in every mode.</summary>
[CancelAfter(120_000)]
internal sealed class LockstepTests
{
    private const int Rounds = 25;

    [Test]
    public void Every_threading_mode_writes_the_same_journal()
    {
        var byHand = Run(venue => venue.StartByHand());
        Assert.That(byHand.Bytes.AsSpan().TrimEnd((byte)0).Length, Is.GreaterThan(20_000));
        foreach (var mode in Enum.GetValues<ThreadingMode>())
        {
            var onThreads = Run(venue => venue.Start(), mode);
            Assert.That(onThreads.Bytes.AsSpan().SequenceEqual(byHand.Bytes), Is.True, $"{mode}: other bytes than by hand");
            Assert.That(onThreads.StateHash, Is.EqualTo(byHand.StateHash), $"{mode}");
        }

        var edgesByHand = Run(venue => venue.StartEdgesByHand(), ThreadingMode.Shared);
        Assert.That(edgesByHand.Bytes.AsSpan().SequenceEqual(byHand.Bytes), Is.True, "edges by hand: other bytes");
        Assert.That(edgesByHand.StateHash, Is.EqualTo(byHand.StateHash), "edges by hand");
    }

    [Test]
    public void With_the_edges_by_hand_nothing_comes_in_and_nothing_goes_out_until_they_are_stepped()
    {
        using var driver = Start(venue => venue.StartEdgesByHand(), ThreadingMode.Shared);
        driver.List();
        driver.Venue.Settle();
        var before = driver.Venue.LastSequence;
        driver.Order(VenueDriver.Maker, Side.Buy, 990, 1);
        Assert.That(driver.Venue.LastSequence, Is.EqualTo(before));
        Assert.That(driver.Received(VenueDriver.Maker), Is.Empty);
        driver.Venue.Step();
        Assert.That(driver.Venue.LastSequence.Value, Is.EqualTo(before.Value + 1));
        driver.Venue.Settle();
        Assert.That(driver.Received(VenueDriver.Maker), Has.Count.EqualTo(1));
        driver.Venue.Stop();
    }

    [Test]
    public void At_a_barrier_nothing_is_left_to_do_and_every_report_is_there()
    {
        using var driver = Start(venue => venue.StartByHand());
        driver.List();
        driver.ListCall(2, 1_000, driver.Clock.Now.Value + (90 * 86_400 * VenueDriver.Second));
        driver.Venue.Settle();
        driver.Oracle(1_200);
        driver.Order(VenueDriver.Maker, Side.Sell, 1_201, 5);
        driver.Order(VenueDriver.Taker, Side.Buy, 1_201, 5);
        driver.Venue.Settle();

        var processor = driver.Venue.Processor;
        Assert.That(processor.HasPendingWork, Is.False);
        Assert.That(processor.IsRiskOutstanding, Is.False);
        Assert.That(processor.LastSequence, Is.EqualTo(driver.Venue.LastSequence));
        Assert.That(driver.Received(VenueDriver.Taker), Has.Count.EqualTo(2));
        Assert.That(driver.Venue.Step(), Is.Zero, "the venue waits for its driver");
    }

    [Test]
    public void Time_that_passes_without_a_word_fires_timers_at_the_next_barrier_and_not_before()
    {
        using var driver = Start(venue => venue.StartByHand());
        driver.List();
        driver.Order(VenueDriver.Maker, Side.Buy, 990, 1, expireTime: driver.Clock.Now.Value + (20 * VenueDriver.Second));
        driver.Venue.Settle();
        var before = driver.Venue.LastSequence;
        driver.Clock.Advance(30 * VenueDriver.Second);
        driver.Step(20);
        Assert.That(driver.Venue.LastSequence, Is.EqualTo(before));

        driver.Venue.Settle();
        Assert.That(driver.Venue.Processor.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Nothing_behind_a_barrier_is_read_before_it_is_answered()
    {
        using var driver = Start(venue => venue.StartByHand());
        driver.List();
        driver.Venue.Settle();
        var before = driver.Venue.LastSequence;
        driver.Order(VenueDriver.Maker, Side.Buy, 990, 1);
        driver.Venue.Operator.TrySendBarrier(new HftDelta.Gateway.Rings.BarrierNumber(1_000));
        driver.Order(VenueDriver.Maker, Side.Buy, 991, 1);
        for (var round = 0; round < 5; round++)
        {
            driver.Venue.Agents.Ingress.DoWork();
        }

        Assert.That(driver.Venue.LastSequence.Value, Is.EqualTo(before.Value + 1));
        driver.Step(10);
        Assert.That(driver.Venue.Barriers.Reached.Value, Is.EqualTo(1_000));
        Assert.That(driver.Venue.LastSequence.Value, Is.EqualTo(before.Value + 2));
    }

    private static VenueDriver Start(Action<Venue> start, ThreadingMode mode = ThreadingMode.Compact)
    {
        var driver = new VenueDriver(VenueDriver.SmallOptions() with
        {
            IsLockstep = true,
            Threading = mode,
            PinThreads = false,
            ConnectionSlots = 1 << 12,
            OnFailure = null,
        });
        start(driver.Venue);
        return driver;
    }

    private static (byte[] Bytes, string StateHash) Run(
        Action<Venue> start, ThreadingMode mode = ThreadingMode.Compact)
    {
        using var driver = Start(start, mode);
        driver.List();
        driver.ListUnderlying(2);
        driver.ListCall(2, 1_000, driver.Clock.Now.Value + (15 * VenueDriver.Second));
        driver.ListCall(3, 1_050, driver.Clock.Now.Value + (90 * 86_400 * VenueDriver.Second));
        driver.Venue.Settle();
        for (var round = 0; round < Rounds; round++)
        {
            driver.Oracle(1_000 + (round * 7 % 40));
            driver.Oracle(2_000 + (round * 11 % 60), underlying: 2);
            for (var index = 0; index < 10; index++)
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_000 + index, 2);
            }

            driver.Order(VenueDriver.Taker, Side.Buy, 1_010, 15);
            driver.Venue.Settle();
            driver.Received(VenueDriver.Maker);
            driver.Received(VenueDriver.Taker);
            driver.Received(VenueDriver.OracleSession);
            VenueDriver.Received(driver.Venue.Operator);
            driver.Clock.Advance(VenueDriver.Second);
        }

        var hash = driver.Venue.Processor.StateHash().ToString();
        driver.Venue.Stop();
        return (((VirtualStorage)driver.Storage).Bytes(SegmentLayout.NameOf(0)).ToArray(), hash);
    }
}

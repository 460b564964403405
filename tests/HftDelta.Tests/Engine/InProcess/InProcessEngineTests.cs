using HftDelta.Engine;
using HftDelta.Engine.InProcess;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using NUnit.Framework;
using OrderSide = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.InProcess;

/// <summary>The engine in process does what the engine in a venue does.</summary>
[CancelAfter(20_000)]
public class InProcessEngineTests
{
    private const uint Alice = 20;
    private const uint Bob = 21;

    /// <summary>The harness and the library get the same commands: frames, times, hashes and events are the same.</summary>
    [Test]
    public void History_is_the_one_of_the_core_driven_by_hand()
    {
        using var harness = new EngineHarness();
        Trade(new VenueScript(harness));
        using var engine = new InProcessEngine(EngineLimits.Small);
        var events = 0;
        foreach (var (envelope, frame) in harness.Commands)
        {
            if (envelope.Source == RecordSource.Risk) continue;
            engine.Time = new TimeNanos(envelope.TimeNanos);
            frame.CopyTo(engine.Buffer);
            if (envelope.SessionHandle != 0) engine.SendRequest(new SessionHandle(envelope.SessionHandle), frame.Length);
            else engine.SendOperator(frame.Length);
            while (engine.TryReadEvent(out var told, out _))
            {
                Assert.That(told.TimeNanos, Is.EqualTo(envelope.TimeNanos));
                events++;
            }
        }

        Assert.That(engine.StateHash, Is.EqualTo(harness.Processor.StateHash()));
        Assert.That(engine.View.LastTradeId, Is.EqualTo(50));
        Assert.That(events, Is.GreaterThan(200));
    }

    [Test]
    public void Events_are_those_of_the_last_command_and_the_buffer_is_zero_after_it()
    {
        using var engine = new InProcessEngine(EngineLimits.Small) { Time = new TimeNanos(5) };
        engine.Tick();
        while (engine.TryReadEvent(out _, out _))
        {
        }

        engine.Tick();
        Assert.That(engine.TryReadEvent(out var envelope, out _) && envelope.Sequence < 2, Is.False);
        Assert.That(engine.Buffer.IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        Assert.That(engine.HasPendingWork, Is.False);
    }

    private static void Trade(VenueScript venue)
    {
        venue.ListUnderlying();
        venue.Oracle(100_000);
        venue.ListPerpetual(1, bandTicks: 4_096, bandBase: 98_000);
        venue.ListOption(2, isCall: true, 100_000, venue.Engine.TimeNanos + (86_400 * VenueScript.Second));
        venue.OpenTrader(Alice, 100_000_000);
        venue.OpenTrader(Bob, 100_000_000);
        for (var round = 0; round < 50; round++)
        {
            venue.Engine.TimeNanos += VenueScript.Second;
            venue.Order(Alice, 1, OrderSide.Sell, 100_000 + round, 2);
            venue.Order(Bob, 1, OrderSide.Buy, 100_000 + round, 2);
            if (round % 10 == 0) venue.Oracle(100_000 + (round * 5));
        }
    }
}

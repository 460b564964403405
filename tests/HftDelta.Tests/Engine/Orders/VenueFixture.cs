using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Replica.Snapshots;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>A venue with one underlying at 100,000 ticks, a perpetual, a call, and three rich traders.</summary>
public abstract class VenueFixture
{
    protected const uint Alice = 20;
    protected const uint Bob = 21;
    protected const uint Carol = 22;
    protected const uint Perpetual = 1;
    protected const uint Call = 2;
    protected const long Money = 1_000_000_000_000;

    internal EngineHarness Engine { get; private set; } = null!;

    internal VenueScript Venue { get; private set; } = null!;

    protected ulong Expiry { get; private set; }

    protected virtual EngineLimits Limits => EngineLimits.Small with { Accounts = 64, Orders = 4_096 };

    [SetUp]
    public void OpenVenue()
    {
        Engine = new EngineHarness(Limits);
        Venue = new VenueScript(Engine);
        Expiry = Engine.TimeNanos + (86_400 * VenueScript.Second);
        Venue.ListUnderlying(thresholdTicks: 100);
        Venue.Oracle(100_000);
        Venue.ListPerpetual(Perpetual, bandTicks: 4_096, bandBase: 98_000);
        Venue.ListOption(Call, isCall: true, 100_000, Expiry);
        foreach (var account in new[] { Alice, Bob, Carol })
        {
            Venue.OpenTrader(account, Money);
        }
    }

    [TearDown]
    public void CloseVenue()
    {
        Engine.View.Audit();

        // Whatever a test did: the same commands give the same state, and the sum over records is what it says.
        using (var replay = Engine.Replay())
        {
            Assert.That(replay.Processor.StateHash(), Is.EqualTo(Engine.Processor.StateHash()), "replayed state");
            Assert.That(replay.Processor.HistoryHash, Is.EqualTo(Engine.Processor.HistoryHash), "replayed events");
        }

        Assert.That(Engine.Processor.RecomputeStateHash(), Is.EqualTo(Engine.Processor.StateHash()), "recomputed state");
        SnapshotLife.Prove(Engine);
        Engine.Dispose();
    }

    protected long PositionOf(uint account, uint instrument = Perpetual) =>
        Engine.View.Position(new AccountId(account), new InstrumentId(instrument)).Value;
}

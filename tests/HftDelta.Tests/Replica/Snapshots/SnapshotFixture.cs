using HftDelta.Journal.Snapshots;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Engine.Money;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>A small venue with something of everything, its snapshot, and a disk in memory that holds it.</summary>
public abstract class SnapshotFixture
{
    protected static readonly Guid Journal = new("6a0b1f6e-0000-4000-8000-000000000001");

    internal MoneyLife Life { get; private set; } = null!;

    protected VirtualStorage Storage { get; private set; } = null!;

    protected CommandSequence Sequence => Life.Engine.Processor.LastSequence;

    protected string Name => SnapshotNames.Of(Sequence);

    [SetUp]
    public void Live()
    {
        Life = new MoneyLife(LifeSeed);
        Life.Run(commands: 60);
        Storage = new VirtualStorage();
    }

    [TearDown]
    public void End()
    {
        Life.Dispose();
        Assert.That(Storage.OpenFileCount, Is.Zero, "files left open");
    }

    protected static ulong LifeSeed => 11;

    protected SnapshotSource Source => new()
    {
        Processor = Life.Engine.Processor,
        Limits = Life.Engine.Limits,
        JournalId = Journal,
        RecordChecksum = 0x1234_5678,
    };
}

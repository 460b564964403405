using HftDelta.Engine;
using HftDelta.Journal.Writing;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Perf.Recovery;

/// <summary>
/// A market of 100,000 accounts that hold positions, and the journal of every command that made it.
/// One thread; deleted from the disk when disposed.
/// </summary>
internal sealed class RecordedMarket : IDisposable
{
    public const int Accounts = 100_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("hftdelta-recovery-").FullName;
    private readonly HeldMarket _market;
    private uint _lastChecksum;

    public RecordedMarket()
    {
        Journal = new FileStorage(_directory);
        Snapshots = new FileStorage(Path.Combine(_directory, "snapshots"));
        using var journal = AppendableJournal.Open(Journal, new JournalOptions
        {
            Schemas = new JournalSchemas(HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version),
        });
        JournalId = journal.JournalId;
        _market = new HeldMarket(Accounts, (in RecordEnvelope envelope, ReadOnlySpan<byte> frame) =>
        {
            var record = envelope;
            record.Checksum = RecordChecksum.Compute(journal.LastChecksum, in record, frame);
            while (!journal.Writer.TryAppend(in record, frame))
            {
                journal.Preparer.DoWork();
            }

            _lastChecksum = record.Checksum;
        });
        Check.That(_market.Processor.LastSequence.Value > Accounts);
    }

    public FileStorage Journal { get; }

    public FileStorage Snapshots { get; }

    public Guid JournalId { get; }

    /// <summary>Commands in the journal.</summary>
    public int Count => (int)Last.Value;

    public CommandSequence Last => _market.Processor.LastSequence;

    public static EngineLimits Limits => HeldMarket.Limits;

    public SnapshotSource Source => new()
    {
        Processor = _market.Processor, Limits = Limits, JournalId = JournalId, RecordChecksum = _lastChecksum,
    };

    public void Dispose()
    {
        _market.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

using System.Diagnostics;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// Writes snapshots: under a name that nobody takes for a snapshot, to the device, read back into an engine of its own that must
/// show the same hashes, and only then under its own name. Whoever is killed on the way leaves a file that the next one deletes.
/// Never in the process that trades: it stops the engine that it is about for as long as it takes. One thread; of several
/// processes one at a time.
/// </summary>
public static class SnapshotWriter
{
    /// <summary>Snapshots that are kept unless somebody says otherwise.</summary>
    public const int KeptDefault = 3;

    internal const string LockName = "snapshots.lock";
    internal const int ChunkBytes = 1 << 20;

    /// <summary>Writes one, unless there is one of this command; then deletes the oldest beyond those to keep.</summary>
    /// <param name="storage">The directory of the snapshots.</param>
    /// <param name="source">Whose state.</param>
    /// <param name="keep">How many finished ones stay; 0: all.</param>
    /// <exception cref="JournalException">No room, the device failed, another process writes, or what was read back is not what
    /// was written.</exception>
    public static SnapshotReport Write(MappedStorage storage, SnapshotSource source, int keep = KeptDefault)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(source);
        using var held = Lock(storage);
        foreach (var left in SnapshotNames.Unfinished(storage))
        {
            storage.Delete(left);
        }

        var begun = Stopwatch.GetTimestamp();
        var sequence = source.Processor.LastSequence;
        var unfinished = SnapshotNames.UnfinishedOf(sequence);
        var header = HeaderOf(source);
        var image = StateImage.Write(source.Processor, ChunkBytes);
        SnapshotFile.Write(storage, unfinished, header, image);
        var written = Stopwatch.GetElapsedTime(begun);
        begun = Stopwatch.GetTimestamp();
        SnapshotLoader.Prove(storage, unfinished);
        var proved = Stopwatch.GetElapsedTime(begun);
        try
        {
            storage.Rename(unfinished, SnapshotNames.Of(sequence));
            storage.SyncDirectory();
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"the snapshot of command {sequence} cannot be named");
        }

        DeleteOldest(storage, keep);
        return new SnapshotReport(sequence, storage.LengthBytesOf(SnapshotNames.Of(sequence)), written, proved);
    }

    private static IDisposable Lock(MappedStorage storage)
    {
        try
        {
            return storage.LockExclusive(LockName);
        }
        catch (StorageException refusal) when (refusal.Fault == StorageFault.Locked)
        {
            throw new JournalException(
                JournalFault.SnapshotLocked,
                $"another process is writing a snapshot in {storage.Location}.\n  next: wait for it, or try again later.",
                refusal);
        }
    }

    private static SnapshotHeader HeaderOf(SnapshotSource source)
    {
        var processor = source.Processor;
        return new SnapshotHeader
        {
            ChunkBytesMax = ChunkBytes,
            JournalId = source.JournalId,
            Sequence = processor.LastSequence,
            Time = processor.LastTime,
            Term = processor.View.Term,
            RecordChecksum = source.RecordChecksum,
            EngineVersion = processor.View.EngineVersion,
            Epoch = processor.View.Epoch,
            StateHash = StateComparison.WordsOf(processor.StateHash()),
            HistoryHash = StateComparison.WordsOf(processor.HistoryHash),
            Limits = EngineLimitsText.Format(source.Limits),
        };
    }

    private static void DeleteOldest(MappedStorage storage, int keep)
    {
        var all = SnapshotNames.List(storage);
        for (var place = keep; keep > 0 && place < all.Count; place++)
        {
            storage.Delete(SnapshotNames.Of(all[place]));
        }
    }
}

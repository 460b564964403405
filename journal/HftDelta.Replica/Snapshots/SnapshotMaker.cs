using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Faults;
using HftDelta.Replica.Following;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// Makes a snapshot from a journal, also of a venue that runs: an engine of its own applies what was acknowledged, from the
/// newest good snapshot on, compares every state hash that the venue recorded on the way, and its state is written. One thread.
/// </summary>
public static class SnapshotMaker
{
    /// <param name="journal">The directory of the journal. Only read.</param>
    /// <param name="snapshots">Where snapshots are, and the new one goes.</param>
    /// <param name="to">The last command in it; null: the last one that was acknowledged.</param>
    /// <param name="keep">How many stay; 0: all.</param>
    /// <param name="tell">Told of snapshots that are not good.</param>
    /// <param name="progress">Told now and then how many commands are done, and how many there are to do.</param>
    /// <param name="cancellation">Ends it with nothing written.</param>
    /// <returns>Null when there is one of this command already.</returns>
    /// <exception cref="JournalException">The journal is damaged, or the snapshot cannot be written.</exception>
    /// <exception cref="ReplicaException">The state is not the one that the venue recorded.</exception>
    public static SnapshotReport? Make(
        MappedStorage journal,
        MappedStorage snapshots,
        CommandSequence? to,
        int keep,
        Action<string> tell,
        Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(snapshots);
        using var leader = LeaderJournal.TryOpen("", journal, out var missing)
            ?? throw new JournalException(
                JournalFault.NoJournal, $"{missing}.\n  next: name the directory of a venue that has run.");
        leader.LookAtSafeCursor();
        var last = to ?? leader.Safe;
        if (last < new CommandSequence(1) || last > leader.Safe)
        {
            throw new JournalException(
                JournalFault.NoJournal,
                $"{journal.Location} holds acknowledged commands 1 to {leader.Safe}, and a snapshot of command {last} was "
                + "asked for.\n  next: name one of them.");
        }

        if (snapshots.Exists(SnapshotNames.Of(last)) && IsGood(snapshots, last, tell))
        {
            return null;
        }

        using var engine = SnapshotSearch.Begin(
            journal, snapshots, last, leader.Limits, () => new ReplicaEngine(leader.Limits), engine => engine.Processor, tell);
        var checksum = Follow(leader, engine, last, progress, cancellation);
        return SnapshotWriter.Write(
            snapshots,
            new SnapshotSource
            {
                Processor = engine.Processor,
                Limits = leader.Limits,
                JournalId = leader.JournalId,
                RecordChecksum = checksum,
            },
            keep);
    }

    /// <summary>One that is not is told, and written again.</summary>
    private static bool IsGood(MappedStorage snapshots, CommandSequence sequence, Action<string> tell)
    {
        try
        {
            SnapshotLoader.Prove(snapshots, SnapshotNames.Of(sequence));
            return true;
        }
        catch (JournalException fault)
        {
            tell(fault.ToOperatorText("warning"));
            return false;
        }
    }

    private const int CommandsPerProgress = 16_384;

    private static uint Follow(
        LeaderJournal leader, ReplicaEngine engine, CommandSequence last, Action<long, long>? progress,
        CancellationToken cancellation)
    {
        var from = engine.Processor.LastSequence;
        using var comparer = new HashPointComparer(leader.FollowHashPoints());
        comparer.Begin(from);
        leader.Seek(from);
        var epoch = engine.Processor.View.Epoch;
        var checksum = 0u;
        while (engine.Processor.LastSequence < last)
        {
            if (!leader.TryRead(out var record))
            {
                throw new JournalException(
                    JournalFault.AcknowledgedMissing,
                    $"command {engine.Processor.LastSequence.Value + 1} was acknowledged and is not in the journal.\n"
                    + "  next: hftdelta journal verify DIR.");
            }

            ref readonly var envelope = ref record.Envelope;
            engine.Apply(in envelope, record.Frame);
            checksum = envelope.Checksum;
            var processor = engine.Processor;
            if (envelope.Sequence % EngineLimits.HashPointInterval == 0 || processor.View.Epoch != epoch)
            {
                epoch = processor.View.Epoch;
                var components = processor.StateComponents();
                comparer.Take(record.Sequence, in components, processor.HistoryHashAtPoint);
                comparer.Compare(record.Sequence);
            }

            if (envelope.Sequence % CommandsPerProgress == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(envelope.Sequence - from.Value, last.Value - from.Value);
            }
        }

        return checksum;
    }
}

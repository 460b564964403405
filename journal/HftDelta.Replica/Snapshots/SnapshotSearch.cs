using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Snapshots;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// Finds where a replay may begin: the newest snapshot that is whole, of this journal's own history, and of the same limits.
/// One that is not is named with its fault, and an older one or the beginning is taken. Nothing is changed. One thread.
/// </summary>
public static class SnapshotSearch
{
    /// <summary>The directory of a journal's snapshots, if there is one.</summary>
    public static MappedStorage? BesideJournal(string journalDirectory)
    {
        var directory = Path.Combine(journalDirectory, SnapshotNames.DirectoryName);
        return Directory.Exists(directory) ? new FileStorage(directory) : null;
    }

    /// <param name="journal">The journal's directory.</param>
    /// <param name="snapshots">Theirs; null: there are none.</param>
    /// <param name="last">The last record that may be in it.</param>
    /// <param name="limits">Of the engines.</param>
    /// <param name="make">Makes an engine; what a bad snapshot was read into is disposed.</param>
    /// <param name="processorOf">Its core.</param>
    /// <param name="tell">Told of every snapshot that is not good.</param>
    /// <returns>An engine with the state of the newest good snapshot, or a new one.</returns>
    public static TEngine Begin<TEngine>(
        MappedStorage journal,
        MappedStorage? snapshots,
        CommandSequence last,
        EngineLimits limits,
        Func<TEngine> make,
        Func<TEngine, CommandProcessor> processorOf,
        Action<string> tell)
        where TEngine : class, IDisposable
    {
        ArgumentNullException.ThrowIfNull(make);
        ArgumentNullException.ThrowIfNull(processorOf);
        ArgumentNullException.ThrowIfNull(tell);
        foreach (var sequence in snapshots is null ? [] : SnapshotNames.List(snapshots))
        {
            if (sequence > last)
            {
                continue;
            }

            TEngine? engine = null;
            try
            {
                using var file = SnapshotFile.Open(snapshots!, SnapshotNames.Of(sequence));
                ProveHistory(journal, file.Header, sequence);
                engine = make();
                SnapshotLoader.Load(file, processorOf(engine), limits);
                return engine;
            }
            catch (StorageException refusal)
            {
                engine?.Dispose();
                tell(JournalFaults.From(refusal, $"the snapshot of command {sequence} cannot be read").ToOperatorText("warning"));
            }
            catch (JournalException fault) when (fault.Fault != JournalFault.NoJournal)
            {
                engine?.Dispose();
                tell(fault.ToOperatorText("warning"));
            }
        }

        return make();
    }

    /// <summary>Proves that the journal holds the very record that the snapshot ends with.</summary>
    /// <exception cref="JournalException">It does not.</exception>
    public static void ProveHistory(MappedStorage journal, SnapshotHeader header, CommandSequence named)
    {
        ArgumentNullException.ThrowIfNull(header);
        using var reader = new JournalReader(journal);
        if (header.Sequence != named)
        {
            throw Foreign(named, $"its header says that it is of command {header.Sequence}");
        }

        if (header.JournalId != reader.JournalId)
        {
            throw Foreign(named, $"it is of journal {header.JournalId}, and this one is {reader.JournalId}");
        }

        if (!reader.Seek(new CommandSequence(named.Value + 1)) || reader.LastSequence != named)
        {
            throw Foreign(named, "the journal does not hold its last record");
        }

        if (reader.LastChecksum != header.RecordChecksum)
        {
            throw Foreign(named, $"the journal holds another record {named} than the one that it was made from");
        }
    }

    private static JournalException Foreign(CommandSequence sequence, string what) =>
        new(
            JournalFault.SnapshotForeign,
            $"snapshot of command {sequence}: {what}.\n  next: delete it, or put it where it belongs.")
        {
            Sequence = sequence,
        };
}

using HftDelta.Journal.Cursors;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// What <c>replay --compare DIR</c> compares with: whatever the directory holds of a journal, its hash points, and snapshots, be
/// it that of another venue, of a copy, or of snapshots alone.
/// </summary>
internal sealed class OtherNode : IDisposable
{
    private const int NothingThereError = 2322;

    private readonly JournalSource _source;
    private readonly CommandSequence _last;

    private OtherNode(string directory, JournalSource source, CommandSequence last, IReadOnlyList<RecordedStates> states)
    {
        Directory = directory;
        _source = source;
        _last = last;
        States = states;
    }

    public string Directory { get; }

    public IReadOnlyList<RecordedStates> States { get; }

    /// <summary>Record by record; null before that and when there is no journal.</summary>
    public JournalComparisonResult? Records { get; private set; }

    /// <summary>Whether anything was compared.</summary>
    public bool IsCompared => Records is { Records: > 0 } || States.Any(states => states.ComparedCount > 0);

    /// <exception cref="OperatorException">There is no such directory, or nothing to compare with in it.</exception>
    public static OtherNode Open(string directory)
    {
        var source = JournalSource.Open(directory);
        try
        {
            var report = JournalRecovery.Examine(source.Storage);
            if (report.State != JournalEndState.Empty)
            {
                report.ThrowIfCorrupt();
            }

            var states = new List<RecordedStates>
            {
                new RecordedPoints(HashPointLog.ReadAll(source.Storage), source.Storage.Location),
                RecordedSnapshots.Of(source.Storage),
            };
            if (SnapshotSearch.BesideJournal(directory) is { } beside)
            {
                states.Add(RecordedSnapshots.Of(beside));
            }

            return report.LastSequence == CommandSequence.None && states.All(recorded => recorded.Count == 0)
                ? throw new OperatorException(
                    NothingThereError, ExitCode.Usage,
                    $"--compare {directory}: it holds no journal, no hash points and no snapshots",
                    "name the directory of another journal or of snapshots")
                : new OtherNode(directory, source, report.LastSequence, states);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Compares the records, when there are any on both sides.</summary>
    /// <returns>The last record through which a replay may be compared: the one before the first that differs.</returns>
    public CommandSequence CompareRecords(MappedStorage storage, CommandSequence last, CancellationToken cancel)
    {
        if (_last == CommandSequence.None || last == CommandSequence.None)
        {
            return last;
        }

        Records = JournalComparison.Run(storage, last, _source.Storage, _last, cancel);
        return Records.First is { } difference ? new CommandSequence(difference.Sequence.Value - 1) : last;
    }

    public void Dispose() => _source.Dispose();
}

using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Primitives.Units;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// When a follower writes a snapshot: so many commands behind the newest one. A fault of the device of the snapshots is told and
/// ends nothing but the snapshot; it is tried again as many commands later. Owner: the follower's thread.
/// </summary>
internal sealed class SnapshotSchedule
{
    private readonly ReplicaOptions _options;
    private CommandSequence _last;

    public SnapshotSchedule(ReplicaOptions options)
    {
        _options = options;
        _last = options.Snapshots is { } storage && SnapshotNames.List(storage) is [var newest, ..]
            ? newest
            : CommandSequence.None;
    }

    public bool IsDue(CommandSequence sequence) =>
        _options.Snapshots is not null && sequence.Value - _last.Value >= _options.SnapshotInterval;

    public void Write(SnapshotSource source)
    {
        _last = source.Processor.LastSequence;
        try
        {
            _options.Events.OnSnapshot(SnapshotWriter.Write(_options.Snapshots!, source, _options.SnapshotsKept), null);
        }
        catch (JournalException fault)
        {
            _options.Events.OnSnapshot(null, fault);
        }
    }
}

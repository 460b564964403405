using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>One snapshot in a list: what its header says, or what is wrong with it.</summary>
internal sealed record SnapshotEntry(CommandSequence Sequence, long FileBytes, SnapshotHeader? Header, JournalException? Fault)
{
    /// <summary>By its header alone.</summary>
    public static SnapshotEntry Of(MappedStorage snapshots, CommandSequence sequence) =>
        Try(snapshots, sequence, static () => { });

    /// <summary>By everything there is to prove.</summary>
    public static SnapshotEntry Proved(MappedStorage snapshots, MappedStorage journal, CommandSequence sequence) =>
        Try(snapshots, sequence, () =>
        {
            var name = SnapshotNames.Of(sequence);
            SnapshotLoader.Prove(snapshots, name);
            using var file = SnapshotFile.Open(snapshots, name);
            SnapshotSearch.ProveHistory(journal, file.Header, sequence);
        });

    /// <summary>That of the first fault.</summary>
    public static ExitCode ExitCodeOf(IEnumerable<SnapshotEntry> entries) =>
        entries.FirstOrDefault(entry => entry.Fault is not null) is { Fault: { } fault } ? (ExitCode)fault.ExitCode : ExitCode.Ok;

    private static SnapshotEntry Try(MappedStorage snapshots, CommandSequence sequence, Action prove)
    {
        var name = SnapshotNames.Of(sequence);
        var bytes = snapshots.LengthBytesOf(name);
        SnapshotHeader? header = null;
        try
        {
            using (var file = SnapshotFile.Open(snapshots, name))
            {
                header = file.Header;
            }

            prove();
            return new SnapshotEntry(sequence, bytes, header, null);
        }
        catch (JournalException fault)
        {
            return new SnapshotEntry(sequence, bytes, header, fault);
        }
    }
}

using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Faults;

/// <summary>Turns what a storage refused into what the operator is told.</summary>
public static class JournalFaults
{
    /// <summary>For whoever goes on and tries again; everybody else ends.</summary>
    public static JournalException Passing(StorageException refusal, string what) => refusal.Fault == StorageFault.NoSpace
        ? new JournalException(
            JournalFault.NoSpace,
            $"{what}: {refusal.Message}\n  nothing is lost; appending stops when the current segment is full.\n"
            + "  next: free space on the device; it is tried again by itself.",
            refusal)
        : From(refusal, what);

    public static JournalException From(StorageException refusal, string what) => refusal.Fault switch
    {
        StorageFault.NoSpace => new JournalException(
            JournalFault.NoSpace,
            $"{what}: {refusal.Message}\n  nothing that is in the journal is lost.\n"
            + "  next: free space on the device, then start again.",
            refusal),
        StorageFault.SyncFailed => new JournalException(
            JournalFault.SyncFailed,
            $"{what}: {refusal.Message}\n"
            + "  what the device holds is unknown from here on, so the process stops and does not retry.\n"
            + "  next: check the device, then `hftdelta journal verify` before the venue is started again.",
            refusal),
        StorageFault.Locked => new JournalException(
            JournalFault.Locked,
            $"{what}: {refusal.Message}\n  next: stop the other process; two may never append to one journal.",
            refusal),
        _ => new JournalException(
            JournalFault.SegmentMissing, $"{what}: {refusal.Message}\n  nothing was changed.", refusal),
    };
}

using HftDelta.Node.Development;
using static HftDelta.Node.Doctor.MachineCheck;

namespace HftDelta.Node.Doctor;

/// <summary>Where the journal is, or would be: file system, device, room, and how long a commit waits there.</summary>
internal static class StorageChecks
{
    private const int SegmentsNeeded = 3;
    private const int SegmentsRoomy = 64;
    private const long SegmentBytes = StartOptions.SegmentBytes;
    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(10);

    public static IReadOnlyList<MachineCheck> All { get; } =
    [
        new("journal-file-system", "the journal reserves its blocks and trusts what the file system says is synced", FileSystem),
        new("journal-disk", "a commit of disk durability waits for the device", Disk),
        new("journal-space", "a venue without room for its next segment refuses new orders", Space),
        new("sync-latency", "64 KiB written and synced: the least that an acknowledgement of disk durability takes", Sync),
    ];

    private static (FindingStatus Status, string Seen, string? Mend) FileSystem(Machine machine)
    {
        if (Mount.Of(machine, machine.JournalDirectory, out var reason) is not { } mount)
        {
            return Unknown(reason);
        }

        var seen = $"{mount.FileSystem} at {mount.Point} ({mount.Source})";
        return mount.FileSystem switch
        {
            "ext4" or "xfs" => Ok(seen),
            "tmpfs" or "ramfs" => Warn($"{seen}: memory, gone with the power", "name a directory on a disk with --journal"),
            "overlay" => Warn($"{seen}: goes with its container", "mount a volume, and name a directory in it with --journal"),
            "nfs" or "nfs4" or "cifs" or "smb3" or "9p" or "virtiofs" or "fuse" or "fuse.sshfs" or "fuseblk" =>
                Warn($"{seen}: what a sync means is another machine's or program's word", "name a directory on a local disk"),
            _ => Warn($"{seen}: not one that it was tried on", "ext4 and xfs are"),
        };
    }

    private static (FindingStatus Status, string Seen, string? Mend) Disk(Machine machine)
    {
        if (Mount.Of(machine, machine.JournalDirectory, out var reason) is not { } mount)
        {
            return Unknown(reason);
        }

        var name = mount.Source.StartsWith("/dev/", StringComparison.Ordinal) ? mount.Source["/dev/".Length..] : mount.Device;
        if (!TryReadQueue(machine, mount.Device, "rotational", out var rotational)
            || !TryReadQueue(machine, mount.Device, "write_cache", out var cache))
        {
            return Unknown($"{mount.Source} is no block device that the system tells of");
        }

        var seen = $"{name}, {(rotational == "0" ? "solid state" : "rotating by its own word")}, {cache}";
        return rotational == "0" ? Ok(seen) : Warn(
            seen, "name a directory on a solid state disk with --journal; of a virtual one sync-latency tells more");
    }

    // A partition has no queue of its own: the disk around it has.
    private static bool TryReadQueue(Machine machine, string device, string name, out string text)
    {
        var path = $"sys/dev/block/{device}";
        if (machine.TryRead($"{path}/queue/{name}", out text, out _))
        {
            return true;
        }

        var target = Directory.ResolveLinkTarget(machine.PathOf(path), returnFinalTarget: true);
        return target is not null
            && machine.TryRead(Path.Combine(Path.GetDirectoryName(target.FullName)!, "queue", name), out text, out _);
    }

    private static (FindingStatus Status, string Seen, string? Mend) Space(Machine machine)
    {
        var free = machine.FreeBytesOf(machine.JournalDirectory);
        var seen = $"{ByteText.Of(free)} free, {free / SegmentBytes:N0} segments of {ByteText.Of(SegmentBytes)}";
        const string mend = "hftdelta journal archive DIR --to ARCHIVE --remove-before N, or a larger disk";
        return free >= SegmentsRoomy * SegmentBytes ? Ok(seen)
            : free >= SegmentsNeeded * SegmentBytes ? Warn(seen, mend)
            : Fail($"{seen}; a start wants {SegmentsNeeded}", mend);
    }

    private static (FindingStatus Status, string Seen, string? Mend) Sync(Machine machine)
    {
        SyncTimes times;
        try
        {
            times = machine.MeasureSync(machine.JournalDirectory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Fail(
                $"nothing can be written there: {fault.Message.TrimEnd('.')}", "look at permissions, room and the device");
        }

        var seen = $"median {Micros(times.Median)}, p99 {Micros(times.Percentile99)} of {times.Count}";
        return times.Percentile99 <= SlowSync
            ? Ok(seen)
            : Warn(seen, "a disk of its own, or one with a cache that power cannot clear; or --durability process");
    }

    private static string Micros(TimeSpan time) => $"{time.TotalMicroseconds:N0} µs";
}

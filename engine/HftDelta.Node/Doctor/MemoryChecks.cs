using HftDelta.Runtime.Memory;
using static HftDelta.Node.Doctor.MachineCheck;

namespace HftDelta.Node.Doctor;

/// <summary>Pages, locks on memory, and shared memory.</summary>
internal static class MemoryChecks
{
    private const long SharedWantedBytes = 256L << 20;

    private const string Transparent = "sys/kernel/mm/transparent_hugepage/enabled";
    private const string ProcessStatus = "proc/self/status";
    private const string SharedMemory = "dev/shm";

    public static IReadOnlyList<MachineCheck> All { get; } =
    [
        new("huge-pages", "tables of many MiB miss the address cache on small pages; the venue asks for large ones", HugePages),
        new("memory-lock", "memory that may be locked cannot be swapped out under a ring", MemoryLock),
        new("shared-memory", "start --aeron-dir /dev/shm/... keeps the transport's logs there", SharedSpace),
    ];

    private static (FindingStatus Status, string Seen, string? Mend) HugePages(Machine machine)
    {
        if (!machine.TryRead(Transparent, out var text, out var reason))
        {
            return Unknown(reason);
        }

        // The choice stands in brackets: always [madvise] never.
        var chosen = text.Split(' ').FirstOrDefault(word => word.StartsWith('['))?.Trim('[', ']') ?? text;
        return !ProcessMemory.HugePagesOf(text).IsGranted
            ? Warn($"{chosen}: none for anybody", $"echo madvise | sudo tee /{Transparent}")
            : Ok(chosen == "madvise" ? "madvise: who asks gets them" : $"{chosen}: also who did not ask gets them");
    }

    private static (FindingStatus Status, string Seen, string? Mend) MemoryLock(Machine machine)
    {
        if (!ProcessLimits.TryRead(machine, "Max locked memory", out var limit, out var reason))
        {
            return Unknown(reason);
        }

        // As start judges: a limit of any size could refuse memory later that would have been granted without a lock.
        var seen = ByteText.Of(limit);
        return limit == long.MaxValue ? Ok(seen)
            : machine.TryRead(ProcessStatus, out var status, out _) && ProcessMemory.HasLockCapability(status)
                ? Ok($"{seen}, which CAP_IPC_LOCK lifts")
                : Warn($"{seen}: start locks nothing", ProcessMemory.LockMend);
    }

    private static (FindingStatus Status, string Seen, string? Mend) SharedSpace(Machine machine)
    {
        if (!Directory.Exists(machine.PathOf(SharedMemory)))
        {
            return Warn($"/{SharedMemory} is not there", "mount -t tmpfs tmpfs /dev/shm, or name another place with --aeron-dir");
        }

        var free = machine.FreeBytesOf(machine.PathOf(SharedMemory));
        var seen = $"{ByteText.Of(free)} free";
        const string mend = "sudo mount -o remount,size=1g /dev/shm (docker run --shm-size=1g)";
        return free >= SharedWantedBytes ? Ok(seen) : Warn(seen, mend);
    }
}

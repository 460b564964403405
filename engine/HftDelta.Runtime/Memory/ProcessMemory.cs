using System.Globalization;
using System.Runtime.InteropServices;

namespace HftDelta.Runtime.Memory;

/// <summary>What became of a wish to the system.</summary>
/// <param name="IsGranted">Whether it holds.</param>
/// <param name="Words">What was asked and, when it was refused, why.</param>
/// <param name="Mend">What the operator can do so that it is granted; empty when it is.</param>
public readonly record struct SystemGrant(bool IsGranted, string Words, string Mend);

/// <summary>Wishes that concern the memory of the whole process. Best effort: nothing throws, and nothing is needed.</summary>
public static partial class ProcessMemory
{
    /// <summary>What lets a user lock all memory.</summary>
    public const string LockMend =
        "allow it by 'ulimit -l unlimited', LimitMEMLOCK=infinity in a systemd unit, or the capability CAP_IPC_LOCK";

    private const int CurrentPages = 1;
    private const int FuturePages = 2;
    private const int OnFault = 4;
    private const int LockedMemoryLimit = 8;
    private const int LockCapability = 14;
    private const string HugePagesPath = "/sys/kernel/mm/transparent_hugepage/enabled";

    /// <summary>
    /// No page that the process has touched, or will touch, is swapped out. Pages that nobody touches stay nothing. Asked only
    /// where no limit could later refuse memory that would have been granted without it.
    /// </summary>
    public static SystemGrant Lock()
    {
        if (!LinuxMemory.IsAvailable)
        {
            return new SystemGrant(false, "memory is not locked: only on Linux", "run it there");
        }

        if (!MayLockAll())
        {
            return new SystemGrant(false, "memory is not locked: this user may lock only a part of it", LockMend);
        }

        return LockAll(CurrentPages | FuturePages | OnFault) == 0
            ? new SystemGrant(true, "memory is locked as it is touched", "")
            : new SystemGrant(false, $"memory is not locked: mlockall: {LinuxMemory.LastErrorWords()}", LockMend);
    }

    /// <summary>Whether the system gives huge pages to those who ask, as rings and slabs do.</summary>
    public static SystemGrant HugePages()
    {
        if (!LinuxMemory.IsAvailable)
        {
            return new SystemGrant(false, "no huge pages: only on Linux", "run it there");
        }

        try
        {
            return HugePagesOf(File.ReadAllText(HugePagesPath));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new SystemGrant(
                false, $"no huge pages: {refused.Message.TrimEnd('.')}", "take a kernel with transparent huge pages");
        }
    }

    /// <summary>By the words of the system, the chosen one of which stands in brackets.</summary>
    public static SystemGrant HugePagesOf(string enabled)
    {
        ArgumentNullException.ThrowIfNull(enabled);
        return enabled.Contains("[always]", StringComparison.Ordinal) || enabled.Contains("[madvise]", StringComparison.Ordinal)
            ? new SystemGrant(true, "huge pages for rings and slabs", "")
            : new SystemGrant(
                false, "no huge pages: the system gives none, not even to those who ask", $"echo madvise > {HugePagesPath}");
    }

    /// <summary>Whether the line of capabilities in a process's status holds the one to lock memory.</summary>
    public static bool HasLockCapability(string status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var line = status.Split('\n').FirstOrDefault(text => text.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits)
            && ((bits >> LockCapability) & 1) != 0;
    }

    private static bool MayLockAll()
    {
        if (GetLimit(LockedMemoryLimit, out var limit) == 0 && limit.Current == nuint.MaxValue)
        {
            return true;
        }

        try
        {
            return HasLockCapability(File.ReadAllText("/proc/self/status"));
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAll(int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    private struct Limit
    {
        public nuint Current;
        public nuint Maximum;
    }
}

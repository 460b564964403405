using System.Runtime.InteropServices;

namespace HftDelta.Runtime.Threads;

/// <summary>What became of a wish about affinity, in words for the operator.</summary>
public readonly record struct AffinityResult(bool IsPinned, string Message);

/// <summary>
/// Which cores a thread may run on. Best effort: nothing here throws, everything says what was refused and why. Works on
/// Linux; elsewhere it does nothing and says so.
/// </summary>
public static unsafe partial class CpuAffinity
{
    /// <summary>The highest core number that the mask holds, plus one.</summary>
    public const int CoresMax = 8_192;

    private const int MaskWords = CoresMax / 64;
    private const int MaskBytes = CoresMax / 8;
    private const string OnlyLinux = "threads are pinned on Linux only";

    /// <summary>Pins the calling thread to one core.</summary>
    public static AffinityResult PinCurrentThread(int core) => PinThread(0, core);

    /// <summary>Keeps the calling thread on some cores, so that it never takes the time of the others.</summary>
    public static AffinityResult KeepCurrentThread(IReadOnlyList<int> cores)
    {
        ArgumentNullException.ThrowIfNull(cores);
        var list = string.Join(", ", cores);
        if (!OperatingSystem.IsLinux())
        {
            return new AffinityResult(false, $"not kept on cores {list}: {OnlyLinux}");
        }

        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        foreach (var core in cores)
        {
            if ((uint)core < CoresMax)
            {
                mask[core / 64] |= 1UL << (core % 64);
            }
        }

        return SetAffinity(0, MaskBytes, mask) == 0
            ? new AffinityResult(true, $"kept on cores {list}")
            : new AffinityResult(false, $"not kept on cores {list}: sched_setaffinity: {LastError()}");
    }

    /// <summary>Pins any thread, of another process as well, to one core.</summary>
    /// <param name="threadId">The system's number of it; 0 is the calling thread.</param>
    /// <param name="core">Counted from 0.</param>
    public static AffinityResult PinThread(int threadId, int core)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new AffinityResult(false, $"not pinned to core {core}: {OnlyLinux}");
        }

        if ((uint)core >= CoresMax)
        {
            return new AffinityResult(false, $"not pinned to core {core}: core numbers are 0 to {CoresMax - 1}");
        }

        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[core / 64] = 1UL << (core % 64);
        return SetAffinity(threadId, MaskBytes, mask) == 0
            ? new AffinityResult(true, $"pinned to core {core}")
            : new AffinityResult(false, $"not pinned to core {core}: sched_setaffinity: {LastError()}");
    }

    /// <summary>The cores that the calling thread may use, ascending.</summary>
    /// <returns>False where that cannot be told; <paramref name="reason"/> says why.</returns>
    public static bool TryGetAllowedCores(out IReadOnlyList<int> cores, out string reason)
    {
        cores = [];
        if (!OperatingSystem.IsLinux())
        {
            reason = OnlyLinux;
            return false;
        }

        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        if (GetAffinity(0, MaskBytes, mask) != 0)
        {
            reason = $"sched_getaffinity: {LastError()}";
            return false;
        }

        List<int> allowed = [];
        for (var core = 0; core < CoresMax; core++)
        {
            if ((mask[core / 64] & (1UL << (core % 64))) != 0)
            {
                allowed.Add(core);
            }
        }

        cores = allowed;
        reason = "";
        return true;
    }

    private static string LastError() =>
        $"{Marshal.GetLastPInvokeErrorMessage()} (errno {Marshal.GetLastPInvokeError()})";

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int threadId, nuint maskBytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int threadId, nuint maskBytes, ulong* mask);
}

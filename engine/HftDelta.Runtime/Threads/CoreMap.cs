namespace HftDelta.Runtime.Threads;

/// <summary>
/// A core for each thread, or none for any: with fewer cores than threads, two pinned threads would share a core while
/// another stood idle, so the scheduler does better. With a core to spare the lowest is left to the system, which takes its
/// interrupts there.
/// </summary>
public sealed class CoreMap
{
    private readonly int[] _cores;

    private CoreMap(int[] cores, string message)
    {
        _cores = cores;
        Message = message;
    }

    public bool IsPinned => _cores.Length > 0;

    /// <summary>What was decided and why, in words for the operator.</summary>
    public string Message { get; }

    /// <summary>The map for the cores that the calling thread may use.</summary>
    public static CoreMap Assign(int threadCount) =>
        CpuAffinity.TryGetAllowedCores(out var allowed, out var reason)
            ? Assign(threadCount, allowed)
            : new CoreMap([], $"threads are not pinned: {reason}");

    /// <param name="threadCount">Threads that each want a core.</param>
    /// <param name="allowedCores">The cores that may be used; repeated ones count once.</param>
    public static CoreMap Assign(int threadCount, IReadOnlyList<int> allowedCores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentNullException.ThrowIfNull(allowedCores);
        int[] cores = [.. allowedCores.Distinct().Order()];
        if (cores.Length < threadCount)
        {
            return new CoreMap(
                [], $"threads are not pinned: {threadCount} threads want a core each and {cores.Length} may be used");
        }

        var first = cores.Length > threadCount ? 1 : 0;
        var chosen = cores[first..(first + threadCount)];
        return new CoreMap(chosen, $"{threadCount} threads on cores {string.Join(", ", chosen)}");
    }

    public int CoreOf(int threadIndex) => _cores[threadIndex];
}

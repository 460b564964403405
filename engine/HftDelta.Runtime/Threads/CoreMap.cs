namespace HftDelta.Runtime.Threads;

/// <summary>
/// A core for each thread, or none for any: with fewer cores than threads, two pinned threads would share a core while
/// another stood idle, so the scheduler does better. Each gets a physical core while there are as many. With one to spare,
/// the one that takes most interrupts of devices, the lowest of equals, is left to the system.
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

    /// <summary>The cores chosen, in the order of the threads.</summary>
    public IReadOnlyList<int> Cores => _cores;

    /// <summary>The map for the cores that the calling thread may use.</summary>
    public static CoreMap Assign(int threadCount) => Assign(threadCount, CoreTopology.Read());

    /// <param name="threadCount">Threads that each want a core.</param>
    /// <param name="allowedCores">The cores that may be used; repeated ones count once.</param>
    public static CoreMap Assign(int threadCount, IReadOnlyList<int> allowedCores)
    {
        ArgumentNullException.ThrowIfNull(allowedCores);
        return Assign(threadCount, CoreTopology.Of(allowedCores));
    }

    public static CoreMap Assign(int threadCount, CoreTopology topology)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentNullException.ThrowIfNull(topology);
        if (topology.Doubt.Length > 0)
        {
            return new CoreMap([], $"threads are not pinned: {topology.Doubt}");
        }

        // Something runs even where every core has been given away, so that there may be fewer cores than may run.
        var usable = Math.Min(topology.Runnable, topology.Cores.Count);
        if (usable < threadCount)
        {
            return new CoreMap(
                [], $"threads are not pinned: {threadCount} threads want a core each and {usable} may be used");
        }

        // First of each physical core, quiet ones first; then their siblings.
        var first = topology.Cores.GroupBy(facts => facts.PhysicalCore)
            .OrderBy(group => group.Sum(facts => facts.Interrupts)).ThenByDescending(group => group.Key)
            .Select(group => group.First().Core).ToArray();
        int[] all = [.. first, .. topology.Cores.Select(facts => facts.Core).Except(first)];
        int[] chosen = [.. all[..threadCount].Order()];
        var shared = threadCount > first.Length ? "; some share a physical core" : "";
        return new CoreMap(chosen, $"{threadCount} threads on cores {string.Join(", ", chosen)}{shared}");
    }

    public int CoreOf(int threadIndex) => _cores[threadIndex];
}

using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>
/// How the mode <see cref="ThreadingMode.Auto"/> spreads agents over cores. The list is in the order of a command's way, so
/// edges before the first of the core lead in and those behind it lead out. Each hot agent has a thread until there are more
/// than cores for them; then neighbours join: first those that lead out, from the end, then those that lead in, then the core
/// (journal and engine), then the edges, and at last all hot agents are one. What nothing waits for is never among them unless
/// one core is all there is.
/// </summary>
internal static class AutomaticThreads
{
    /// <summary>From as many physical cores on, every cold agent has a thread of its own.</summary>
    private const int ColdApartCoresMin = 4;

    public static IReadOnlyList<IReadOnlyList<int>> Of(IReadOnlyList<AgentPlace> agents, int[] places, CoreTopology topology)
    {
        if (topology.Runnable == 1)
        {
            return [places];
        }

        var hot = places.Where(place => agents[place].Group != AgentGroup.Cold).ToList();
        var cold = places.Where(place => agents[place].Group == AgentGroup.Cold).ToList();
        List<IReadOnlyList<int>> threads = [.. Hot(agents, hot, HotThreadsMax(topology.PhysicalCores))];
        if (topology.PhysicalCores >= ColdApartCoresMin)
        {
            threads.AddRange(cold.Select(place => (IReadOnlyList<int>)[place]));
        }
        else if (cold.Count > 0)
        {
            threads.Add(cold);
        }

        return threads;
    }

    /// <summary>
    /// The rest is for the system, its interrupts, cold threads, and whoever else is on the machine. One more core never
    /// means fewer threads.
    /// </summary>
    private static int HotThreadsMax(int physicalCores) => physicalCores switch
    {
        >= 16 => Math.Max(13, physicalCores - 4),
        >= 8 => physicalCores - 2,
        >= 2 => physicalCores - 1,
        _ => 1,
    };

    private static IEnumerable<IReadOnlyList<int>> Hot(IReadOnlyList<AgentPlace> agents, List<int> hot, int threadsMax)
    {
        var core = hot.Where(place => agents[place].Group == AgentGroup.Core).ToList();
        var firstOfCore = agents.TakeWhile(agent => agent.Group != AgentGroup.Core).Count();
        var edges = hot.Except(core).ToList();
        var inward = Apart(edges.Where(place => place < firstOfCore));
        var middle = Apart(core);
        var outward = Apart(edges.Where(place => place > firstOfCore));
        while (inward.Count + middle.Count + outward.Count > threadsMax
            && (TryJoin(outward) || TryJoin(inward) || TryJoin(middle)))
        {
        }

        if (inward.Count + middle.Count + outward.Count <= threadsMax)
        {
            return [.. inward, .. middle, .. outward];
        }

        return threadsMax >= 2 && middle.Count > 0 ? [edges, core] : [hot];
    }

    private static List<List<int>> Apart(IEnumerable<int> places) => [.. places.Select(place => new List<int> { place })];

    /// <summary>The last two become one.</summary>
    private static bool TryJoin(List<List<int>> groups)
    {
        if (groups.Count < 2)
        {
            return false;
        }

        groups[^2].AddRange(groups[^1]);
        groups.RemoveAt(groups.Count - 1);
        return true;
    }
}

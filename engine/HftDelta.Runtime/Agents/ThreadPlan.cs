using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>One thread of a plan.</summary>
/// <param name="Places">Its agents, as places in the list that was planned, ascending.</param>
/// <param name="Name">Their names, joined by <c>+</c>.</param>
/// <param name="IsHot">True when any of them is not cold.</param>
public sealed record PlannedThread(IReadOnlyList<int> Places, string Name, bool IsHot)
{
    /// <summary>The core that it is pinned to, or <see cref="AgentRunner.Unpinned"/>.</summary>
    public int Core { get; init; } = AgentRunner.Unpinned;

    /// <summary>Without a core of its own: those that it keeps to, away from pinned threads; empty: wherever.</summary>
    public IReadOnlyList<int> HouseCores { get; init; } = [];

    /// <summary>How it waits: never <see cref="IdleKind.Auto"/>.</summary>
    public IdleKind Idle { get; init; } = IdleKind.Backoff;

    /// <summary>For the operator: <c>2</c>, <c>0, 1</c> or <c>any</c>.</summary>
    public string CoreText => Core != AgentRunner.Unpinned ? $"{Core}"
        : HouseCores.Count > 0 ? string.Join(", ", HouseCores) : "any";
}

/// <summary>
/// Which agents share a thread, on which core, and how that thread waits: a pure function of the wishes, the list of agents
/// and the cores, so that it can be shown and tested. Immutable.
/// </summary>
/// <param name="Threads">Every agent stands in exactly one of them.</param>
/// <param name="Messages">What the operator should know, such as why nothing was pinned.</param>
/// <param name="Faults">Wishes that cannot be; the plan is then not to be run.</param>
public sealed record ThreadPlan(
    IReadOnlyList<PlannedThread> Threads, IReadOnlyList<string> Messages, IReadOnlyList<string> Faults)
{
    /// <summary>From as many physical cores on, the mode <see cref="ThreadingMode.Auto"/> pins.</summary>
    public const int PinCoresMin = 4;

    /// <summary>From as many physical cores on, hot threads that are pinned never give theirs away.</summary>
    private const int SpinCoresMin = 8;

    public static ThreadPlan Make(ThreadWishes wishes, IReadOnlyList<AgentPlace> agents, CoreTopology topology)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        ArgumentNullException.ThrowIfNull(agents);
        ArgumentNullException.ThrowIfNull(topology);
        if (agents.Count == 0)
        {
            throw new ArgumentException("there are no agents to run", nameof(agents));
        }

        List<string> messages = [];
        var faults = FaultsOf(wishes, agents, topology);
        var chosen = Chosen(wishes, agents, topology);
        var left = Left(topology, chosen);
        int[] rest = [.. Enumerable.Range(0, agents.Count).Except(chosen.SelectMany(thread => thread.Places))];
        var threads = Pinned(wishes, Planned(wishes.Mode, agents, rest, left), left, messages);
        threads = KeptOff([.. chosen, .. threads], topology);
        var waits = threads.Select(thread => thread with { Idle = IdleOf(wishes, thread, agents, left, faults) });
        return new ThreadPlan([.. waits.OrderBy(thread => thread.Places[0])], messages, faults);
    }

    private static List<string> FaultsOf(ThreadWishes wishes, IReadOnlyList<AgentPlace> agents, CoreTopology topology)
    {
        List<string> faults = [];
        foreach (var agent in agents)
        {
            if (wishes.Agents.TryGetValue(agent.Name, out var wish) && wish.Core is { } core
                && topology.Doubt.Length == 0 && !topology.Cores.Any(facts => facts.Core == core))
            {
                faults.Add($"{agent.Name}: core {core} is not there: {topology.Words}");
            }
        }

        return faults;
    }

    /// <summary>The threads of agents that were given cores.</summary>
    private static List<PlannedThread> Chosen(
        ThreadWishes wishes, IReadOnlyList<AgentPlace> agents, CoreTopology topology) =>
    [
        .. Enumerable.Range(0, agents.Count)
            .Where(place => wishes.Agents.GetValueOrDefault(agents[place].Name).Core is not null)
            .GroupBy(place => wishes.Agents[agents[place].Name].Core!.Value)
            .Select(group => ThreadOf(agents, group) with
            {
                Core = topology.Doubt.Length == 0 ? group.Key : AgentRunner.Unpinned,
            }),
    ];

    /// <summary>The cores that nobody was given; their siblings count as given.</summary>
    private static CoreTopology Left(CoreTopology topology, List<PlannedThread> chosen)
    {
        if (chosen.Count == 0 || topology.Doubt.Length > 0)
        {
            return topology;
        }

        var taken = PhysicalOf(topology, chosen);
        CoreFacts[] left = [.. topology.Cores.Where(facts => !taken.Contains(facts.PhysicalCore))];
        return CoreTopology.Of(left, Math.Max(1, topology.Runnable - chosen.Count));
    }

    private static List<PlannedThread> Planned(
        ThreadingMode mode, IReadOnlyList<AgentPlace> agents, int[] rest, CoreTopology left)
    {
        if (rest.Length == 0)
        {
            return [];
        }

        var isCore = rest.ToLookup(place => agents[place].Group == AgentGroup.Core);
        IEnumerable<IEnumerable<int>> groups = mode switch
        {
            ThreadingMode.Dedicated => rest.Select(place => new[] { place }),
            ThreadingMode.Shared => new[] { isCore[true], isCore[false] }.Where(group => group.Any()),
            ThreadingMode.Compact => [rest],
            ThreadingMode.Auto => AutomaticThreads.Of(agents, rest, left),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such threading mode"),
        };
        return [.. groups.Select(group => ThreadOf(agents, group))];
    }

    private static List<PlannedThread> Pinned(
        ThreadWishes wishes, List<PlannedThread> threads, CoreTopology left, List<string> messages)
    {
        var hot = threads.Count(thread => thread.IsHot);
        var canPin = wishes.Mode == ThreadingMode.Dedicated
            || (wishes.Mode == ThreadingMode.Auto && left.PhysicalCores >= PinCoresMin);
        if (wishes.Mode == ThreadingMode.Auto)
        {
            messages.Add($"threading auto: {left.Words}"
                + (canPin ? "" : $"; with fewer than {PinCoresMin} nothing is pinned"));
        }

        if (!canPin || !wishes.PinThreads || hot == 0)
        {
            return threads;
        }

        var map = CoreMap.Assign(hot, left);
        messages.Add(map.Message);
        if (!map.IsPinned)
        {
            if (wishes.Idle == IdleKind.Spin)
            {
                messages.Add("threads spin without a core each: they will wait for each other; use backoff here");
            }

            return threads;
        }

        var next = 0;
        return [.. threads.Select(thread => thread.IsHot ? thread with { Core = map.CoreOf(next++) } : thread)];
    }

    /// <summary>A thread without a core of its own must not take turns with one that has one.</summary>
    private static List<PlannedThread> KeptOff(List<PlannedThread> threads, CoreTopology topology)
    {
        var taken = PhysicalOf(topology, threads);
        int[] house = [.. topology.Cores.Where(facts => !taken.Contains(facts.PhysicalCore)).Select(facts => facts.Core)];
        if (house.Length == 0)
        {
            var pinned = threads.Select(thread => thread.Core).ToHashSet();
            house = [.. topology.Cores.Select(facts => facts.Core).Where(core => !pinned.Contains(core))];
        }

        return taken.Count == 0
            ? threads
            : [.. threads.Select(thread => thread.Core == AgentRunner.Unpinned ? thread with { HouseCores = house } : thread)];
    }

    private static IdleKind IdleOf(
        ThreadWishes wishes, PlannedThread thread, IReadOnlyList<AgentPlace> agents, CoreTopology left, List<string> faults)
    {
        string? first = null;
        var chosen = IdleKind.Auto;
        foreach (var place in thread.Places)
        {
            var name = agents[place].Name;
            if (wishes.Agents.GetValueOrDefault(name).Idle is not { } idle)
            {
                continue;
            }

            if (first is not null && idle != chosen)
            {
                faults.Add($"{first}: wait {chosen.ToText()} and {name}: wait {idle.ToText()}: they share a thread");
            }

            first ??= name;
            chosen = idle;
        }

        chosen = chosen == IdleKind.Auto && thread.IsHot ? wishes.Idle : chosen;
        return chosen != IdleKind.Auto ? chosen
            : !thread.IsHot || thread.Core == AgentRunner.Unpinned ? IdleKind.Backoff
            : left.PhysicalCores >= SpinCoresMin ? IdleKind.Spin : IdleKind.Yield;
    }

    private static HashSet<int> PhysicalOf(CoreTopology topology, IEnumerable<PlannedThread> threads)
    {
        var pinned = threads.Select(thread => thread.Core).ToHashSet();
        return [.. topology.Cores.Where(facts => pinned.Contains(facts.Core)).Select(facts => facts.PhysicalCore)];
    }

    private static PlannedThread ThreadOf(IReadOnlyList<AgentPlace> agents, IEnumerable<int> places)
    {
        int[] ordered = [.. places.Order()];
        return new PlannedThread(
            ordered,
            string.Join('+', ordered.Select(place => agents[place].Name)),
            ordered.Any(place => agents[place].Group != AgentGroup.Cold));
    }
}

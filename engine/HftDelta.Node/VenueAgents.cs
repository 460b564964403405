using HftDelta.Aeron;
using HftDelta.Gateway;
using HftDelta.Gateway.Oracles;
using HftDelta.Journal.Writing;
using HftDelta.Node.Pipeline;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;

namespace HftDelta.Node;

/// <summary>The agents of a venue, each by its name: threads run them as groups, tests step them one by one.</summary>
public sealed record VenueAgents
{
    public required IngressAgent Ingress { get; init; }

    public required JournalAgent Journal { get; init; }

    /// <summary>Null unless durable means on the device.</summary>
    public required SyncAgent? Sync { get; init; }

    /// <summary>The transport, whose agents run with those of the venue; null without a network.</summary>
    public required AeronDriver? Driver { get; init; }

    public required EngineAgent Engine { get; init; }

    public required RiskAgent Risk { get; init; }

    /// <summary>Those that share its computations; none where there is one worker.</summary>
    public required IReadOnlyList<RiskHelperAgent> RiskHelpers { get; init; }

    /// <summary>Null where signatures of oracle reports are not looked at.</summary>
    public required OracleVerifierAgent? OracleVerifier { get; init; }

    public required EgressAgent Egress { get; init; }

    public required SegmentPreparer Preparer { get; init; }

    public required HashPointAgent HashPoints { get; init; }

    public required MonitorAgent Monitor { get; init; }

    /// <summary>Null without a counter file.</summary>
    public required HeartbeatAgent? Heartbeat { get; init; }

    /// <summary>The names that agents of a venue may have, whatever its options.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. PlacesOf(hasNetwork: true, hasSync: true, RiskTeam.WorkersMax, hasVerifier: true, hasHeartbeat: true)
            .Select(place => place.Name),
    ];

    /// <summary>The names and groups of <see cref="InOrder"/>, before there is a venue.</summary>
    public static IReadOnlyList<AgentPlace> PlacesOf(
        bool hasNetwork, bool hasSync, int riskWorkers, bool hasVerifier, bool hasHeartbeat) =>
    [
        .. Only(hasNetwork, AgentGroup.Edge, "aeron-receiver"),
        new("ingress", AgentGroup.Edge),
        new("journal", AgentGroup.Core),
        new("engine", AgentGroup.Core),
        .. Only(hasSync, AgentGroup.Edge, "journal-sync"),
        new("egress", AgentGroup.Edge),
        .. Only(hasNetwork, AgentGroup.Edge, "aeron-sender", "aeron-conductor"),
        new("risk", AgentGroup.Cold),
        .. Enumerable.Range(1, riskWorkers - 1).Select(place => new AgentPlace($"risk-{place}", AgentGroup.Cold)),
        .. Only(hasVerifier, AgentGroup.Cold, "oracle-verifier"),
        new("journal-preparer", AgentGroup.Cold),
        new("hash-points", AgentGroup.Cold),
        new("monitor", AgentGroup.Cold),
        .. Only(hasHeartbeat, AgentGroup.Cold, "heartbeat"),
    ];

    /// <summary>
    /// In the order of a command's way, so that on one thread it passes in one round. The sync agent counts as an edge: on two
    /// threads the wait for the device holds up the edges and not matching.
    /// </summary>
    public IReadOnlyList<HostedAgent> InOrder()
    {
        var agents = new List<HostedAgent>();
        if (Driver is not null)
        {
            agents.Add(new HostedAgent(Driver.Receiver, AgentGroup.Edge));
        }

        agents.Add(new HostedAgent(Ingress, AgentGroup.Edge));
        agents.Add(new HostedAgent(Journal, AgentGroup.Core));
        agents.Add(new HostedAgent(Engine, AgentGroup.Core));
        if (Sync is not null)
        {
            agents.Add(new HostedAgent(Sync, AgentGroup.Edge));
        }

        agents.Add(new HostedAgent(Egress, AgentGroup.Edge));
        if (Driver is not null)
        {
            agents.Add(new HostedAgent(Driver.Sender, AgentGroup.Edge));
            agents.Add(new HostedAgent(Driver.Conductor, AgentGroup.Edge));
        }

        agents.Add(new HostedAgent(Risk, AgentGroup.Cold));
        agents.AddRange(RiskHelpers.Select(helper => new HostedAgent(helper, AgentGroup.Cold)));
        if (OracleVerifier is not null)
        {
            agents.Add(new HostedAgent(OracleVerifier, AgentGroup.Cold));
        }

        agents.Add(new HostedAgent(Preparer, AgentGroup.Cold));
        agents.Add(new HostedAgent(HashPoints, AgentGroup.Cold));
        agents.Add(new HostedAgent(Monitor, AgentGroup.Cold));
        if (Heartbeat is not null)
        {
            agents.Add(new HostedAgent(Heartbeat, AgentGroup.Cold));
        }

        return agents;
    }

    private static IEnumerable<AgentPlace> Only(bool isThere, AgentGroup group, params string[] names) =>
        isThere ? names.Select(name => new AgentPlace(name, group)) : [];
}

using System.Collections.Immutable;
using HftDelta.Simulation.Network;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// One whole run of drivers over a simulated network, as data: who publishes what to whom, what the network and the machines do
/// meanwhile. The same scenario runs the same way each time; <see cref="ScenarioDraw"/> makes one out of a seed, and a shrinker
/// makes smaller ones of it.
/// </summary>
public sealed record TransportScenario
{
    /// <summary>Of the network, the drivers, the order of turns and the messages.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Machines are numbered from 0.</summary>
    public required int MachineCount { get; init; }

    /// <summary>What every link does, from the begin to the end.</summary>
    public required LinkConditions Weather { get; init; }

    /// <summary>Turns are at most so long while there is work.</summary>
    public required uint TurnNanosMax { get; init; }

    /// <summary>Each agent of a driver takes turns by itself, in any order, instead of all in one.</summary>
    public required bool StepsAgentsApart { get; init; }

    /// <summary>Lone messages leave with their offer; it matters only where all agents take one turn.</summary>
    public required bool OffersSendAtOnce { get; init; }

    /// <summary>How much an image takes before its reader has to follow.</summary>
    public required int WindowLengthBytes { get; init; }

    public required ImmutableArray<ChannelPlan> Channels { get; init; }

    public required ImmutableArray<PublicationPlan> Publications { get; init; }

    public required ImmutableArray<SubscriptionPlan> Subscriptions { get; init; }

    public required ImmutableArray<FaultPlan> Faults { get; init; }

    /// <summary>The datagrams that the weather may disturb, by their number; null for all of them.</summary>
    public ImmutableHashSet<long>? DisturbedOnly { get; init; }

    /// <summary>When the last fault is over.</summary>
    public ulong FaultsEndNanos => Faults.IsEmpty ? 0 : Faults.Max(fault => fault.AtNanos + fault.ForNanos);

    /// <summary>
    /// Nothing happens that a receiver may take for the end of a stream: then every reader gets everything from where it joined.
    /// </summary>
    public bool IsUnbroken => Faults.All(fault => fault.IsBearable);

    /// <summary>Everything that is sent is for somebody who stays: otherwise it need not end.</summary>
    public bool IsSound => Publications.All(publication => Subscriptions.Any(reader =>
        reader.CloseNanos == 0 && reader.Channel == publication.Channel && reader.StreamId == publication.StreamId));

    public override string ToString()
    {
        var lines = new List<string>
        {
            $"seed {Seed}: {MachineCount} machines, window {WindowLengthBytes}, turns up to {TurnNanosMax} ns"
                + (StepsAgentsApart ? ", agents apart" : "") + (OffersSendAtOnce ? ", offers at once" : ""),
            $"weather: drop {Weather.DropPerMille} duplicate {Weather.DuplicatePerMille} reorder {Weather.ReorderPerMille} by "
                + $"{Weather.ReorderDelayNanos} corrupt {Weather.CorruptPerMille} per mille, delay {Weather.DelayNanos} jitter "
                + $"{Weather.JitterNanos} ns"
                + (DisturbedOnly is { } only ? $", only datagrams {string.Join(' ', only.Order())}" : ""),
        };
        lines.AddRange(Channels.Select((channel, index) => $"channel {index}: {channel}"));
        lines.AddRange(Publications.Select((publication, index) => $"publication {index}: {publication}"));
        lines.AddRange(Subscriptions.Select((subscription, index) => $"subscription {index}: {subscription}"));
        lines.AddRange(Faults.Select((fault, index) => $"fault {index}: {fault}"));
        return string.Join(Environment.NewLine, lines);
    }
}

/// <summary>Where a stream goes.</summary>
public sealed record ChannelPlan
{
    public required ChannelKind Kind { get; init; }

    /// <summary>The machine that listens (unicast) or that sends (destinations); of no meaning for a group.</summary>
    public required int Machine { get; init; }

    public required int Port { get; init; }
}

/// <summary>The sender of every kind but the first waits for the slowest of its receivers (minimum flow control).</summary>
public enum ChannelKind
{
    Unicast = 0,

    /// <summary>A multicast group that any number of machines join.</summary>
    Group,

    /// <summary>Receivers announce themselves to the sender, which sends to each (dynamic destinations).</summary>
    Destinations,
}

/// <summary>Where a stream begins.</summary>
public enum StreamStart
{
    /// <summary>As the driver draws it.</summary>
    Drawn = 0,

    /// <summary>In the term before term ids wrap.</summary>
    BeforeWrap,

    /// <summary>In the middle of a later term.</summary>
    Later,

    /// <summary>A few terms before the last position that a stream has.</summary>
    NearEnd,
}

/// <summary>One that sends.</summary>
public sealed record PublicationPlan
{
    public required int Machine { get; init; }

    public required int Channel { get; init; }

    public required int StreamId { get; init; }

    public required bool IsExclusive { get; init; }

    /// <summary>Messages that fit are claimed and filled in place, and some claims given up.</summary>
    public required bool Claims { get; init; }

    public required int MessageCount { get; init; }

    public required int LengthMax { get; init; }

    public required int TermLengthBytes { get; init; }

    public required int MtuLengthBytes { get; init; }

    public required StreamStart Start { get; init; }

    public required ulong OpenNanos { get; init; }

    /// <summary>Messages in one turn, if there is room.</summary>
    public required int OffersPerTurn { get; init; }

    /// <summary>How long it says nothing after each of those turns.</summary>
    public required uint GapNanos { get; init; }

    /// <summary>Closes behind its last message at once, and not when everything else has come to rest.</summary>
    public required bool ClosesAtOnce { get; init; }
}

/// <summary>One that reads.</summary>
public sealed record SubscriptionPlan
{
    public required int Machine { get; init; }

    public required int Channel { get; init; }

    public required int StreamId { get; init; }

    public required ulong OpenNanos { get; init; }

    /// <summary>0 when it stays.</summary>
    public required ulong CloseNanos { get; init; }

    /// <summary>Fragments of one poll.</summary>
    public required int FragmentLimit { get; init; }

    /// <summary>How long it does something else after each poll.</summary>
    public required uint PollGapNanos { get; init; }

    /// <summary>What is lost is asked for; otherwise it is skipped.</summary>
    public required bool IsReliable { get; init; }
}

public enum FaultKind
{
    /// <summary>Nothing gets from <see cref="FaultPlan.Machine"/> to <see cref="FaultPlan.Peer"/>.</summary>
    CutOneWay = 0,

    /// <summary>Nothing gets to or from the machine.</summary>
    CutOff,

    /// <summary>The machine does nothing at all.</summary>
    Pause,

    /// <summary>Its subscriptions are not polled.</summary>
    ReadersPause,

    /// <summary>Its process dies without a word; another one takes its place afterwards.</summary>
    Kill,

    /// <summary>Its process ends in order; another one takes its place afterwards.</summary>
    Restart,
}

/// <summary>Something that happens to a machine or its links for a while.</summary>
public sealed record FaultPlan(FaultKind Kind, int Machine, int Peer, ulong AtNanos, ulong ForNanos)
{
    // Well below the five seconds after which a sender gives up its receiver.
    private const ulong BearableNanos = 3_000_000_000;

    public bool IsBearable => Kind is not (FaultKind.Kill or FaultKind.Restart) && ForNanos <= BearableNanos;
}

using HftDelta.Aeron;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Transport;

/// <summary>The channels of a scenario as URIs, and every stream that was opened on them. Owner: the run.</summary>
internal sealed class ScenarioStreams(TransportScenario scenario)
{
    private const int DestinationPorts = 1_000;

    private readonly List<SentStream> _all = [];

    public IReadOnlyList<SentStream> All => _all;

    public static string AddressOf(int machine) => $"10.0.0.{machine + 1}";

    public string SubscriptionChannel(SubscriptionPlan plan)
    {
        var channel = scenario.Channels[plan.Channel];
        var own = AddressOf(plan.Machine);
        var uri = channel.Kind switch
        {
            ChannelKind.Group => $"endpoint={GroupOf(channel)}|interface={own}",
            ChannelKind.Destinations =>
                $"endpoint={own}:{channel.Port + DestinationPorts}|control={AddressOf(channel.Machine)}:{channel.Port}"
                + "|control-mode=dynamic",
            _ => $"endpoint={own}:{channel.Port}",
        };
        return $"aeron:udp?{uri}{(plan.IsReliable ? "" : "|reliable=false")}";
    }

    public string PublicationChannel(PublicationPlan plan)
    {
        var channel = scenario.Channels[plan.Channel];
        var uri = channel.Kind switch
        {
            ChannelKind.Group => $"endpoint={GroupOf(channel)}|interface={AddressOf(plan.Machine)}",
            ChannelKind.Destinations => $"control={AddressOf(channel.Machine)}:{channel.Port}|control-mode=dynamic",
            _ => $"endpoint={AddressOf(channel.Machine)}:{channel.Port}",
        };
        if (channel.Kind != ChannelKind.Unicast)
        {
            // It begins when all are there that stay.
            var receivers = scenario.Subscriptions
                .Where(reader => reader.Channel == plan.Channel && reader.StreamId == plan.StreamId && reader.CloseNanos == 0)
                .DistinctBy(reader => reader.Machine).Count();
            uri += $"|fc=min,g:/{receivers}";
        }

        // Those that share a session begin at the same place.
        return $"aeron:udp?{uri}|term-length={plan.TermLengthBytes}|mtu={plan.MtuLengthBytes}"
            + Place(plan, new SeededRandom(scenario.Seed + (ulong)plan.StreamId));
    }

    /// <summary>The stream of a publication that was just added: the one of its session, or a new one.</summary>
    public SentStream Of(PublicationPlan plan, PublicationBase publication, ulong nowNanos)
    {
        var known = _all.Find(stream => !stream.IsDead && !stream.IsClosed && stream.SessionId == publication.SessionId
            && stream.StreamId == plan.StreamId && stream.Channel == plan.Channel);
        if (known is not null)
        {
            return known;
        }

        var position = publication is ExclusivePublication exclusive ? exclusive.Position : ((Publication)publication).Position;
        var seed = SplitMix64.Mix(scenario.Seed + (ulong)_all.Count);
        var stream = new SentStream(
            plan.Channel, plan.StreamId, publication.SessionId, seed, plan.MtuLengthBytes, plan.LengthMax)
        {
            StartPosition = position,
            OpenNanos = nowNanos,
        };
        _all.Add(stream);
        return stream;
    }

    public SentStream? Find(int channel, int streamId, int sessionId) => _all.FindLast(stream =>
        stream.Channel == channel && stream.StreamId == streamId && stream.SessionId == sessionId);

    private static string GroupOf(ChannelPlan channel) => $"224.0.1.{(2 * (channel.Port % 100)) + 1}:{channel.Port}";

    private static string Place(PublicationPlan plan, SeededRandom random)
    {
        const int frame = 32;
        var offset = (long)random.NextBelow((ulong)plan.TermLengthBytes / frame) * frame;
        return plan.Start switch
        {
            StreamStart.BeforeWrap => Place(int.MaxValue, int.MaxValue, offset),
            StreamStart.Later => Place(random.NextInRange(-5, 5), random.NextInRange(10, 20), offset),
            StreamStart.NearEnd => Place(7, unchecked(7 + int.MaxValue - 3), offset),
            _ => "",
        };
    }

    private static string Place(int initialTermId, int termId, long termOffset) =>
        $"|init-term-id={initialTermId}|term-id={termId}|term-offset={termOffset}";
}

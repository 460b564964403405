using System.Collections.Immutable;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// Makes a scenario out of a seed. Everything that a scenario can hold comes up: rates up to 50 % loss and 60 % duplicates,
/// datagrams that are held up across a term, cuts, pauses, dying and restarting processes.
/// </summary>
public static class ScenarioDraw
{
    private const ulong Millisecond = 1_000_000;
    private const int FirstPort = 24_331;
    private const int FirstStream = 1_001;

    public static TransportScenario Of(ulong seed)
    {
        var random = new SeededRandom(SplitMix64.Mix(seed));
        var machines = random.NextInRange(2, 4);
        var channels = Channels(random, machines);
        var publications = Publications(random, machines, channels);
        var scenario = new TransportScenario
        {
            Seed = seed,
            MachineCount = machines,
            Weather = Weather(random),
            TurnNanosMax = random.Pick<uint>([5_000, 20_000, 50_000, 200_000]),
            StepsAgentsApart = random.Chance(1, 3),
            WindowLengthBytes = random.Pick([128 * 1024, 128 * 1024, 32 * 1024, 16 * 1024]),
            Channels = channels,
            Publications = publications,
            Subscriptions = Subscriptions(random, machines, channels, publications),
            Faults = Faults(random, machines),
            OffersSendAtOnce = random.Chance(1, 2),
        };
        return scenario.IsUnbroken && scenario.Weather.DropPerMille <= 200
            ? scenario
            : scenario with { Publications = [.. publications.Select(plan => plan with { ClosesAtOnce = false })] };
    }

    private static LinkConditions Weather(SeededRandom random)
    {
        const uint microsecond = 1_000;
        var severity = random.PickWeighted([1, 3, 3, 2]);
        var most = severity switch { 0 => 0, 1 => 50, 2 => 200, _ => 500 };
        return new LinkConditions
        {
            DropPerMille = Rate(random, most),
            DuplicatePerMille = Rate(random, severity == 3 ? 600 : most),
            ReorderPerMille = Rate(random, most),
            CorruptPerMille = random.Chance(1, 4) ? Rate(random, most / 4) : 0,
            DelayNanos = random.Pick<uint>([0, 10, 300, 2_000]) * microsecond,
            JitterNanos = random.Pick<uint>([0, 0, 50, 1_500]) * microsecond,
            ReorderDelayNanos = random.Pick<uint>([100, 1_000, 20_000, 200_000]) * microsecond,
        };
    }

    private static int Rate(SeededRandom random, int most) => random.Chance(1, 4) ? 0 : random.NextInRange(0, most);

    private static ImmutableArray<ChannelPlan> Channels(SeededRandom random, int machines) =>
    [
        .. Enumerable.Range(0, random.NextInRange(1, 3)).Select(index => new ChannelPlan
        {
            Kind = (ChannelKind)random.PickWeighted([4, 1, 1]),
            Machine = random.NextInRange(0, machines - 1),
            Port = FirstPort + index,
        }),
    ];

    private static ImmutableArray<PublicationPlan> Publications(
        SeededRandom random, int machines, ImmutableArray<ChannelPlan> channels)
    {
        var plans = new List<PublicationPlan>();
        for (var count = 1 + random.PickWeighted([3, 3, 2, 1]); count > 0; count--)
        {
            var channel = random.NextInRange(0, channels.Length - 1);
            var drawn = Publication(random, machines, channel) with { StreamId = FirstStream + plans.Count };

            // Two of the same channel and stream share a session, or are sessions of one stream.
            plans.Add(random.PickWeighted([4, 1, 1]) switch
            {
                1 when plans.Count > 0 => plans[^1],
                2 when plans.Count > 0 => drawn with
                {
                    Channel = plans[^1].Channel,
                    StreamId = plans[^1].StreamId,
                    IsExclusive = true,
                },
                _ => drawn,
            });
        }

        // Only the machine of the control address sends to destinations.
        return
        [
            .. plans.Select(plan => channels[plan.Channel].Kind == ChannelKind.Destinations
                ? plan with { Machine = channels[plan.Channel].Machine }
                : plan),
        ];
    }

    private static PublicationPlan Publication(SeededRandom random, int machines, int channel)
    {
        var termLength = random.Pick([64 * 1024, 64 * 1024, 64 * 1024, 128 * 1024]);
        var lengthMax = random.Pick([0, 100, 1_000, 3_000, termLength / 8]);

        // Some fill all three terms several times.
        var bytes = random.PickWeighted([4, 3, 1]) switch { 0 => 20_000, 1 => 150_000, _ => 700_000 };
        var averageLength = 150 + (lengthMax / 6);
        return new PublicationPlan
        {
            Machine = random.NextInRange(0, machines - 1),
            Channel = channel,
            StreamId = FirstStream,
            IsExclusive = random.Chance(1, 2),
            Claims = random.Chance(1, 4),
            MessageCount = 1 + random.NextInRange(0, bytes / averageLength),
            LengthMax = lengthMax,
            TermLengthBytes = termLength,
            MtuLengthBytes = random.Pick([1_408, 1_408, 8_192, 4_096, 576, 96]),
            Start = (StreamStart)random.PickWeighted([4, 1, 1, 1]),
            OpenNanos = random.Chance(1, 2) ? 0 : random.NextBelow(500 * Millisecond),
            OffersPerTurn = random.Pick([1, 3, 20, 1_000]),
            GapNanos = random.Pick<uint>([0, 0, 200_000, 3_000_000]),
            ClosesAtOnce = random.Chance(1, 4),
        };
    }

    private static ImmutableArray<SubscriptionPlan> Subscriptions(
        SeededRandom random,
        int machines,
        ImmutableArray<ChannelPlan> channels,
        ImmutableArray<PublicationPlan> publications)
    {
        var plans = new List<SubscriptionPlan>();
        foreach (var publication in publications.DistinctBy(plan => (plan.Channel, plan.StreamId)))
        {
            var isReliable = random.Chance(9, 10);
            foreach (var machine in Listeners(random, machines, channels[publication.Channel]))
            {
                plans.Add(Subscription(random, machine, publication) with { CloseNanos = 0, IsReliable = isReliable });
                if (random.Chance(1, 3))
                {
                    plans.Add(Subscription(random, machine, publication) with { IsReliable = isReliable });
                }
            }
        }

        return [.. plans];
    }

    private static int[] Listeners(SeededRandom random, int machines, ChannelPlan channel)
    {
        if (channel.Kind == ChannelKind.Unicast)
        {
            return [channel.Machine];
        }

        var all = Enumerable.Range(0, machines).ToArray();
        random.Shuffle<int>(all);
        return all[..random.NextInRange(1, machines)];
    }

    private static SubscriptionPlan Subscription(SeededRandom random, int machine, PublicationPlan publication)
    {
        var open = random.Chance(1, 2) ? 0 : random.NextBelow(500 * Millisecond);
        return new SubscriptionPlan
        {
            Machine = machine,
            Channel = publication.Channel,
            StreamId = publication.StreamId,
            OpenNanos = open,
            CloseNanos = random.Chance(1, 3) ? open + random.NextBelow(500 * Millisecond) : 0,
            FragmentLimit = random.Pick([1, 10, 100]),
            PollGapNanos = random.Pick<uint>([0, 0, 0, 50_000, 1_000_000]),
            IsReliable = true,
        };
    }

    private static ImmutableArray<FaultPlan> Faults(SeededRandom random, int machines)
    {
        var count = random.PickWeighted([4, 3, 2]);
        var isHarsh = random.Chance(1, 4);
        return [.. Enumerable.Range(0, count).Select(_ => Fault(random, machines, isHarsh))];
    }

    private static FaultPlan Fault(SeededRandom random, int machines, bool isHarsh)
    {
        var machine = random.NextInRange(0, machines - 1);
        var peer = (machine + random.NextInRange(1, machines - 1)) % machines;
        var kind = isHarsh
            ? (FaultKind)random.NextInRange(0, 5)
            : (FaultKind)random.NextInRange(0, 3);
        var most = isHarsh ? random.Pick<ulong>([100, 3_000, 15_000]) : random.Pick<ulong>([10, 100, 1_000]);
        return new FaultPlan(
            kind,
            machine,
            peer,
            random.NextBelow(500 * Millisecond),
            1 + random.NextBelow(most * Millisecond));
    }
}

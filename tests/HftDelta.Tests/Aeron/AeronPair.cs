using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron;

/// <summary>A datagram as it was sent, before the network decided about it.</summary>
internal sealed record SentDatagram(ulong TimeNanos, SocketEndpoint From, SocketEndpoint To, byte[] Bytes);

/// <summary>
/// Two drivers on two machines of a simulated network, stepped by hand on a virtual clock: the publisher's at 10.0.0.1, the
/// subscriber's at 10.0.0.2.
/// </summary>
internal sealed class AeronPair : IDisposable
{
    public const int StreamId = 1001;
    public const ulong StepNanos = 20_000;
    public const ulong Millisecond = 1_000_000;

    /// <summary>The stream of the recorded scenarios.</summary>
    public const string RecordedStream = "term-length=65536|session-id=101|init-term-id=7|term-id=7|term-offset=0|mtu=1408";

    private readonly Func<AeronOptions, AeronOptions> _adjust;

    public AeronPair(ulong seed = 1, Func<AeronOptions, AeronOptions>? adjust = null)
    {
        _adjust = adjust ?? (options => options);
        Clock = new VirtualNanoClock(new TimeNanos(1_000 * Millisecond));
        Network = new SimulatedNetwork(Clock, seed);
        PublisherHost = Network.Host("10.0.0.1");
        SubscriberHost = Network.Host("10.0.0.2");
        PublisherDriver = Driver(PublisherHost, seed * 2);
        SubscriberDriver = Driver(SubscriberHost, (seed * 2) + 1);
    }

    public VirtualNanoClock Clock { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedHost PublisherHost { get; }

    public SimulatedHost SubscriberHost { get; }

    public AeronDriver PublisherDriver { get; private set; }

    public AeronDriver SubscriberDriver { get; private set; }

    /// <summary>To the subscriber's machine, with these parameters besides.</summary>
    public static string Channel(string parameters = "") =>
        "aeron:udp?endpoint=10.0.0.2:24331" + (parameters.Length == 0 ? "" : "|" + parameters);

    public AeronDriver Driver(SimulatedHost host, ulong seed) => new(_adjust(new AeronOptions
    {
        Clock = Clock,
        Sockets = host,
        RandomSeed = seed,
        TermLengthBytes = 64 * 1024,
    }));

    public ulong NowNanos => Clock.Now.Value;

    public Subscription Subscribe(string parameters = "") => SubscriberDriver.AddSubscription(Channel(parameters), StreamId);

    public Publication Publish(string parameters = "") => PublisherDriver.AddPublication(Channel(parameters), StreamId);

    public ExclusivePublication PublishExclusively(string parameters = "") =>
        PublisherDriver.AddExclusivePublication(Channel(parameters), StreamId);

    /// <summary>Until the receiver that is written by hand has let it send.</summary>
    public Publication PublishTo(RawReceiver receiver, string parameters)
    {
        var publication = Publish(parameters);
        StepFor(Millisecond);
        Assert.That(receiver.TakeSetups(), Has.Count.EqualTo(1));
        receiver.Status();
        StepFor(Millisecond);
        Assert.That(publication.IsConnected, Is.True);
        return publication;
    }

    /// <summary>One turn of everything.</summary>
    public void Step(ulong nanos = StepNanos)
    {
        PublisherDriver.Invoker.DoWork();
        SubscriberDriver.Invoker.DoWork();
        Clock.Advance(nanos);
    }

    /// <summary>Turns until so much time has passed.</summary>
    public void StepFor(ulong nanos, ulong stepNanos = StepNanos)
    {
        for (var end = NowNanos + nanos; NowNanos < end;)
        {
            Step(stepNanos);
        }
    }

    /// <summary>Turns until it holds.</summary>
    /// <returns>False when it did not within the time.</returns>
    public bool StepUntil(Func<bool> holds, ulong nanosMax = 2_000 * Millisecond, ulong stepNanos = StepNanos)
    {
        for (var end = NowNanos + nanosMax; NowNanos < end;)
        {
            if (holds())
            {
                return true;
            }

            Step(stepNanos);
        }

        return holds();
    }

    /// <summary>Keeps every datagram from now on.</summary>
    public List<SentDatagram> Record()
    {
        List<SentDatagram> sent = [];
        Network.Wish = (in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram) =>
        {
            sent.Add(new SentDatagram(NowNanos, from, to, datagram.ToArray()));
            return DatagramFate.AsConditionsSay;
        };
        return sent;
    }

    /// <summary>The subscriber's process dies without a word and another one takes its place.</summary>
    public void ReplaceSubscriber(ulong seed)
    {
        SubscriberHost.CloseAll();
        SubscriberDriver = Driver(SubscriberHost, seed);
    }

    /// <summary>The publisher's process dies without a word and another one takes its place.</summary>
    public void ReplacePublisher(ulong seed)
    {
        PublisherHost.CloseAll();
        PublisherDriver = Driver(PublisherHost, seed);
    }

    public void Dispose()
    {
        PublisherDriver.Dispose();
        SubscriberDriver.Dispose();
    }
}

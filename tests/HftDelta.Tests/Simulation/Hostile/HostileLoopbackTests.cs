using System.Net;
using System.Net.Sockets;
using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Hostile;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Hostile;

/// <summary>
/// Hostile frames from other sockets of this machine against two drivers on real sockets. What the simulated run judges to the
/// last frame is looked at from outside here: honest streams arrive whole, images stay within their limits, memory does not grow.
/// </summary>
[CancelAfter(300_000)]
internal sealed class HostileLoopbackTests
{
    private const int StreamId = 1_001;
    private const int Strangers = 16;
    private const int FramesPerTurn = 16;
    private const int ImagesMax = 32;
    private const long GrownBytesMax = 4 * 1024 * 1024;
    private const string Dropped = "hftdelta_aeron_dropped_datagrams_total";

    private readonly SystemNanoClock _clock = new();
    private readonly Dictionary<string, Counter> _counters = [];

    [Test]
    public void Hostile_frames_over_loopback_hurt_nobody()
    {
        var volume = LongSuite.Volume(100_000, 2_000_000);
        var seed = LongSuite.Seed(2);
        var random = new SeededRandom(seed);
        var control = FreePort();
        using var publisher = new AeronDriver(Options(counted: false));
        using var reader = new AeronDriver(Options(counted: true));
        var subscription = reader.AddSubscription("aeron:udp?endpoint=127.0.0.1:0", StreamId);
        using var one = new HonestStream(
            publisher.AddExclusivePublication(subscription.ResolvedChannel, StreamId), subscription);
        var many = $"aeron:udp?control=127.0.0.1:{control}|control-mode=dynamic";
        using var other = new HonestStream(
            publisher.AddExclusivePublication(many, StreamId + 1),
            reader.AddSubscription(many + "|endpoint=127.0.0.1:0", StreamId + 1));
        var strangers = Enumerable.Range(0, Strangers).Select(_ => Stranger()).ToArray();
        var pair = new Pair(publisher, reader, one, other);
        try
        {
            pair.TurnUntil(() => one.IsConnected && other.IsConnected);

            // Of the second stream nobody knows the session: its publisher hears everybody, and who knows it speaks for a reader.
            var frames = new HostileFrames(random, Overheard(one.Name, isData: true), Overheard(one.Name, isData: false));
            frames.Know(one.Name);
            IPEndPoint[] targets = [subscription.LocalEndpoint.ToIPEndPoint(), new IPEndPoint(IPAddress.Loopback, control)];
            var throwOne = () => Throw(random, frames, random.Pick<Socket>(strangers), targets);
            pair.Storm(volume / 10, throwOne);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            pair.Storm(volume, throwOne);
            pair.TurnUntil(() => one.IsComplete && other.IsComplete);

            Assert.That(one.ReadCount, Is.GreaterThan(volume / 100), $"seed {seed}");
            Assert.That(other.ReadCount, Is.GreaterThan(volume / 100), $"seed {seed}");
            Assert.That(_counters["hftdelta_aeron_images "].Value, Is.InRange(2, 2 * ImagesMax), $"seed {seed}");
            Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(GrownBytesMax), $"seed {seed}");
            Assert.That(
                _counters.Where(each => each.Key.StartsWith(Dropped, StringComparison.Ordinal)).Sum(each => each.Value.Value),
                Is.GreaterThan(volume / 10), "they really came");
        }
        finally
        {
            Array.ForEach(strangers, static stranger => stranger.Dispose());
        }
    }

    private static void Throw(SeededRandom random, HostileFrames frames, Socket stranger, IPEndPoint[] targets)
    {
        var isData = random.Chance(1, 2);
        var bytes = isData ? frames.NextData() : frames.NextControl();
        stranger.SendTo(bytes, SocketFlags.None, targets[isData ? 0 : 1]);
    }

    private AeronOptions Options(bool counted) => new()
    {
        Clock = _clock,
        TermLengthBytes = 64 * 1024,
        ImagesPerEndpointMax = ImagesMax,
        ImagesPerAddressMax = ImagesMax,
        ImageTermLengthBytesMax = 1 << 20,
        DestinationsMax = 8,
        Counters = counted ? Allocate : null,
    };

    // What anybody near the wire could have seen of the stream.
    private static OverheardFrames Overheard(KnownStream name, bool isData)
    {
        var frames = new OverheardFrames(8);
        var buffer = new byte[OverheardFrames.LengthBytesMax];
        var (session, stream) = name;
        if (isData)
        {
            new DataHeader(96, FrameFlags.DataUnfragmented, FrameType.Data, 64, session, stream, 0).Write(buffer);
            frames.Add(buffer.AsSpan(0, 96));
            frames.Add(buffer.AsSpan(0, new SetupFrame(0, 0, session, stream, 0, 0, 64 * 1024, 1_408).Write(buffer)));
        }
        else
        {
            frames.Add(buffer.AsSpan(0, new StatusMessageFrame(0, session, stream, 0, 64, 32_768, 1).Write(buffer)));
            frames.Add(buffer.AsSpan(0, new NakFrame(session, stream, 0, 64, 96).Write(buffer)));
        }

        return frames;
    }

    private static Socket Stranger()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int FreePort()
    {
        using var socket = Stranger();
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private Counter Allocate(string name, string label, CounterUnit unit)
    {
        var counter = Counter.Detached(name, label, unit);
        _counters.Add($"{name} {label}", counter);
        return counter;
    }

    /// <summary>Both drivers and both streams on one thread.</summary>
    private sealed record Pair(AeronDriver Publisher, AeronDriver Reader, HonestStream One, HonestStream Other)
    {
        public void Storm(int count, Action throwOne)
        {
            for (var thrown = 0; thrown < count; thrown += FramesPerTurn)
            {
                for (var frame = 0; frame < FramesPerTurn; frame++)
                {
                    throwOne();
                }

                One.Offer();
                Other.Offer();
                Turn();
            }
        }

        public void TurnUntil(Func<bool> holds)
        {
            while (!holds())
            {
                TestContext.CurrentContext.CancellationToken.ThrowIfCancellationRequested();
                Turn();
            }
        }

        private void Turn()
        {
            Publisher.Invoker.DoWork();
            Reader.Invoker.DoWork();
            One.Read();
            Other.Read();
        }
    }
}

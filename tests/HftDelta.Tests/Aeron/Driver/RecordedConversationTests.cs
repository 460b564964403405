using System.Text.Json;
using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// Our sender and our receiver take the place of the official ones in recorded conversations: given the same stream and the same
/// offers, the datagrams are the recorded bytes. Heartbeats and repeated SETUPs come by the clock and are compared once each.
/// </summary>
[CancelAfter(30_000)]
internal sealed class RecordedConversationTests
{
    [TestCase("01-unicast-single-message", 0)]
    [TestCase("02-fragmented-message", 0)]
    [TestCase("05a-term-rotation-padding", 61_440)]
    public void The_sender_sends_the_recorded_datagrams(string scenario, int termOffset)
    {
        using var recorded = VectorFiles.Read(scenario);
        using var pair = new AeronPair();
        var sent = pair.Record();
        var channel = AeronPair.PublicationChannel(AeronPair.RecordedStream.Replace(
            "term-offset=0", $"term-offset={termOffset}", StringComparison.Ordinal));
        using var subscription = pair.SubscriberDriver.AddSubscription(AeronPair.SubscriptionChannel(), AeronPair.StreamId);
        using var publication = pair.PublisherDriver.AddPublication(channel, AeronPair.StreamId);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        foreach (var message in RecordedOffers(recorded, scenario))
        {
            // The recorded publisher lets each message leave before it offers the next.
            while (publication.Offer(message) < 0)
            {
                pair.Step();
            }

            pair.StepFor(AeronPair.Millisecond);
        }

        publication.Dispose();
        pair.StepFor(300 * AeronPair.Millisecond);

        Assert.That(
            Once(sent.Where(datagram => datagram.From.HasAddressOf(pair.PublisherHost.Address))
                .Select(datagram => datagram.Bytes)),
            Is.EqualTo(Once(Recorded(recorded, "pub->sub"))));
    }

    [TestCase("01-unicast-single-message")]
    [TestCase("02-fragmented-message")]
    [TestCase("03a-loss-nak-retransmit")]
    [TestCase("03b-tail-loss-heartbeat")]
    [TestCase("05a-term-rotation-padding")]
    [TestCase("05b-term-id-wrap")]
    [TestCase("05c-full-rotation")]
    [TestCase("06-two-sessions")]
    public void The_receiver_hands_on_what_the_recorded_publisher_sent(string scenario)
    {
        using var recorded = VectorFiles.Read(scenario);
        var replay = new ReceiverReplay(recorded);

        var messages = replay.Run(out var control);

        Assert.That(messages, Is.EqualTo(RecordedMessages(recorded)));

        // What our receiver answered is of the kinds and places that the official one answered with.
        Assert.That(Distinct(control), Is.SupersetOf(Distinct(Recorded(recorded, "sub->pub")).Where(IsSettled)));
    }

    private static bool IsSettled(string control) =>

        // When a window's quarter is crossed depends on how the reader polls, so only where streams begin is compared.
        !control.StartsWith("status", StringComparison.Ordinal) || control.EndsWith("window 32768", StringComparison.Ordinal);

    // Kinds and places of control frames without the receiver's id, which is random.
    private static HashSet<string> Distinct(IEnumerable<byte[]> datagrams) =>
        [.. datagrams.Select(Describe).Where(text => text.Length > 0)];

    private static string Describe(byte[] datagram)
    {
        if (NakFrame.TryRead(datagram, out var nak) == FrameFault.None)
        {
            return $"nak {nak.SessionId} {nak.TermId}:{nak.TermOffset} {nak.GapLength}";
        }

        if (StatusMessageFrame.TryRead(datagram, out var status) != FrameFault.None)
        {
            return "";
        }

        return status.IsSetupWanted
            ? $"setup wanted {status.SessionId} {status.StreamId}"
            : $"status {status.SessionId} {status.Flags} {status.ConsumptionTermId} window {status.ReceiverWindow}";
    }

    private static IEnumerable<byte[]> Recorded(JsonDocument recorded, string direction) => VectorFiles.Datagrams(recorded)
        .Where(datagram => datagram.Entry.GetProperty("dir").GetString() == direction)
        .Select(datagram => datagram.Bytes);

    private static List<string> Once(IEnumerable<byte[]> datagrams) =>
        [.. datagrams.Select(Convert.ToHexStringLower).Where(hex => !IsTimed(hex)).Distinct()];

    // Heartbeats without the end: how many there are, and where they fall between data, is a matter of time.
    private static bool IsTimed(string hex) => hex.StartsWith("0000000000c0", StringComparison.Ordinal);

    private static IEnumerable<byte[]> RecordedOffers(JsonDocument recorded, string scenario)
    {
        var index = 0;
        foreach (var entry in recorded.RootElement.GetProperty("timeline").EnumerateArray())
        {
            if (!entry.TryGetProperty("event", out var name) || !name.GetString()!.StartsWith("offer ", StringComparison.Ordinal)
                || name.GetString()!.Contains("-> -", StringComparison.Ordinal))
            {
                continue;
            }

            var length = int.Parse(
                name.GetString()!.Split('=')[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            yield return scenario.StartsWith("01", StringComparison.Ordinal)
                ? "hello aeron"u8.ToArray()
                : TestMessages.Recorded(scenario.StartsWith("02", StringComparison.Ordinal) ? length : index, length);
            index++;
        }
    }

    // "session=101 len=11 position=64 flags=192 crc32=46af291e", in the order of each session.
    private static List<string> RecordedMessages(JsonDocument recorded) =>
    [
        .. recorded.RootElement.GetProperty("timeline").EnumerateArray()
            .Where(entry => entry.TryGetProperty("event", out var name)
                && name.GetString()!.StartsWith("message ", StringComparison.Ordinal))
            .Select(entry => entry.GetProperty("event").GetString()!["message ".Length..])
            .OrderBy(text => text.Split(' ')[0], StringComparer.Ordinal),
    ];

    /// <summary>Plays the recorded publisher's datagrams, those that arrived, to our receiver.</summary>
    private sealed class ReceiverReplay(JsonDocument recorded)
    {
        public List<string> Run(out List<byte[]> control)
        {
            var clock = new VirtualNanoClock();
            var network = new SimulatedNetwork(clock, 1);
            var host = network.Host("10.0.0.2");
            using var driver = new AeronDriver(new AeronOptions { Clock = clock, Sockets = host, RandomSeed = 1 });
            using var subscription = driver.AddSubscription("aeron:udp?endpoint=10.0.0.2:24331", AeronPair.StreamId);
            using var publisher = network.Host("10.0.0.1").Open(
                new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
            var handler = new FragmentAssembler<KeepingHandler>(new KeepingHandler());
            control = [];
            var buffer = new byte[2048];
            foreach (var (bytes, entry) in VectorFiles.Datagrams(recorded))
            {
                if (entry.GetProperty("dir").GetString() != "pub->sub")
                {
                    continue;
                }

                var due = entry.GetProperty("t_us").GetUInt64() * 1_000;
                if (due > clock.Now.Value)
                {
                    clock.Set(new(due));
                }

                if (entry.GetProperty("fate").GetString() == "delivered")
                {
                    publisher.TrySend(bytes, default);
                }

                // Twice with a pause: an image is made between two turns, and a NAK has a delay.
                for (var turn = 0; turn < 3; turn++)
                {
                    driver.Invoker.DoWork();
                    subscription.Poll(ref handler, int.MaxValue);
                    clock.Advance(2_000);
                }

                while (publisher.TryReceive(buffer, out _) is > 0 and var length)
                {
                    control.Add(buffer[..length]);
                }
            }

            return [.. handler.Handler.Messages.Select(Describe).OrderBy(text => text.Split(' ')[0], StringComparer.Ordinal)];
        }

        private static string Describe(KeptMessage message) =>
            $"session={message.SessionId} len={message.Bytes.Length} position={message.Position} flags={message.Flags} "
            + $"crc32={Crc32(message.Bytes):x8}";

        // The common CRC-32, bit by bit.
        private static uint Crc32(byte[] bytes)
        {
            var crc = uint.MaxValue;
            foreach (var value in bytes)
            {
                crc ^= value;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB8_8320u);
                }
            }

            return ~crc;
        }
    }
}

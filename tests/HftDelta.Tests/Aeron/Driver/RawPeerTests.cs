using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// Peers that are written by hand, frame by frame: what a driver answers to those that do not keep to the rules too.
/// </summary>
[CancelAfter(20_000)]
internal sealed class RawPeerTests
{
    private const int SessionId = 101;
    private const int InitialTermId = 7;
    private const int TermLength = 64 * 1024;

    private readonly byte[] _buffer = new byte[2_048];

    [Test]
    public void Data_further_ahead_than_half_a_term_is_dropped_and_data_just_within_is_kept()
    {
        var overRuns = Counter.Detached("none");
        using var pair = new AeronPair(adjust: options => options with
        {
            Counters = (name, label, unit) => label == "reason=over_run" ? overRuns : Counter.Detached(name, label, unit),
        });
        using var subscription = pair.Subscribe();
        using var sender = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        var setup = new SetupFrame(0, 0, SessionId, AeronPair.StreamId, InitialTermId, InitialTermId, TermLength, 1_408);
        sender.TrySend(_buffer.AsSpan(0, setup.Write(_buffer)), default);
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        Drain(sender);

        SendData(sender, termOffset: TermLength / 2);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(overRuns.Value, Is.EqualTo(1));
        Assert.That(Gaps(sender), Is.Empty, "what was dropped raises no mark");

        SendData(sender, termOffset: (TermLength / 2) - 64);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(overRuns.Value, Is.EqualTo(1));
        Assert.That(Gaps(sender).Distinct(), Is.EqualTo([(0, (TermLength / 2) - 64)]), "the gap before it is asked for");
    }

    [Test]
    public void Naks_of_one_gap_within_the_linger_are_answered_once_and_later_again()
    {
        using var pair = new AeronPair();
        using var receiver = pair.SubscriberHost.Open(
            new DatagramSocketOptions { Local = SocketEndpoint.Parse("10.0.0.2:24331") });
        using var publication = pair.Publish(AeronPair.RecordedStream);
        var publisher = Connect(pair, receiver);
        for (var message = 0; message < 3; message++)
        {
            Assert.That(publication.Offer(new byte[96]), Is.Positive);
        }

        pair.StepFor(AeronPair.Millisecond);
        Drain(receiver);

        for (var nak = 0; nak < 5; nak++)
        {
            SendNak(receiver, publisher, termOffset: 128, length: 128);
            pair.StepFor(AeronPair.Millisecond);
        }

        Assert.That(Data(receiver), Is.EqualTo([(128, 128)]));

        SendNak(receiver, publisher, termOffset: 0, length: 384);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(Data(receiver), Is.EqualTo([(0, 384)]), "a gap elsewhere is answered at once");

        pair.StepFor(11 * AeronPair.Millisecond);
        SendNak(receiver, publisher, termOffset: 0, length: 384);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(Data(receiver), Is.EqualTo([(0, 384)]), "the first answer may have been lost");
    }

    [Test]
    public void A_nak_of_what_was_never_sent_or_runs_past_it_gets_what_there_is()
    {
        using var pair = new AeronPair();
        using var receiver = pair.SubscriberHost.Open(
            new DatagramSocketOptions { Local = SocketEndpoint.Parse("10.0.0.2:24331") });
        using var publication = pair.Publish(AeronPair.RecordedStream);
        var publisher = Connect(pair, receiver);
        Assert.That(publication.Offer(new byte[96]), Is.EqualTo(128));
        pair.StepFor(AeronPair.Millisecond);
        Drain(receiver);

        SendNak(receiver, publisher, termOffset: 128, length: 128);
        SendNak(receiver, publisher, termOffset: 0, length: TermLength);
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(Data(receiver), Is.EqualTo([(0, 128)]));
    }

    [Test]
    public void The_log_of_an_image_is_kept_for_the_resource_linger()
    {
        var directory = Directory.CreateTempSubdirectory("hftdelta-aeron-").FullName;
        try
        {
            using var pair = new AeronPair(adjust: options =>
                options with { AeronDirectory = Path.Combine(directory, $"{options.RandomSeed}") });
            var subscription = pair.Subscribe();
            using var publication = pair.Publish();
            Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

            subscription.Dispose();

            // A second of goodbyes, then three of linger.
            pair.StepFor(3_500 * AeronPair.Millisecond, AeronPair.Millisecond);
            Assert.That(ImageLogs(), Has.Length.EqualTo(1));
            pair.StepFor(1_000 * AeronPair.Millisecond, AeronPair.Millisecond);
            Assert.That(ImageLogs(), Is.Empty);

            string[] ImageLogs() => [.. Directory.GetFiles(directory, "*.logbuffer", SearchOption.AllDirectories)
                .Where(path => path.Contains("images", StringComparison.Ordinal))];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private SocketEndpoint Connect(AeronPair pair, DatagramSocket receiver)
    {
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(receiver.TryReceive(_buffer, out var publisher), Is.EqualTo(SetupFrame.LengthBytes));
        var status = new StatusMessageFrame(0, SessionId, AeronPair.StreamId, InitialTermId, 0, TermLength / 2, 42);
        receiver.TrySend(_buffer.AsSpan(0, status.Write(_buffer)), publisher);
        pair.StepFor(AeronPair.Millisecond);
        return publisher;
    }

    private void SendData(DatagramSocket sender, int termOffset)
    {
        var frame = _buffer.AsSpan(0, 64);
        frame.Clear();
        new DataHeader(64, FrameFlags.DataUnfragmented, FrameType.Data, termOffset, SessionId, AeronPair.StreamId, InitialTermId)
            .Write(frame);
        sender.TrySend(frame, default);
    }

    private void SendNak(DatagramSocket receiver, SocketEndpoint publisher, int termOffset, int length)
    {
        var nak = new NakFrame(SessionId, AeronPair.StreamId, InitialTermId, termOffset, length);
        receiver.TrySend(_buffer.AsSpan(0, nak.Write(_buffer)), publisher);
    }

    // Offset and length of every datagram with data that waits.
    private List<(int TermOffset, int Length)> Data(DatagramSocket socket) =>
    [
        .. Waiting(socket).Where(bytes => DataHeader.TryRead(bytes, out _) == FrameFault.None && !DataHeader.IsHeartbeat(bytes))
            .Select(bytes => (DataHeader.Read(bytes).TermOffset, bytes.Length)),
    ];

    private List<(int TermOffset, int Length)> Gaps(DatagramSocket socket) =>
    [
        .. Waiting(socket)
            .Select(bytes => NakFrame.TryRead(bytes, out var nak) == FrameFault.None ? nak : (NakFrame?)null)
            .OfType<NakFrame>()
            .Select(nak => (nak.TermOffset, nak.GapLength)),
    ];

    private void Drain(DatagramSocket socket) => Assert.That(Waiting(socket), Is.Not.Empty);

    private List<byte[]> Waiting(DatagramSocket socket)
    {
        List<byte[]> waiting = [];
        while (socket.TryReceive(_buffer, out _) is > 0 and var length)
        {
            waiting.Add(_buffer[..length]);
        }

        return waiting;
    }
}

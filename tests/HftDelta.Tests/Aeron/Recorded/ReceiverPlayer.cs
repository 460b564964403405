using System.Globalization;
using HftDelta.Aeron;
using HftDelta.Aeron.Frames;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>
/// Our subscriber in the place of the recorded one: the recorded publisher's datagrams come when they came then, as far as the
/// relay let them through, and our application does what the recorded one did. Keeps what it told and what our driver sent.
/// </summary>
internal sealed class ReceiverPlayer : IDisposable
{
    private const ulong BriefNanos = RecordedPeer.BriefNanos;

    // Longer than every timeout of the end of a stream.
    private const ulong EpilogueNanos = 12_000 * RecordedPeer.Millisecond;

    private readonly RecordedScenario _scenario;
    private readonly string? _directory;
    private readonly RecordedPeer _publisher = new();
    private readonly PriorityQueue<byte[], ulong> _underWay = new();
    private readonly List<Image> _known = [];
    private readonly int _fragmentLimit;
    private FragmentAssembler<KeepingHandler> _handler = new(new KeepingHandler());
    private AeronDriver? _driver;
    private Subscription? _subscription;

    /// <param name="scenario">What to play.</param>
    /// <param name="directory">Where our driver shows itself, if anywhere.</param>
    public ReceiverPlayer(RecordedScenario scenario, string? directory = null)
    {
        _directory = directory;
        _scenario = scenario;

        // One reader took fragment by fragment; the others took all that had come, and the padding behind it.
        _fragmentLimit = scenario.Fragments.Count > 0 ? 1 : 10;
        Start();
    }

    /// <summary>Images that came and went, in the words of the recording.</summary>
    public List<string> Told { get; } = [];

    /// <summary>What our driver sent to the publisher.</summary>
    public IReadOnlyList<byte[]> Sent => _publisher.Received;

    public IReadOnlyList<KeptMessage> Messages => _handler.Handler.Messages;

    public void Play()
    {
        foreach (var moment in _scenario.Moments)
        {
            RunUntil(moment.TimeNanos);
            if (moment is { Datagram: { } datagram, IsFromPublisher: true })
            {
                Pass(datagram, moment.Fate);
                PassPadding(datagram);
            }
            else if (moment is { Datagram: null, IsPublisherWord: false })
            {
                Do(moment.Word);
            }

            // Briefly, but often enough: an image is made between two turns, and a NAK has a delay.
            Step(BriefNanos);
            Step(BriefNanos);
            Step(BriefNanos);
        }

        RunUntil(_publisher.NowNanos + EpilogueNanos);
    }

    public void Dispose()
    {
        Stop();
        _publisher.Dispose();
    }

    private void Start()
    {
        _driver = new AeronDriver(new AeronOptions
        {
            Clock = _publisher.Clock,
            Sockets = _publisher.Host,
            RandomSeed = 1,
            AeronDirectory = _directory,
            ImageLivenessTimeoutNanos = 3_000 * (long)RecordedPeer.Millisecond,
            CubicMeasuresRoundTrip = _scenario.SubscriptionChannel.Contains("cc=cubic", StringComparison.Ordinal),
        });
        _subscription = _driver.AddSubscription(_scenario.SubscriptionChannel, RecordedScenario.StreamId);
    }

    private void Stop()
    {
        _driver?.Dispose();
        _driver = null;
        Watch();
    }

    private void Pass(byte[] datagram, string fate)
    {
        if (fate is "delivered" or "duplicated")
        {
            Deliver(datagram);
        }

        if (fate == "duplicated")
        {
            Deliver(datagram);
        }
        else if (fate.StartsWith("delayed_us=", StringComparison.Ordinal))
        {
            var delay = ulong.Parse(fate.Split('=')[1], CultureInfo.InvariantCulture) * 1_000;
            _underWay.Enqueue(datagram, _publisher.NowNanos + delay);
        }
    }

    private void Deliver(byte[] datagram) => _publisher.Send(datagram, _scenario.SubscriberAddress);

    private void Do(string word)
    {
        switch (word)
        {
            case "driver killed":
                Stop();
                break;
            case "new driver, new subscription on the same endpoint":
                Start();
                break;
            default:
                if (word.StartsWith("image.reject", StringComparison.Ordinal))
                {
                    _subscription!.Images[0].Reject(word.Split('"')[1]);
                }
                else if (RecordedScenario.IsMessage(word) || RecordedScenario.IsFragment(word))
                {
                    PollTo(word);
                }

                break;
        }
    }

    // As far as the recorded reader was by then, so that the same places are told.
    private void PollTo(string word)
    {
        var position = RecordedScenario.NumberIn(word, "position");
        for (var turn = 0; turn < 200 && !_known.Exists(HasRead); turn++)
        {
            _subscription!.Poll(ref _handler, _fragmentLimit);
        }

        bool HasRead(Image image) => image.Position >= position
            && (!RecordedScenario.IsMessage(word) || image.SessionId == RecordedScenario.NumberIn(word, "session"));
    }

    // A reader that waits for the next message goes past padding as soon as it is there.
    private void PassPadding(byte[] datagram)
    {
        if (FrameHeader.Classify(datagram, out var type) == FrameFault.None && type == FrameType.Pad)
        {
            Step(BriefNanos);
            _subscription!.Poll(ref _handler, _fragmentLimit);
        }
    }

    private void RunUntil(ulong timeNanos)
    {
        while (_publisher.NowNanos < timeNanos)
        {
            if (_underWay.TryPeek(out var datagram, out var due) && due <= _publisher.NowNanos)
            {
                _underWay.Dequeue();
                Deliver(datagram);
            }

            Step(Math.Min(RecordedPeer.StepNanos, timeNanos - _publisher.NowNanos));
        }
    }

    private void Step(ulong nanos)
    {
        _driver?.Invoker.DoWork();
        Watch();
        _publisher.Step(nanos);
    }

    private void Watch()
    {
        foreach (var image in _subscription!.Images)
        {
            if (!_known.Contains(image))
            {
                _known.Add(image);
                Told.Add($"available image session={image.SessionId} joinPosition={image.JoinPosition} "
                    + $"initialTermId={image.InitialTermId} termLength={image.TermLengthBytes} "
                    + $"mtu={image.Log.Metadata.MtuLengthBytes}");
                Answer(image);
            }
        }

        foreach (var image in _known.Where(image => image.IsClosed).ToList())
        {
            _known.Remove(image);
            Told.Add($"unavailable image session={image.SessionId} endOfStream={Word(image.IsEndOfStream)} "
                + $"eosPosition={image.EndOfStreamPosition} position={image.Position} "
                + $"revoked={Word(image.IsPublicationRevoked)}");
        }
    }

    // The recorded server opened its stream of answers when the request's image came.
    private void Answer(Image image)
    {
        if (_scenario.Parameter("response_pub_channel") is { } channel)
        {
            var ofImage = channel.Replace(
                "response-correlation-id=3", $"response-correlation-id={image.CorrelationId}", StringComparison.Ordinal);
            _driver!.AddPublication(ofImage, RecordedScenario.StreamId);
        }
    }

    private static string Word(bool value) => value ? "true" : "false";
}

using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>
/// Our publisher in the place of the recorded one: the recorded subscriber's control frames come when they came then, and our
/// application offers, closes and revokes when the recorded one did. Keeps what our driver sent.
/// </summary>
internal sealed class SenderPlayer : IDisposable
{
    private const ulong StepNanos = RecordedPeer.StepNanos;
    private const ulong Millisecond = RecordedPeer.Millisecond;
    private const ulong HeartbeatNanos = 120 * Millisecond;
    private const int BurstCount = 3;
    private const int BurstMessages = 16;

    private readonly RecordedScenario _scenario;
    private readonly RecordedPeer _subscriber = new();
    private readonly AeronDriver _driver;
    private readonly RecordedPayloads _payloads;
    private readonly List<Publication> _publications = [];

    public SenderPlayer(RecordedScenario scenario)
    {
        _scenario = scenario;
        _payloads = new RecordedPayloads(scenario);
        _driver = new AeronDriver(new AeronOptions
        {
            Clock = _subscriber.Clock,
            Sockets = _subscriber.Host,
            RandomSeed = 1,
            PublicationLingerNanos = 1_000 * (long)Millisecond,
        });
    }

    /// <summary>What our driver sent to the subscriber.</summary>
    public IReadOnlyList<byte[]> Sent => _subscriber.Received;

    /// <summary>What our publication said that the recorded one had not, or the other way round.</summary>
    public List<string> Differences { get; } = [];

    public void Play()
    {
        var ends = EndsWithoutWord();
        if (!_scenario.Moments.First(moment => moment.Datagram is not null).IsFromPublisher)
        {
            // Subscribers announce themselves to it before it has anybody to speak to.
            Open("pub_channel");
        }

        foreach (var moment in _scenario.Moments)
        {
            foreach (var end in ends.Where(end => end.Value <= moment.TimeNanos).ToList())
            {
                ends.Remove(end.Key);
                RunUntil(end.Value);
                _publications.Find(publication => publication.SessionId == end.Key)!.Dispose();
            }

            RunUntil(moment.TimeNanos);
            if (moment is { Datagram: { } datagram, IsFromPublisher: true })
            {
                Follow(datagram);
            }
            else if (moment is { Datagram: { } control })
            {
                _subscriber.Send(control, _publications[0].LocalEndpoint);
            }
            else if (moment.IsPublisherWord)
            {
                Do(moment.Word);
            }

            Step(RecordedPeer.BriefNanos);
            Step(RecordedPeer.BriefNanos);
        }

        RunUntil(_subscriber.NowNanos + (500 * Millisecond));
    }

    public void Dispose()
    {
        _driver.Dispose();
        _subscriber.Dispose();
    }

    // Recordings that do not say when the publisher closed show it by the first datagram that tells the end: it is a heartbeat,
    // so the publisher closed some time since the one before.
    private Dictionary<int, ulong> EndsWithoutWord() => _scenario.Words(isPublisher: true).Any(word =>
        word.StartsWith("close()", StringComparison.Ordinal) || word == "revoke()")
        ? []
        : _scenario.Moments.Where(moment => moment is { Datagram: not null, IsFromPublisher: true } && IsEnd(moment.Datagram))
            .GroupBy(moment => BitConverter.ToInt32(moment.Datagram!, 12))
            .ToDictionary(ends => ends.Key, ends => ends.First().TimeNanos - (60 * Millisecond));

    private static bool IsEnd(byte[] datagram) =>
        DataHeader.TryRead(datagram, out var header) == FrameFault.None && header.IsEndOfStream;

    // The recorded publisher had a stream from its first SETUP on.
    private void Follow(byte[] datagram)
    {
        var sessionId = BitConverter.ToInt32(datagram, 12);
        if (SetupFrame.TryRead(datagram, out _) == FrameFault.None
            && !_publications.Exists(publication => publication.SessionId == sessionId))
        {
            Open(_publications.Count == 0 ? "pub_channel" : "pub_channel_2");
        }
        else if (IsEnd(datagram))
        {
            WaitForEnd(sessionId);
        }
    }

    // The recorded receiver's farewell is the answer to the end that ours has told by then.
    private void WaitForEnd(int sessionId)
    {
        for (var waited = 0UL; waited < HeartbeatNanos && !Sent.Any(IsItsEnd); waited += StepNanos)
        {
            Step(StepNanos);
        }

        bool IsItsEnd(byte[] bytes) => IsEnd(bytes) && BitConverter.ToInt32(bytes, 12) == sessionId;
    }

    private void Open(string parameter)
    {
        var channel = _scenario.Parameter(parameter)!;
        if (_scenario.Parameter("response_sub_channel") is { } answers)
        {
            var subscription = _driver.AddSubscription(answers, RecordedScenario.StreamId);
            channel = channel.Replace(
                "response-correlation-id=2",
                $"response-correlation-id={subscription.RegistrationId}",
                StringComparison.Ordinal);
        }

        _publications.Add(_driver.AddPublication(channel, RecordedScenario.StreamId));
    }

    private void Do(string word)
    {
        if (word.StartsWith("offer ", StringComparison.Ordinal))
        {
            Offer(word);
        }
        else if (word.StartsWith("offered 3 bursts", StringComparison.Ordinal))
        {
            OfferBursts();
        }
        else if (word.StartsWith("close()", StringComparison.Ordinal))
        {
            _publications[0].Dispose();
        }
        else if (word == "revoke()")
        {
            _publications[0].Revoke();
        }
        else if (word == "isConnected=true")
        {
            Compare(word, $"isConnected={(_publications[0].IsConnected ? "true" : "false")}");
        }
    }

    // "offer len=11 -> position 64", "offer len=1000 -> -3", "offer len=480 -> -2 positionLimit=12288"
    private void Offer(string word)
    {
        var length = (int)RecordedScenario.NumberIn(word, "len");
        var result = word.Split("-> ")[1];
        var isRefusal = result[0] == '-';
        var number = long.Parse(result.Replace("position ", "", StringComparison.Ordinal).Split(' ')[0]);
        var (publication, payload) = _payloads.Next(_publications, length, isRefusal ? null : number);
        var position = publication.Offer(payload);
        if (!isRefusal && position == Publication.AdminAction)
        {
            position = publication.Offer(payload);
        }

        Compare(word, result.Contains("positionLimit", StringComparison.Ordinal)
            ? $"offer len={length} -> {position} positionLimit={publication.PositionLimit}"
            : $"offer len={length} -> {(result.StartsWith("position", StringComparison.Ordinal) ? "position " : "")}{position}");
    }

    private void OfferBursts()
    {
        for (var burst = 0; burst < BurstCount; burst++)
        {
            for (var message = 0; message < BurstMessages; message++)
            {
                var (publication, payload) = _payloads.Next(_publications, 100, null);
                Assert.That(publication.Offer(payload), Is.Positive);
            }

            Step(Millisecond);
        }
    }

    private void Compare(string recorded, string ours)
    {
        if (ours != recorded)
        {
            Differences.Add($"{ours}, recorded {recorded}");
        }
    }

    private void RunUntil(ulong timeNanos)
    {
        while (_subscriber.NowNanos < timeNanos)
        {
            Step(Math.Min(StepNanos, timeNanos - _subscriber.NowNanos));
        }
    }

    private void Step(ulong nanos)
    {
        _driver.Invoker.DoWork();
        _subscriber.Step(nanos);
    }
}

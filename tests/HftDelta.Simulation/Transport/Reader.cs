using HftDelta.Aeron;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// An application that reads, and judges what it reads: of each image every message once, in order, with the right bytes, from
/// where it joined. Owner: the run.
/// </summary>
internal sealed class Reader(SubscriptionPlan plan, Func<AeronDriver> driver, ScenarioStreams streams)
{
    private readonly Dictionary<Image, ReadStream> _images = [];
    private Subscription? _subscription;
    private FragmentAssembler<Judge> _assembler;
    private ulong _pollNanos;

    public SubscriptionPlan Plan => plan;

    public Subscription? Subscription => _subscription;

    public bool IsClosed { get; private set; }

    public bool IsOpen => _subscription is not null && !IsClosed;

    public ulong OpenedNanos { get; private set; }

    /// <summary>Messages of all images.</summary>
    public long Count { get; private set; }

    /// <summary>Every stream that was ever read, in the order in which their images came.</summary>
    public IEnumerable<ReadStream> Streams => _images.Values;

    /// <returns>How many fragments were read.</returns>
    public int Turn(ulong nowNanos, bool isPaused)
    {
        if (IsClosed || nowNanos < plan.OpenNanos)
        {
            return 0;
        }

        if (_subscription is null)
        {
            Open(nowNanos);
        }

        if (plan.CloseNanos != 0 && nowNanos >= plan.CloseNanos)
        {
            Close();
            return 0;
        }

        if (isPaused || nowNanos < _pollNanos)
        {
            return 0;
        }

        _pollNanos = nowNanos + plan.PollGapNanos;
        NoteImages(nowNanos);
        return _subscription!.Poll(ref _assembler, plan.FragmentLimit);
    }

    /// <summary>Reads whatever is there, whatever the plan says.</summary>
    public void ReadAll(ulong nowNanos)
    {
        if (IsOpen)
        {
            NoteImages(nowNanos);
            while (_subscription!.Poll(ref _assembler, int.MaxValue) > 0)
            {
            }
        }
    }

    public void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _subscription?.Dispose();
        }
    }

    /// <summary>The process is gone; the next turn opens again.</summary>
    public void Forget()
    {
        if (!IsClosed)
        {
            _subscription = null;
            _images.Clear();
        }
    }

    public IEnumerable<ReadStream> Of(SentStream sent) => _images.Values.Where(read => ReferenceEquals(read.Sent, sent));

    private void Open(ulong nowNanos)
    {
        _subscription = driver().AddSubscription(streams.SubscriptionChannel(plan), plan.StreamId);
        _assembler = new FragmentAssembler<Judge>(new Judge(this));
        OpenedNanos = nowNanos;
    }

    private void NoteImages(ulong nowNanos)
    {
        foreach (var image in _subscription!.Images)
        {
            if (_images.ContainsKey(image))
            {
                continue;
            }

            var sent = streams.Find(plan.Channel, plan.StreamId, image.SessionId)
                ?? throw new BrokenRuleException("an image is of a stream that was sent", $"session {image.SessionId}");
            _images.Add(image, new ReadStream(sent, image, plan.IsReliable) { BeganNanos = nowNanos });
        }
    }

    private void OnMessage(ReadOnlySpan<byte> message, in FragmentHeader header)
    {
        if (!_images.TryGetValue(header.Image, out var read))
        {
            throw new BrokenRuleException("a fragment is of an image that the subscription tells", $"session {header.SessionId}");
        }

        read.OnMessage(message, header.Position);
        Count++;
    }

    private readonly struct Judge(Reader reader) : IFragmentHandler
    {
        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => reader.OnMessage(payload, header);
    }
}

/// <summary>What a reader has read of one image.</summary>
internal sealed class ReadStream(SentStream sent, Image image, bool isReliable)
{
    private int _next = -1;

    public SentStream Sent => sent;

    public Image Image => image;

    public bool IsReliable => isReliable;

    public ulong BeganNanos { get; init; }

    /// <summary>Everything that was sent so far and is not before its begin has been read.</summary>
    public bool IsComplete => _next < 0 ? sent.FirstFrom(image.JoinPosition) >= sent.Count : _next >= sent.Count;

    public void OnMessage(ReadOnlySpan<byte> message, long position)
    {
        var number = sent.NumberEndingAt(position);
        if (number < 0)
        {
            throw new BrokenRuleException("a message ends where it was sent to", $"{position} in {this}");
        }

        var expected = _next < 0 ? sent.FirstFrom(image.JoinPosition) : _next;
        if (number < expected || (isReliable && number > expected))
        {
            throw new BrokenRuleException(
                number < expected ? "no message comes twice" : "no message is lost",
                $"message {number} instead of {expected} in {this}");
        }

        if (!message.SequenceEqual(sent.Message(number)))
        {
            throw new BrokenRuleException(
                "a message has its bytes", $"message {number}, {message.Length} of {sent.Message(number).Length} in {this}");
        }

        _next = number + 1;
    }

    public override string ToString() =>
        $"channel {sent.Channel} stream {sent.StreamId} session {sent.SessionId}: next {_next} of {sent.Count}, joined at "
        + $"{image.JoinPosition}, read to {image.Position} of {sent.EndPosition}, began at {sent.StartPosition}";
}

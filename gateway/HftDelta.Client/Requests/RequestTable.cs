using HftDelta.Primitives;

namespace HftDelta.Client.Requests;

/// <summary>
/// Every request that has no outcome yet, by its sequence number, with the bytes that were sent: whatever happens to a
/// connection, the same bytes are sent again under the same number until the venue has said how it ended. Owner: the client's
/// thread.
/// <para>
/// Invariants: numbers are given without gaps; all below <see cref="Oldest"/> have their outcome; at most the window lies
/// between it and <see cref="Next"/>, so a slot is never taken twice.
/// </para>
/// </summary>
internal sealed class RequestTable
{
    /// <summary>The longest request that fits: a mass quote with 30 entries has 1,276 bytes.</summary>
    public const int FrameLengthMaxBytes = 1_344;

    private readonly PendingRequest[] _slots;
    private readonly byte[] _frames;
    private readonly ulong _mask;
    private ulong _numberBase;

    public RequestTable(int window)
    {
        _slots = new PendingRequest[window];
        _frames = new byte[window * FrameLengthMaxBytes];
        _mask = (ulong)window - 1;
    }

    /// <summary>The sequence number of the next request.</summary>
    public ulong Next { get; private set; } = 1;

    /// <summary>The lowest sequence number that may be without outcome; <see cref="Next"/> if all have theirs.</summary>
    public ulong Oldest { get; private set; } = 1;

    /// <summary>
    /// The venue said, or showed by a report, that it is past all numbers below: it may name a higher one, never a lower one.
    /// </summary>
    public ulong Confirmed { get; private set; } = 1;

    /// <summary>Requests whose end the venue has not told.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Those among them whose callers were told <see cref="OutcomeKind.Unknown"/> when their time was up.</summary>
    public int GivenUp { get; private set; }

    /// <summary>No request that waits for its outcome has its time up before; a bound, exact after each look.</summary>
    public ulong EarliestAnswerByNanos { get; private set; } = ulong.MaxValue;

    /// <summary>Those among them that the venue does not report when it takes them.</summary>
    public int SilentOutstanding { get; private set; }

    public bool HasRoom => Next - Oldest <= _mask;

    /// <summary>No number was given since the table was made or reset.</summary>
    public bool IsFresh { get; private set; } = true;

    /// <summary>Room for the bytes of the next request; they count when it is added.</summary>
    public Span<byte> NextFrame => FrameSlot(Next);

    public RequestNumber NumberOf(ulong sequence) => new(_numberBase + sequence);

    /// <summary>The request whose bytes lie in <see cref="NextFrame"/> was sent.</summary>
    public RequestNumber Add(in PendingRequest request)
    {
        Check.That(HasRoom);
        ref var slot = ref Slot(Next);
        Check.That(slot.Sequence == 0);
        slot = request;
        slot.Sequence = Next;
        Outstanding++;
        SilentOutstanding += request.IsSilent ? 1 : 0;
        EarliestAnswerByNanos = Math.Min(EarliestAnswerByNanos, request.AnswerByNanos);
        IsFresh = false;
        return NumberOf(Next++);
    }

    public bool IsOutstanding(ulong sequence) => sequence != 0 && Slot(sequence).Sequence == sequence;

    /// <summary>A request without outcome.</summary>
    public ref PendingRequest Find(ulong sequence)
    {
        ref var slot = ref Slot(sequence);
        Check.That(slot.Sequence == sequence);
        return ref slot;
    }

    /// <summary>The bytes of a request without outcome.</summary>
    public Span<byte> FrameOf(ulong sequence) => FrameSlot(sequence)[..Find(sequence).LengthBytes];

    /// <summary>The caller was told that nobody knows; the number and its bytes stay, the venue still gets them.</summary>
    public void GiveUp(ulong sequence)
    {
        ref var slot = ref Find(sequence);
        Check.That(!slot.IsGivenUp);
        slot.IsGivenUp = true;
        GivenUp++;
    }

    /// <summary>The venue expects this number or a later one.</summary>
    public void Confirm(ulong next) => Confirmed = Math.Max(Confirmed, Math.Min(next, Next));

    /// <summary>
    /// Reports are lost, and refusals may be among them: no report shows any more that what was sent until now was taken, so it
    /// is asked about.
    /// </summary>
    public void DistrustSilence()
    {
        for (var sequence = Oldest; sequence < Next && SilentOutstanding > 0; sequence++)
        {
            if (IsOutstanding(sequence) && Slot(sequence).IsSilent)
            {
                Slot(sequence).IsSilent = false;
                SilentOutstanding--;
            }
        }
    }

    /// <summary>Everything whose time was up by now was given up: when to look next.</summary>
    public void SetEarliestAnswerBy(ulong nanos) => EarliestAnswerByNanos = nanos;

    /// <summary>The outcome is known; the slot is free once all before it are.</summary>
    public PendingRequest Remove(ulong sequence)
    {
        ref var slot = ref Slot(sequence);
        Check.That(slot.Sequence == sequence);
        var removed = slot;
        slot.Sequence = 0;
        Outstanding--;
        SilentOutstanding -= removed.IsSilent ? 1 : 0;
        GivenUp -= removed.IsGivenUp ? 1 : 0;
        while (Oldest < Next && !IsOutstanding(Oldest))
        {
            Oldest++;
        }

        return removed;
    }

    /// <summary>A session that this process did not begin goes on where the venue says.</summary>
    public void Adopt(ulong next)
    {
        Check.That(IsFresh);
        Next = next;
        Oldest = next;
        Confirmed = next;
    }

    /// <summary>Another session begins at 1; everything has its outcome.</summary>
    public void Reset()
    {
        Check.That(Outstanding == 0);
        _numberBase += Next - 1;
        Next = 1;
        Oldest = 1;
        Confirmed = 1;
        IsFresh = true;
    }

    private ref PendingRequest Slot(ulong sequence) => ref _slots[sequence & _mask];

    private Span<byte> FrameSlot(ulong sequence) =>
        _frames.AsSpan((int)(sequence & _mask) * FrameLengthMaxBytes, FrameLengthMaxBytes);
}

/// <summary>What is remembered of a request beside its bytes.</summary>
internal struct PendingRequest
{
    /// <summary>0: the slot is free.</summary>
    public ulong Sequence;
    public ulong SentNanos;
    public ulong IntendedNanos;

    /// <summary>When it was last sent, the first time or again.</summary>
    public ulong AskedNanos;

    /// <summary>When its caller is told that nobody knows, unless there is an outcome before.</summary>
    public ulong AnswerByNanos;
    public ulong ClientOrderId;
    public long Tag;
    public uint Instrument;
    public ushort TemplateId;
    public ushort LengthBytes;

    /// <summary>The venue reports only its refusal: that it was taken shows in what follows, unless reports were lost.</summary>
    public bool IsSilent;

    /// <summary>Its caller was told so; what becomes known now is told as resolved late.</summary>
    public bool IsGivenUp;
}

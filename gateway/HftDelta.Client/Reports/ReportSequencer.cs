using HftDelta.Client.Requests;
using HftDelta.Primitives;
using HftDelta.Wire;

namespace HftDelta.Client.Reports;

/// <summary>
/// Makes of the reports that arrive the sequence that the venue wrote: each once, in order. What comes early is held, what is
/// missing is asked for, one range at a time, until it came or the venue says that it no longer has it.
/// Owner: the client's thread.
/// <para>
/// Why early ones are held: while a range is sent again new reports go on; a client that dropped them had to ask for ever.
/// </para>
/// </summary>
internal sealed class ReportSequencer
{
    /// <summary>The venue keeps this many, and refuses to send more at once.</summary>
    private const ulong AskedReportsMax = 256;

    private const int SlotBytes = 832;

    private readonly RequestSender _sender;
    private readonly ReportDispatcher _dispatcher;
    private readonly VenueListener _listener;
    private readonly ulong _askAgainNanos;
    private readonly ulong[] _heldSequences;
    private readonly ushort[] _heldLengths;
    private readonly byte[] _heldFrames;
    private readonly byte[] _question = new byte[RetransmitRequestEncoder.FrameLength];
    private ulong _told = 1;
    private ulong _missingFirst;
    private ulong _missingEnd;
    private ulong _askedEnd;
    private ulong _askedNanos;

    public ReportSequencer(
        VenueClientOptions options, RequestSender sender, ReportDispatcher dispatcher, VenueListener listener)
    {
        _sender = sender;
        _dispatcher = dispatcher;
        _listener = listener;
        _askAgainNanos = options.AskAgainNanos;
        _heldSequences = new ulong[options.HeldReports];
        _heldLengths = new ushort[options.HeldReports];
        _heldFrames = new byte[options.HeldReports * SlotBytes];
    }

    /// <summary>The number of the report that is delivered next.</summary>
    public ulong Next { get; private set; } = 1;

    /// <summary>Reports are missing that the venue has sent.</summary>
    public bool IsMissing => Next < _told;

    /// <summary>Reports that came although they had been delivered or were held.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Ranges that were asked for.</summary>
    public long Questions { get; private set; }

    public void OnReport(ulong sequence, ushort templateId, ReadOnlySpan<byte> frame)
    {
        if (sequence != Next)
        {
            Hold(sequence, frame);
            return;
        }

        Deliver(templateId, frame);
        if (_told < Next)
        {
            _told = Next;
        }
        else
        {
            DeliverHeld();
        }

        TellIfHealed();
    }

    /// <summary>The venue said which report it sends next.</summary>
    public void OnTold(ulong nextReport)
    {
        if (nextReport > _told)
        {
            Miss(nextReport);
            _told = nextReport;
        }
    }

    /// <summary>The venue refused to send reports again.</summary>
    public void OnRefused(SessionRejectCode code, ulong availableFrom, ulong availableTo)
    {
        if (code != SessionRejectCode.RangeNotAvailable || !IsMissing)
        {
            // Busy, or one request at a time: asked again after a while.
            return;
        }

        _askedEnd = 0;
        var resume = availableFrom == 0 || availableTo < availableFrom ? _told : availableFrom;
        if (resume <= Next)
        {
            return;
        }

        var first = new ReportSequence(Next);
        Next = resume;
        _told = _told < Next ? Next : _told;
        _dispatcher.OnReportsLost();
        _listener.OnReportsLost(first, new ReportSequence(resume - 1));
        DeliverHeld();
        TellIfHealed();
    }

    /// <summary>Asks for what is missing, when it was not asked for or the answer is late.</summary>
    public int DoWork(ulong nowNanos)
    {
        if (!IsMissing || !_sender.IsEstablished)
        {
            return 0;
        }

        if (_askedEnd != 0 && nowNanos - _askedNanos < _askAgainNanos)
        {
            return 0;
        }

        var end = Next + 1;
        while (end < _told && !IsHeld(end) && end - Next < AskedReportsMax)
        {
            end++;
        }

        var question = RetransmitRequestEncoder.Wrap(_question);
        question.Header.SetSessionHandle(_sender.Handle.Value).SetSendingTime(nowNanos);
        question.SetFromSequence(Next).SetCount_((uint)(end - Next));
        if (!_sender.TrySendUnnumbered(_question, nowNanos))
        {
            return 0;
        }

        _askedEnd = end;
        _askedNanos = nowNanos;
        Questions++;
        return 1;
    }

    /// <summary>Another connection: what was asked for on the old one does not come.</summary>
    public void OnReconnected() => _askedEnd = 0;

    /// <summary>Another session, or one that this process did not begin: what was before is not known here.</summary>
    public void Reset(ulong next)
    {
        Check.That(next > 0);
        Next = next;
        _told = next;
        _missingFirst = 0;
        _missingEnd = 0;
        _askedEnd = 0;
        Array.Clear(_heldSequences);
    }

    private void Hold(ulong sequence, ReadOnlySpan<byte> frame)
    {
        if (sequence < Next || IsHeld(sequence))
        {
            Duplicates++;
            return;
        }

        if (sequence > _told)
        {
            Miss(sequence);
        }

        _told = sequence < _told ? _told : sequence + 1;
        if (sequence - Next >= (ulong)_heldSequences.Length || frame.Length > SlotBytes)
        {
            // What cannot be held is missing too, and asked for when its turn comes.
            Miss(sequence + 1);
            return;
        }

        var place = PlaceOf(sequence);
        _heldSequences[place] = sequence;
        _heldLengths[place] = (ushort)frame.Length;
        frame.CopyTo(_heldFrames.AsSpan(place * SlotBytes));
    }

    private void DeliverHeld()
    {
        while (IsHeld(Next))
        {
            var place = PlaceOf(Next);
            var frame = _heldFrames.AsSpan(place * SlotBytes, _heldLengths[place]);
            _heldSequences[place] = 0;
            HftDeltaSchema.TryPeekHeader(frame, out var header);
            Deliver((ushort)header.TemplateId, frame);
        }

        if (_askedEnd != 0 && Next >= _askedEnd)
        {
            _askedEnd = 0;
        }
    }

    private void Deliver(ushort templateId, ReadOnlySpan<byte> frame)
    {
        // Counted first: a callback that asks where the session stands must not be told of this report again.
        Next++;
        _dispatcher.Deliver(templateId, frame);
    }

    private void Miss(ulong end)
    {
        if (end <= Next)
        {
            return;
        }

        _missingFirst = _missingFirst == 0 ? Next : _missingFirst;
        _missingEnd = end > _missingEnd ? end : _missingEnd;
    }

    private void TellIfHealed()
    {
        if (_missingFirst == 0 || Next < _missingEnd)
        {
            return;
        }

        var first = new ReportSequence(_missingFirst);
        var last = new ReportSequence(_missingEnd - 1);
        _missingFirst = 0;
        _missingEnd = 0;
        _askedEnd = 0;
        _listener.OnReportsHealed(first, last);
    }

    private bool IsHeld(ulong sequence) => _heldSequences[PlaceOf(sequence)] == sequence;

    private int PlaceOf(ulong sequence) => (int)(sequence & ((ulong)_heldSequences.Length - 1));
}

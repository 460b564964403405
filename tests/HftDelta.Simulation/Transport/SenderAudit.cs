using HftDelta.Aeron.Frames;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// The rules of one sending session: what leaves for the first time follows what left before and stays within what receivers
/// allowed; what leaves again was asked for, is the same, and is not sent twice for one question.
/// </summary>
/// <param name="setup">The first one.</param>
/// <param name="isGroup">It has several receivers and waits for the slowest of them.</param>
/// <param name="isUnbroken">Every datagram leaves: none is refused because its receiver is gone.</param>
internal sealed class SenderAudit(SetupFrame setup, bool isGroup, bool isUnbroken)
{
    private const ulong Millisecond = 1_000_000;
    private const ulong IntervalNanos = 100 * Millisecond;
    private const ulong RetransmitLingerNanos = 10 * Millisecond;
    private const ulong ReceiverTimeoutNanos = 5_000 * Millisecond;
    private const int RetransmitWindows = 16;
    private const int AnswersAtOnce = 16;
    private const int ReceiverWindowBytes = 128 * 1024;

    // Turns while nothing happens are up to two milliseconds long, and agents that step apart sit some out.
    private const ulong LatenessNanos = 30 * Millisecond;

    private readonly int _shift = TermArithmetic.PositionBitsToShift(setup.TermLength);
    private readonly long _begin = TermArithmetic.Position(
        setup.ActiveTermId, setup.TermOffset, TermArithmetic.PositionBitsToShift(setup.TermLength), setup.InitialTermId);

    private readonly Dictionary<long, (long Limit, ulong ToldNanos)> _receivers = [];
    private readonly List<Answer> _answers = [];
    private byte[] _sent = new byte[64 * 1024];
    private long _position = TermArithmetic.Position(
        setup.ActiveTermId, setup.TermOffset, TermArithmetic.PositionBitsToShift(setup.TermLength), setup.InitialTermId);

    private long _limit = long.MinValue;
    private ulong _lastSetupNanos;
    private ulong _lastActivityNanos;
    private bool _isEnded;

    public void OnSetup(in SetupFrame again, ulong nowNanos)
    {
        Require(
            again.InitialTermId == setup.InitialTermId && again.TermLength == setup.TermLength
            && again.MtuLength == setup.MtuLength, "a SETUP repeats itself", again.ToString);
        var position = TermArithmetic.Position(again.ActiveTermId, again.TermOffset, _shift, setup.InitialTermId);
        Require(position == _position, "a SETUP tells where the sender is", again.ToString);
        if (_lastSetupNanos != 0)
        {
            Require(nowNanos - _lastSetupNanos > IntervalNanos, "SETUPs are a tenth of a second apart", again.ToString);
        }

        _lastSetupNanos = nowNanos;
    }

    public void OnStatus(in StatusMessageFrame status, ulong nowNanos)
    {
        var position = TermArithmetic.Position(
            status.ConsumptionTermId, status.ConsumptionTermOffset, _shift, setup.InitialTermId);
        var limit = position + status.ReceiverWindow;
        if (!isGroup)
        {
            _limit = Math.Max(_limit, limit);
            return;
        }

        if (_receivers.TryGetValue(status.ReceiverId, out var before))
        {
            limit = Math.Max(limit, before.Limit);
        }

        _receivers[status.ReceiverId] = (limit, nowNanos);
        RaiseGroupLimit(nowNanos);
        if (status.IsEndOfStream)
        {
            _receivers.Remove(status.ReceiverId);
            RaiseGroupLimit(nowNanos);
        }
    }

    public void OnNak(in NakFrame nak, ulong nowNanos)
    {
        foreach (var answer in _answers)
        {
            if (nowNanos - answer.LastNanos <= RetransmitLingerNanos && answer.Covers(nak))
            {
                return;
            }
        }

        var position = TermArithmetic.Position(nak.TermId, nak.TermOffset, _shift, setup.InitialTermId);
        if (position >= _position || position < _position - setup.TermLength)
        {
            // Never sent, or so long ago that it may be blanked.
            return;
        }

        // Several receivers may miss several things at once; one receiver asks for one after the other.
        if (_answers.Count >= (isGroup ? AnswersAtOnce : 1))
        {
            _answers.RemoveAt(0);
        }

        var most = Math.Min(
            RetransmitWindows * Math.Min(ReceiverWindowBytes, setup.TermLength / 2), setup.TermLength - nak.TermOffset);
        var length = Math.Min(nak.GapLength, most);
        _answers.Add(new Answer(nak.TermId, nak.TermOffset, length, nowNanos) { Cursor = position, End = position + length });
    }

    public void OnData(ReadOnlySpan<byte> datagram, ulong nowNanos, ulong excusedNanos)
    {
        var fault = DataDatagram.TryRead(datagram, setup.TermLength, out var read);
        Require(fault == FrameFault.None, "a datagram is whole frames of one term", () => $"{fault}: {read}");
        Require(datagram.Length <= setup.MtuLength, "no datagram is longer than the MTU", read.ToString);
        var position = TermArithmetic.Position(read.First.TermId, read.First.TermOffset, _shift, setup.InitialTermId);
        if (read.IsHeartbeat)
        {
            OnHeartbeat(position, read, nowNanos, excusedNanos);
        }
        else if (position < _position)
        {
            OnAgain(datagram, position, read, nowNanos);
        }
        else
        {
            if (isGroup)
            {
                RaiseGroupLimit(nowNanos);
            }

            OnNew(datagram, position, read);
            _lastActivityNanos = nowNanos;
        }
    }

    // As far as the slowest allows that may still count as one; what was allowed once is not taken back.
    private void RaiseGroupLimit(ulong nowNanos)
    {
        var least = long.MaxValue;
        foreach (var (limit, toldNanos) in _receivers.Values)
        {
            if (nowNanos - toldNanos < ReceiverTimeoutNanos - LatenessNanos)
            {
                least = Math.Min(least, limit);
            }
        }

        if (least != long.MaxValue)
        {
            _limit = Math.Max(_limit, least);
        }
    }

    private void OnHeartbeat(long position, DataDatagram read, ulong nowNanos, ulong excusedNanos)
    {
        Require(position == _position, "a heartbeat tells where the sender is", read.ToString);
        Require(_limit != long.MinValue, "no heartbeat before the first SM", read.ToString);
        if (_lastActivityNanos > excusedNanos && !read.First.IsEndOfStream)
        {
            var silent = nowNanos - _lastActivityNanos;
            Require(silent > IntervalNanos, "no heartbeat while data flows", () => $"after {silent} ns: {read}");
            Require(
                !isUnbroken || silent <= IntervalNanos + LatenessNanos, "a silent sender's heart beats",
                () => $"after {silent} ns: {read}");
        }

        _lastActivityNanos = nowNanos;
        _isEnded |= read.First.IsEndOfStream;
    }

    private void OnNew(ReadOnlySpan<byte> datagram, long position, DataDatagram read)
    {
        Require(position == _position, "new data follows what was sent", () => $"{position} after {_position}");
        Require(!_isEnded, "nothing follows the end of a stream", read.ToString);
        Require(_limit != long.MinValue, "no DATA before the first SM", read.ToString);
        var length = datagram.Length;
        Require(
            position + length <= _limit, "a sender stays within the window", () => $"{position} + {length} beyond {_limit}");
        var place = (int)(position - _begin);
        if (place + datagram.Length > _sent.Length)
        {
            Array.Resize(ref _sent, Math.Max(_sent.Length * 2, place + datagram.Length));
        }

        datagram.CopyTo(_sent.AsSpan(place));
        _position = position + read.ExtentBytes;
    }

    private void OnAgain(ReadOnlySpan<byte> datagram, long position, DataDatagram read, ulong nowNanos)
    {
        Require(position >= _begin && position + read.ExtentBytes <= _position, "what is sent again was sent", read.ToString);
        Require(
            datagram.SequenceEqual(_sent.AsSpan((int)(position - _begin), datagram.Length)), "what is sent again is the same",
            read.ToString);
        var length = datagram.Length;

        // To several destinations what leaves again in the turn in which it left first is not told from that.
        var asked = _answers.Find(answer => position + length <= answer.End
            && (position == answer.Cursor || (isGroup && position > answer.Cursor)));
        Require(
            asked is not null, "what is sent again was asked for, once",
            () => $"{position} where {string.Join(", ", _answers.Select(answer => answer.Cursor))} is asked for");
        asked!.Cursor = position + read.ExtentBytes;
        asked.LastNanos = nowNanos;
    }

    private static void Require(bool holds, string rule, Func<string?> details)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule, details() ?? "");
        }
    }

    private sealed class Answer(int termId, int termOffset, int lengthBytes, ulong atNanos)
    {
        /// <summary>When it was asked for, or the last of it left: a long one takes a while.</summary>
        public ulong LastNanos { get; set; } = atNanos;

        /// <summary>Where it goes on.</summary>
        public long Cursor { get; set; }

        public long End { get; init; }

        public bool Covers(in NakFrame nak) =>
            nak.TermId == termId && nak.TermOffset >= termOffset && nak.TermOffset < termOffset + lengthBytes;
    }
}

using HftDelta.Aeron.Frames;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// The rules of one received session at one socket: what a receiver acknowledges it has got, and what it asks for it has not.
/// It is followed from its first status message on; what came before may have found no image. Where a session comes back to a
/// socket it
/// is followed anew.
/// </summary>
/// <param name="isReliable">It asks for what is missing; otherwise it skips that.</param>
/// <param name="isGroup">There are others, before whom it waits with its questions.</param>
/// <param name="isUnbroken">No image ends before its stream does.</param>
internal sealed class ReceiverAudit(bool isReliable, bool isGroup, bool isUnbroken)
{
    private const ulong Millisecond = 1_000_000;
    private const ulong StatusIntervalNanos = 200 * Millisecond;
    private const ulong NakIntervalNanos = 100_000;
    private const ulong LatenessNanos = 30 * Millisecond;
    private const int Unit = TermArithmetic.FrameAlignmentBytes;

    // What came since it is followed, and what came at all: one bit for each frame that may begin somewhere.
    private readonly List<ulong> _got = [];
    private readonly List<ulong> _may = [];
    private SetupFrame _setup;
    private bool _isKnown;
    private bool _isFollowed;
    private bool _isEnding;
    private bool _hasHeard;
    private long _base;
    private long _contiguous;
    private long _highest;
    private long _statusPosition;
    private long _receiverId;
    private ulong _lastStatusNanos;
    private NakFrame _lastNak;
    private ulong _lastNakNanos;

    public void OnSetup(in SetupFrame setup)
    {
        if (!_isKnown || setup.InitialTermId != _setup.InitialTermId)
        {
            _setup = setup;
            _isKnown = true;
            _isFollowed = false;
            _base = PositionOf(setup.ActiveTermId, setup.TermOffset);
            _got.Clear();
            _may.Clear();
        }
    }

    public void OnData(ReadOnlySpan<byte> datagram)
    {
        if (!_isKnown || DataDatagram.TryRead(datagram, _setup.TermLength, out var read) != FrameFault.None)
        {
            return;
        }

        _hasHeard = true;
        var position = PositionOf(read.First.TermId, read.First.TermOffset);
        _highest = Math.Max(_highest, position + read.ExtentBytes);

        // A datagram counts as a duplicate by its first frame, whatever follows that.
        var isDuplicate = Has(_got, position);
        for (var at = Math.Max(position, _base); at < position + read.ExtentBytes; at += Unit)
        {
            Mark(_may, at);
            if (!isDuplicate)
            {
                Mark(_got, at);
            }
        }
    }

    public void OnStatus(StatusMessageFrame status, ulong nowNanos, ulong excusedNanos)
    {
        Require(_isKnown, "no SM before a SETUP", status.ToString);
        Require(status.CheckStream(_setup.TermLength) == FrameFault.None, "an SM fits its stream", status.ToString);
        Require(status.ReceiverWindow > 0, "an SM has a window", status.ToString);
        var position = PositionOf(status.ConsumptionTermId, status.ConsumptionTermOffset);
        var silent = nowNanos - _lastStatusNanos;
        var isLate = silent > StatusIntervalNanos + LatenessNanos;
        if (!_isFollowed || status.ReceiverId != _receiverId || (_isEnding && !status.IsEndOfStream) || (isLate && !isUnbroken))
        {
            Follow(position, status.ReceiverId);
        }
        else
        {
            Require(
                !isLate || nowNanos - excusedNanos <= StatusIntervalNanos + LatenessNanos, "a receiver says how far it is",
                () => $"after {silent} ns: {status}");
        }

        Require(position >= _statusPosition, "an SM never goes back", status.ToString);
        while (Has(_may, _contiguous))
        {
            _contiguous += Unit;
        }

        var contiguous = _contiguous;
        Require(!isReliable || position <= contiguous, "only what came is acknowledged", () => $"{position} beyond {contiguous}");
        _statusPosition = position;
        _lastStatusNanos = nowNanos;
        _isEnding = status.IsEndOfStream;
    }

    public void OnNak(NakFrame nak, ulong nowNanos)
    {
        Require(isReliable, "an unreliable stream asks for nothing", nak.ToString);
        Require(_isKnown && nak.CheckStream(_setup.TermLength) == FrameFault.None, "a NAK fits its stream", nak.ToString);
        Require(
            TermArithmetic.IsAligned(nak.GapLength) && nak.GapLength > 0 && nak.TermOffset + nak.GapLength <= _setup.TermLength,
            "a NAK asks for whole frames of one term",
            nak.ToString);
        if (_isFollowed && isUnbroken)
        {
            var position = PositionOf(nak.TermId, nak.TermOffset);
            Require(position + nak.GapLength <= _highest, "a NAK asks for what was sent", nak.ToString);
            for (var at = position; at < position + nak.GapLength; at += Unit)
            {
                Require(!Has(_got, at), "a NAK asks for what is missing", nak.ToString);
            }
        }

        Require(
            nak != _lastNak || _hasHeard || isGroup || nowNanos - _lastNakNanos >= NakIntervalNanos,
            "a question is not repeated at once", nak.ToString);
        _hasHeard = false;
        _lastNak = nak;
        _lastNakNanos = nowNanos;
    }

    private static void Require(bool holds, string rule, Func<string?> details)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule, details() ?? "");
        }
    }

    private void Follow(long position, long receiverId)
    {
        _isFollowed = true;
        _receiverId = receiverId;
        _contiguous = position;
        _highest = Math.Max(_highest, position);
        _statusPosition = position;
        _got.Clear();
    }

    private long PositionOf(int termId, int termOffset) => TermArithmetic.Position(
        termId, termOffset, TermArithmetic.PositionBitsToShift(_setup.TermLength), _setup.InitialTermId);

    private void Mark(List<ulong> bits, long position)
    {
        var unit = (position - _base) / Unit;
        var word = (int)(unit / 64);
        while (word >= bits.Count)
        {
            bits.Add(0);
        }

        bits[word] |= 1UL << (int)(unit % 64);
    }

    private bool Has(List<ulong> bits, long position)
    {
        var unit = (position - _base) / Unit;
        var word = (int)(unit / 64);
        return position >= _base && word < bits.Count && (bits[word] & (1UL << (int)(unit % 64))) != 0;
    }
}

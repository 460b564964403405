using HftDelta.Aeron.Driver;
using HftDelta.Aeron.FlowControl;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Loss;

namespace HftDelta.Aeron.Publications;

/// <summary>
/// Sends again what receivers miss, from the log. A NAK costs little whatever it asks for: a cycle sends so many datagrams
/// again at most, and the rest in the cycles after it, beside new data. Owner: the sender.
/// </summary>
internal sealed unsafe class PublicationRepair
{
    // A NAK may ask for 2 MiB: one cycle sends a bounded part of it.
    private const int DatagramsPerCycleMax = 32;

    private readonly LogBuffer _log;
    private readonly PublicationOutlet _outlet;
    private readonly SenderFlowControl _flowControl;
    private readonly SenderCounters _counters;
    private readonly RetransmitSlots _slots;
    private readonly PositionWord _senderPosition;
    private readonly int _mtuLengthBytes;
    private int _budget = DatagramsPerCycleMax;

    public PublicationRepair(
        NetworkPublication publication,
        PublicationOutlet outlet,
        SenderFlowControl flowControl,
        AeronOptions options,
        SenderCounters counters)
    {
        _log = publication.Log;
        _outlet = outlet;
        _flowControl = flowControl;
        _counters = counters;
        _senderPosition = publication.SenderPosition;
        _mtuLengthBytes = _log.Metadata.MtuLengthBytes;
        var parameters = publication.Parameters;
        var slots = parameters.HasGroupSemantics ? parameters.MaxResend : 1;
        _slots = new RetransmitSlots(slots, parameters.HasGroupSemantics, options.RetransmitLingerNanos);
    }

    public FrameFault OnNak(in NakFrame nak, long nowNanos)
    {
        var fault = nak.CheckStream(_log.TermLengthBytes);
        if (fault != FrameFault.None || nak.GapLength == 0)
        {
            return fault == FrameFault.None ? FrameFault.WrongLength : fault;
        }

        var position = TermArithmetic.Position(nak.TermId, nak.TermOffset, _log.PositionBitsToShift, _log.InitialTermId);
        var senderPosition = _senderPosition.Plain;
        if (position < Bottom(senderPosition) || position >= senderPosition)
        {
            _counters.NaksOutside.Increment();
            return FrameFault.None;
        }

        var length = _flowControl.RetransmitLength(nak.GapLength, nak.TermOffset, _log.TermLengthBytes);
        switch (_slots.OnNak(position, (int)Math.Min(length, senderPosition - position), nowNanos))
        {
            case RetransmitVerdict.Send:
                _counters.Retransmits.Increment();
                Pump(nowNanos);
                break;
            case RetransmitVerdict.Overflow:
                _counters.RetransmitOverflows.Increment();
                break;
            default:
                _counters.NaksCovered.Increment();
                break;
        }

        return FrameFault.None;
    }

    /// <summary>A new cycle: what was left over goes on.</summary>
    public void OnCycle(long nowNanos)
    {
        _budget = DatagramsPerCycleMax;
        if (_slots.HasPending)
        {
            Pump(nowNanos);
        }
    }

    // The log is blanked a term length behind the sender; what lies ahead was never sent. A receiver may be behind by its window
    // and by padding, which is as long as the longest message with all its headers: with short datagrams far more than its bytes.
    private long Bottom(long senderPosition) => Math.Max(0, senderPosition - _log.TermLengthBytes);

    private void Pump(long nowNanos)
    {
        while (_budget > 0 && _slots.TryNext(out var slot, out var position, out var lengthBytes))
        {
            var sent = position < Bottom(_senderPosition.Plain) ? 0 : Resend(position, lengthBytes);
            _budget--;
            if (sent > 0)
            {
                _slots.OnSent(slot, Math.Min(sent, lengthBytes), nowNanos);
            }
            else
            {
                _slots.GiveUp(slot, nowNanos);
            }
        }
    }

    /// <summary>One datagram.</summary>
    /// <returns>How far the range was covered; 0 when nothing could be sent.</returns>
    private int Resend(long position, int lengthBytes)
    {
        var offset = TermArithmetic.TermOffset(position, _log.TermLengthBytes);
        var begin = _log.At(position);
        var range = TermScanner.Scan(begin - offset, offset, Math.Min(_mtuLengthBytes, lengthBytes), _log.TermLengthBytes);
        if (range.SendBytes <= 0 || _outlet.TrySendData(begin, range.SendBytes) != range.SendBytes)
        {
            return 0;
        }

        _counters.RetransmittedBytes.Add(range.SendBytes);
        return range.SendBytes + range.SkipBytes;
    }
}

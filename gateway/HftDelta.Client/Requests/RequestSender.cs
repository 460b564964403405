using System.Buffers.Binary;
using HftDelta.Aeron;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Requests;

/// <summary>
/// Puts requests on the wire, in the order of their numbers and never with a gap: after a reconnection, or when the venue
/// says that something never arrived, what it lacks is sent again before anything new. Owner: the client's thread.
/// </summary>
internal sealed class RequestSender(RequestTable table, ulong askAgainNanos)
{
    private const int OfferAttempts = 3;
    private const int FlagsOffset = HftDeltaSchema.HeaderLength + RequestHeaderDecoder.FlagsOffset;
    private const int AskedPerCycleMax = 32;

    private ExclusivePublication? _publication;
    private ulong _resendFrom = 1;

    public SessionHandle Handle { get; private set; }

    public bool IsEstablished => _publication is not null;

    /// <summary>When anything was last sent.</summary>
    public ulong LastSentNanos { get; private set; }

    /// <summary>The sequence number that goes on the wire next.</summary>
    public ulong NextOnWire => _resendFrom;

    /// <summary>Messages that the transport took.</summary>
    public long Offered { get; private set; }

    /// <summary>Requests that were sent again.</summary>
    public long Resent { get; private set; }

    /// <summary>
    /// The session is open: everything from the venue's next number on is sent again, then new requests are taken.
    /// </summary>
    public void Begin(ExclusivePublication publication, SessionHandle handle, ulong venueNext, ulong nowNanos)
    {
        Check.That(venueNext >= table.Oldest);
        Check.That(venueNext <= table.Next);
        Check.That(venueNext >= table.Confirmed);
        table.Confirm(venueNext);
        _publication = publication;
        Handle = handle;
        _resendFrom = venueNext;
        LastSentNanos = nowNanos;
        for (var sequence = table.Oldest; sequence < venueNext; sequence++)
        {
            if (table.IsOutstanding(sequence))
            {
                // Applied, and its report is missing: asked for once all reports that can be had are there.
                table.Find(sequence).AskedNanos = 0;
            }
        }
    }

    public void End() => _publication = null;

    /// <summary>Whether a new request may be encoded into the table's next frame.</summary>
    public SubmitCode Admit()
    {
        if (_publication is null)
        {
            return SubmitCode.NotEstablished;
        }

        if (_resendFrom != table.Next)
        {
            return SubmitCode.BackPressured;
        }

        return table.HasRoom ? SubmitCode.Sent : SubmitCode.WindowFull;
    }

    /// <summary>Sends what was encoded into the table's next frame, and remembers it if it was taken.</summary>
    public SubmitCode TrySend(in PendingRequest request, out RequestNumber number)
    {
        number = default;
        var code = Offer(table.NextFrame[..request.LengthBytes], request.SentNanos);
        if (code == SubmitCode.Sent)
        {
            number = table.Add(in request);
            _resendFrom = table.Next;
        }

        return code;
    }

    /// <summary>Sends something that has no number: a keep-alive, a question for reports.</summary>
    public bool TrySendUnnumbered(ReadOnlySpan<byte> frame, ulong nowNanos) => Offer(frame, nowNanos) == SubmitCode.Sent;

    /// <summary>
    /// The venue expects this number: what was sent from there on never arrived. What it said before it had the number
    /// after all is old news and changes nothing.
    /// </summary>
    public void SendAgainFrom(ulong sequence)
    {
        if (sequence >= table.Oldest && sequence < _resendFrom)
        {
            _resendFrom = sequence;
        }
    }

    /// <param name="nowNanos">The time.</param>
    /// <param name="mayAsk">No report is missing, so a request without outcome is worth a question.</param>
    public int DoWork(ulong nowNanos, bool mayAsk)
    {
        if (_publication is null)
        {
            return 0;
        }

        var work = 0;
        while (_resendFrom < table.Next)
        {
            if (table.IsOutstanding(_resendFrom) && !TrySendAgain(_resendFrom, nowNanos))
            {
                return work;
            }

            _resendFrom++;
            work++;
        }

        return mayAsk && table.Outstanding > 0 ? work + Ask(nowNanos) : work;
    }

    private int Ask(ulong nowNanos)
    {
        var work = 0;
        for (var sequence = table.Oldest; sequence < table.Next && work < AskedPerCycleMax; sequence++)
        {
            if (!table.IsOutstanding(sequence) || nowNanos - table.Find(sequence).AskedNanos < askAgainNanos)
            {
                continue;
            }

            if (!TrySendAgain(sequence, nowNanos))
            {
                break;
            }

            work++;
        }

        return work;
    }

    private bool TrySendAgain(ulong sequence, ulong nowNanos)
    {
        var frame = table.FrameOf(sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[FlagsOffset..], (uint)RequestFlags.PossibleResend);
        if (Offer(frame, nowNanos) != SubmitCode.Sent)
        {
            return false;
        }

        table.Find(sequence).AskedNanos = nowNanos;
        Resent++;
        return true;
    }

    private SubmitCode Offer(ReadOnlySpan<byte> frame, ulong nowNanos)
    {
        if (_publication is not { } publication)
        {
            return SubmitCode.NotEstablished;
        }

        for (var attempt = 0; attempt < OfferAttempts; attempt++)
        {
            var position = publication.Offer(frame);
            if (position >= 0)
            {
                LastSentNanos = nowNanos;
                Offered++;
                return SubmitCode.Sent;
            }

            // The term was exchanged: the next attempt finds the new one.
            if (position != Publication.AdminAction)
            {
                return position == Publication.BackPressured ? SubmitCode.BackPressured : SubmitCode.NotEstablished;
            }
        }

        return SubmitCode.BackPressured;
    }
}

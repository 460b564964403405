using HftDelta.Aeron;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Connections;

/// <summary>
/// What the venue sends to this session: proved by the validator, then handed to whoever it concerns. What is no message, or
/// not for this session, is counted and has no effect. Owner: the client's thread.
/// </summary>
internal sealed class VenueReader(VenueConnection connection, SessionParts parts)
{
    /// <summary>Bytes that are no message of the schema.</summary>
    public long Malformed { get; private set; }

    /// <summary>Messages for another session, or at a time when none is open.</summary>
    public long Misdirected { get; private set; }

    // size: dispatch table
    public void OnFrame(ReadOnlySpan<byte> frame, TimeNanos now)
    {
        if (HftDeltaSchema.Validate(frame, out var templateId) != ValidationCode.Valid)
        {
            Malformed++;
            return;
        }

        connection.OnReceived(now);
        switch (templateId)
        {
            case ChallengeDecoder.TemplateId:
                connection.OnChallenge(ChallengeDecoder.Trusted(frame));
                break;
            case NegotiationAcceptedDecoder.TemplateId:
                connection.OnNegotiationAccepted(NegotiationAcceptedDecoder.Trusted(frame));
                break;
            case NegotiationRejectedDecoder.TemplateId:
                connection.OnNegotiationRejected(NegotiationRejectedDecoder.Trusted(frame));
                break;
            case EstablishmentAcceptedDecoder.TemplateId:
                connection.OnEstablished(EstablishmentAcceptedDecoder.Trusted(frame), now);
                break;
            case EstablishmentRejectedDecoder.TemplateId:
                connection.OnEstablishmentRejected(EstablishmentRejectedDecoder.Trusted(frame), now);
                break;
            case TerminateDecoder.TemplateId:
                connection.OnTerminate(TerminateDecoder.Trusted(frame));
                break;
            case SequenceNoticeDecoder.TemplateId:
                var notice = SequenceNoticeDecoder.Trusted(frame);
                if (IsMine(notice.SessionHandle))
                {
                    parts.Reports.OnTold(notice.NextSequence);
                }

                break;
            default:
                OnSessionFrame(templateId, frame);
                break;
        }
    }

    /// <summary>Everything that begins with a report header.</summary>
    private void OnSessionFrame(ushort templateId, ReadOnlySpan<byte> frame)
    {
        if (!IsReport(templateId))
        {
            Malformed++;
            return;
        }

        var header = ReportHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        if (!IsMine(header.SessionHandle))
        {
            return;
        }

        if (header.Sequence != 0)
        {
            parts.Reports.OnReport(header.Sequence, templateId, frame);
            return;
        }

        switch (templateId)
        {
            case NotAppliedDecoder.TemplateId:
                parts.Sender.SendAgainFrom(NotAppliedDecoder.Trusted(frame).FromSequence);
                break;
            case RequestOutcomeDecoder.TemplateId:
                if (!parts.Reports.IsMissing)
                {
                    // Otherwise it would overtake reports that are on their way; it is asked for again after them.
                    var answer = RequestOutcomeDecoder.Trusted(frame);
                    parts.Dispatcher.Answer(in answer);
                }

                break;
            case RetransmitRejectedDecoder.TemplateId:
                var refused = RetransmitRejectedDecoder.Trusted(frame);
                parts.Reports.OnRefused(refused.Code, refused.AvailableFrom, refused.AvailableTo);
                break;
            default:
                // Retransmission announces reports that carry their own numbers: nothing is to be done.
                break;
        }
    }

    private bool IsMine(uint handle)
    {
        if (connection.IsEstablishedAs(handle))
        {
            return true;
        }

        Misdirected++;
        return false;
    }

    /// <summary>Templates that the venue sends to a session with a report header; everything else is not for a client.</summary>
    private static bool IsReport(ushort templateId) => templateId is
        NotAppliedDecoder.TemplateId or
        RetransmissionDecoder.TemplateId or
        RetransmitRejectedDecoder.TemplateId or
        RequestOutcomeDecoder.TemplateId or
        (>= 300 and < 400 and not FundingSettlementDecoder.TemplateId) or
        OracleReportRefusedDecoder.TemplateId;
}

/// <summary>Hands fragments of the report stream on.</summary>
internal readonly struct ReportFragments(VenueReader reader, TimeNanos now) : IFragmentHandler
{
    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => reader.OnFrame(payload, now);
}

/// <summary>Hands fragments of the public stream on.</summary>
internal readonly struct MarketDataFragments(MarketData.MarketDataReader reader) : IFragmentHandler
{
    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => reader.OnFrame(payload);
}

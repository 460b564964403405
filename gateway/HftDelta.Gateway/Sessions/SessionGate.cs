using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Oracles;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// Decides on one frame of a connection that has begun to negotiate: what each message does where the connection stands is
/// the table of docs/sessions.md. Owner: the ingress agent.
/// Whoever calls has proved room in both rings of answers, so only a full inbound ring leaves a frame where it is.
/// </summary>
internal sealed class SessionGate
{
    private readonly SessionMirror _sessions;
    private readonly RequestSequencer _requests;
    private readonly Handshake _handshake;
    private readonly SessionLife _life;
    private readonly AnswerRing _safeAnswers;
    private readonly IngressCounters _counters;
    private readonly ReportDetour? _detour;

    public SessionGate(
        SessionMirror sessions,
        RequestSequencer requests,
        Handshake handshake,
        SessionLife life,
        AnswerRing safeAnswers,
        IngressCounters counters,
        ReportDetour? detour)
    {
        _detour = detour;
        _sessions = sessions;
        _requests = requests;
        _handshake = handshake;
        _life = life;
        _safeAnswers = safeAnswers;
        _counters = counters;
    }

    /// <returns>False when the inbound ring is full: nothing was done, and the frame is offered again.</returns>
    public bool TryTake(NetworkConnection connection, ReadOnlySpan<byte> frame, bool isWhole, TimeNanos now)
    {
        if (!isWhole)
        {
            return TryRefuse(connection, FrameResult.Fragmented, now);
        }

        if (HftDeltaSchema.TryPeekHeader(frame, out var head) && head.SchemaId == InternalSchema.Id)
        {
            return TryRefuse(connection, FrameResult.InternalTemplate, now);
        }

        var code = HftDeltaSchema.Validate(frame, out var templateId);
        if (code != ValidationCode.Valid)
        {
            return TryRefuseMalformed(connection, code, now);
        }

        connection.LastFrameNanos = now.Value;
        return TemplateRules.IsRequest(templateId)
            ? TryTakeRequest(connection, templateId, frame, now)
            : TryTakeSessionMessage(connection, templateId, frame, now);
    }

    private bool TryTakeRequest(NetworkConnection connection, ushort templateId, ReadOnlySpan<byte> frame, TimeNanos now)
    {
        if (connection.State != ConnectionState.Established)
        {
            return Refuse(FrameResult.NotEstablished);
        }

        // Every request begins with the header, and its length was proved.
        var header = RequestHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        if (header.SessionHandle != connection.Session.Value)
        {
            return TryRefuse(connection, FrameResult.ForeignSession, now);
        }

        if (_sessions.StatusOf(connection.Session) != SessionStatus.Open)
        {
            // Closed by the operator: the next look at the timers ends the connection.
            return Refuse(FrameResult.ClosedSession);
        }

        var source = templateId == OracleReportDecoder.TemplateId ? RecordSource.Oracle : RecordSource.Client;
        if (_detour is not null && _detour.Takes(connection.Session, templateId))
        {
            // Who sends more than can be verified loses it, hears of the gap and sends it again; nobody else waits.
            var from = connection.Address;
            return _detour.TrySend(source, in from, frame) || Refuse(FrameResult.VerifierBusy);
        }

        return _requests.TryTake(source, connection.Address, header.Sequence, frame, now);
    }

    private bool TryTakeSessionMessage(
        NetworkConnection connection, ushort templateId, ReadOnlySpan<byte> frame, TimeNanos now)
    {
        switch (templateId)
        {
            case SequenceNoticeDecoder.TemplateId:
                return TryTakeNotice(connection, SequenceNoticeDecoder.Trusted(frame), now);
            case RetransmitRequestDecoder.TemplateId:
                return TryRetransmit(connection, RetransmitRequestDecoder.Trusted(frame), now);
            case NegotiateDecoder.TemplateId:
                _handshake.NegotiateAgain(connection, now);
                return Refuse(FrameResult.SessionMessage);
            case ProveDecoder.TemplateId:
                _handshake.Prove(connection, ProveDecoder.Trusted(frame), now);
                return Refuse(FrameResult.SessionMessage);
            case EstablishDecoder.TemplateId:
                return _life.TryEstablish(connection, EstablishDecoder.Trusted(frame), now)
                    && Refuse(FrameResult.SessionMessage);
            case TerminateDecoder.TemplateId:
                return _life.TryTerminate(connection, now) && Refuse(FrameResult.SessionMessage);
            default:
                return TryRefuse(connection, FrameResult.UnknownTemplate, now);
        }
    }

    private bool TryTakeNotice(NetworkConnection connection, in SequenceNoticeDecoder message, TimeNanos now)
    {
        if (connection.State != ConnectionState.Established)
        {
            return Refuse(FrameResult.NotEstablished);
        }

        if (message.SessionHandle != connection.Session.Value)
        {
            return TryRefuse(connection, FrameResult.ForeignSession, now);
        }

        _requests.TellGap(connection.Address, message.NextSequence);
        return Refuse(FrameResult.SessionMessage);
    }

    private bool TryRetransmit(NetworkConnection connection, in RetransmitRequestDecoder message, TimeNanos now)
    {
        if (connection.State != ConnectionState.Established)
        {
            return Refuse(FrameResult.NotEstablished);
        }

        if (message.Header.SessionHandle != connection.Session.Value)
        {
            return TryRefuse(connection, FrameResult.ForeignSession, now);
        }

        var isFree = connection.RetransmissionsAsked == connection.Output.RetransmissionsDone;
        var answer = new Answer(
            isFree ? AnswerKind.Retransmit : AnswerKind.RetransmitRejected, connection.Address, now.Value)
        {
            Code = isFree ? default : SessionRejectCode.RetransmissionOutstanding,
            First = message.FromSequence,
            Second = message.Count_,
            Third = _sessions.NextRequestOf(connection.Session),
        };
        answer.After = _sessions.LastCommandOf(connection.Session).Value;
        _safeAnswers.Write(in answer);
        connection.RetransmissionsAsked += isFree ? 1 : 0;
        return Refuse(FrameResult.SessionMessage);
    }

    private bool TryRefuseMalformed(NetworkConnection connection, ValidationCode code, TimeNanos now)
    {
        if (code == ValidationCode.UnknownTemplate)
        {
            return TryRefuse(connection, FrameResult.UnknownTemplate, now);
        }

        if (!TryRefuse(connection, FrameResult.Malformed, now))
        {
            return false;
        }

        _counters.Of(code).Increment();
        return true;
    }

    /// <summary>
    /// What no working client sends: whoever speaks for a session and sends it is cut off, because what it meant is unknown.
    /// Before that it is only counted.
    /// </summary>
    private bool TryRefuse(NetworkConnection connection, FrameResult result, TimeNanos now) =>
        (connection.State != ConnectionState.Established
            || _life.TryEnd(connection, SessionRejectCode.Malformed, CloseReason.Disconnected, now))
        && Refuse(result);

    private bool Refuse(FrameResult result)
    {
        _counters.Of(result).Increment();
        return true;
    }
}

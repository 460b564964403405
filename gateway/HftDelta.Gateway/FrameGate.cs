using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Oracles;
using HftDelta.Gateway.Rings;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway;

/// <summary>
/// Decides on one frame from within the process: checked in the order lengths, template, session, sequence number, and then
/// either sequenced unchanged, or refused and counted, or left where it is because a ring is full. Owner: the ingress agent.
/// </summary>
internal sealed class FrameGate
{
    private readonly RecordPublisher _publisher;
    private readonly SessionMirror _sessions;
    private readonly RequestSequencer _requests;
    private readonly IngressCounters _counters;
    private readonly ReportDetour? _detour;

    public FrameGate(
        RecordPublisher publisher,
        SessionMirror sessions,
        RequestSequencer requests,
        IngressCounters counters,
        ReportDetour? detour)
    {
        _detour = detour;
        _publisher = publisher;
        _sessions = sessions;
        _requests = requests;
        _counters = counters;
    }

    /// <returns>False when a ring that it would go to is full: nothing was done, and the record is offered again.</returns>
    public bool TryTake(in RingRecord record, IngressInput input, TimeNanos now)
    {
        var source = record.Envelope.Source;
        if (!input.Allows(source))
        {
            return Refuse(FrameResult.NotPermitted);
        }

        return source is RecordSource.Client or RecordSource.Oracle
            ? TryTakeRequest(in record, input, now)
            : TryTakeCommand(in record, now);
    }

    private bool TryTakeRequest(in RingRecord record, IngressInput input, TimeNanos now)
    {
        var frame = record.Frame;
        if (HftDeltaSchema.TryPeekHeader(frame, out var head) && head.SchemaId == InternalSchema.Id)
        {
            return Refuse(FrameResult.InternalTemplate);
        }

        var code = HftDeltaSchema.Validate(frame, out var templateId);
        if (code != ValidationCode.Valid)
        {
            return RefuseMalformed(code);
        }

        if (!TemplateRules.IsRequest(templateId))
        {
            return Refuse(FrameResult.UnknownTemplate);
        }

        // Every request begins with the header, and its length was proved.
        var header = RequestHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        var session = new SessionHandle(header.SessionHandle);
        var owner = input.Output?.Session ?? new SessionHandle(record.Envelope.SessionHandle);
        if (session != owner)
        {
            return Refuse(FrameResult.ForeignSession);
        }

        return _sessions.StatusOf(session) switch
        {
            SessionStatus.Open when _detour is not null && _detour.Takes(session, templateId) =>
                _detour.TrySend(record.Envelope.Source, AnswerAddress.InProcess(session.Value), frame),
            SessionStatus.Open => _requests.TryTake(
                record.Envelope.Source, AnswerAddress.InProcess(session.Value), header.Sequence, frame, now),
            SessionStatus.Closed => Refuse(FrameResult.ClosedSession),
            _ => Refuse(FrameResult.UnknownSession),
        };
    }

    private bool TryTakeCommand(in RingRecord record, TimeNanos now)
    {
        var frame = record.Frame;
        var code = InternalSchema.Validate(frame, out var templateId);
        if (code != ValidationCode.Valid)
        {
            return RefuseMalformed(code);
        }

        var source = record.Envelope.Source;
        if (!TemplateRules.IsInternalCommand(source, templateId))
        {
            return Refuse(FrameResult.NotPermitted);
        }

        if (!_publisher.TryStage(source, SessionHandle.None, now, frame))
        {
            return false;
        }

        if (templateId == SessionOpenedDecoder.TemplateId)
        {
            var opened = new SessionHandle(SessionOpenedDecoder.Trusted(frame).SessionHandle);
            _sessions.Opening(opened, _publisher.LastSequence);
        }
        else if (templateId == SessionClosedDecoder.TemplateId)
        {
            var closed = new SessionHandle(SessionClosedDecoder.Trusted(frame).SessionHandle);
            _sessions.Close(closed, _publisher.LastSequence);
        }

        return Accept();
    }

    private bool Accept()
    {
        _counters.Of(FrameResult.Accepted).Increment();
        return true;
    }

    private bool Refuse(FrameResult result)
    {
        _counters.Of(result).Increment();
        return true;
    }

    private bool RefuseMalformed(ValidationCode code)
    {
        if (code == ValidationCode.UnknownTemplate)
        {
            return Refuse(FrameResult.UnknownTemplate);
        }

        _counters.Of(code).Increment();
        return Refuse(FrameResult.Malformed);
    }
}

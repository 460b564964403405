using HftDelta.Gateway.Rings;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway;

/// <summary>
/// Decides on one frame: checked in the order lengths, template, session, sequence number, and then either sequenced
/// unchanged, or refused and counted, or left where it is because the inbound ring is full. Owner: the ingress agent.
/// </summary>
internal sealed class FrameGate
{
    private readonly RecordPublisher _publisher;
    private readonly SessionMirror _sessions;
    private readonly RequestOutcomes _outcomes;
    private readonly FrameRing _answers;
    private readonly IngressCounters _counters;

    public FrameGate(
        RecordPublisher publisher,
        SessionMirror sessions,
        RequestOutcomes outcomes,
        FrameRing answers,
        IngressCounters counters)
    {
        _publisher = publisher;
        _sessions = sessions;
        _outcomes = outcomes;
        _answers = answers;
        _counters = counters;
    }

    /// <returns>False when the inbound ring is full: nothing was done, and the record is offered again.</returns>
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
            SessionStatus.Open => TryTakeInSequence(in record, session, header.Sequence, now),
            SessionStatus.Closed => Refuse(FrameResult.ClosedSession),
            _ => Refuse(FrameResult.UnknownSession),
        };
    }

    private bool TryTakeInSequence(in RingRecord record, SessionHandle session, ulong sequence, TimeNanos now)
    {
        var next = _sessions.NextRequestOf(session);
        if (sequence < next)
        {
            AnswerDuplicate(session, sequence, next);
            return Refuse(FrameResult.Duplicate);
        }

        if (sequence > next)
        {
            TellGap(session, sequence, next);
            return Refuse(FrameResult.Gap);
        }

        if (!_publisher.TryStage(record.Envelope.Source, session, now, record.Frame))
        {
            return false;
        }

        _sessions.Advance(session);
        return Accept();
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

        if (templateId == SessionClosedDecoder.TemplateId)
        {
            var closed = new SessionHandle(SessionClosedDecoder.Trusted(frame).SessionHandle);
            _sessions.Close(closed, _publisher.LastSequence);
        }

        return Accept();
    }

    private void AnswerDuplicate(SessionHandle session, ulong sequence, ulong next)
    {
        Span<byte> buffer = stackalloc byte[RequestOutcomeDecoder.FrameLength];
        var answer = RequestOutcomeEncoder.Wrap(buffer);
        WriteHeader(answer.Header, session, next);
        answer.SetRequestSequence(sequence);
        if (_outcomes.TryGet(session, sequence, out var order, out var rejectCode))
        {
            answer.SetOrderId(order.Value).SetRejectCode(rejectCode).SetKnown(1);
        }

        if (!_answers.TryWrite(RecordSource.Report, session, buffer))
        {
            _counters.AnswersDropped.Increment();
        }
    }

    private void TellGap(SessionHandle session, ulong sequence, ulong next)
    {
        if (!_sessions.IsGapNews(session, sequence))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[NotAppliedDecoder.FrameLength];
        var answer = NotAppliedEncoder.Wrap(buffer);
        WriteHeader(answer.Header, session, next);
        answer.SetFromSequence(next).SetCount_(sequence - next);
        if (_answers.TryWrite(RecordSource.Report, session, buffer))
        {
            _sessions.GapTold(session, sequence);
        }
        else
        {
            _counters.AnswersDropped.Increment();
        }
    }

    /// <summary>The header of an answer that is no event: not recoverable, so without a sequence number.</summary>
    private void WriteHeader(ReportHeaderEncoder header, SessionHandle session, ulong nextRequest) =>
        header.SetSessionHandle(session.Value).SetRequestSequence(nextRequest - 1)
            .SetCommandSequence((ulong)_publisher.LastSequence.Value).SetTime(_publisher.LastTime.Value);

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

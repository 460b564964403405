using HftDelta.Gateway.Answers;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// Brings the requests of a session into sequence: the expected one becomes a command, one that came before is answered with
/// its outcome, one that comes too early is not applied and its client is told what is missing. Owner: the ingress agent.
/// </summary>
internal sealed class RequestSequencer
{
    private readonly RecordPublisher _publisher;
    private readonly SessionMirror _sessions;
    private readonly AnswerRing _answers;
    private readonly IngressCounters _counters;
    private readonly AdmissionSwitch _admission;
    private bool _isHeld;

    /// <param name="publisher">The inbound ring.</param>
    /// <param name="sessions">What is known of sessions.</param>
    /// <param name="answers">Answers that wait until what they rest on is safe.</param>
    /// <param name="counters">What became of frames.</param>
    /// <param name="admission">Whether the journal's last room is kept for cancels.</param>
    public RequestSequencer(
        RecordPublisher publisher, SessionMirror sessions, AnswerRing answers, IngressCounters counters,
        AdmissionSwitch admission)
    {
        _publisher = publisher;
        _sessions = sessions;
        _answers = answers;
        _counters = counters;
        _admission = admission;
    }

    /// <summary>
    /// Asked when something was not taken, which ends the question: whether it was this request that must wait, so that those of
    /// others need not.
    /// </summary>
    public bool TellHeld()
    {
        var isHeld = _isHeld;
        _isHeld = false;
        return isHeld;
    }

    /// <param name="source">What the frame is.</param>
    /// <param name="to">The session, which is open, and the connection that answers go to.</param>
    /// <param name="sequence">The number of the request.</param>
    /// <param name="frame">The request.</param>
    /// <param name="now">The time.</param>
    /// <returns>
    /// False, with nothing done, when the inbound ring or that of the answers is full, or the request is held back.
    /// </returns>
    public bool TryTake(
        RecordSource source, in AnswerAddress to, ulong sequence, ReadOnlySpan<byte> frame, TimeNanos now)
    {
        var session = new SessionHandle(to.Session);
        var next = _sessions.NextRequestOf(session);
        if (sequence == next)
        {
            if (_admission.IsHolding && MustWait(source, frame))
            {
                _isHeld = true;
                return false;
            }

            if (!_publisher.TryStage(source, session, now, frame))
            {
                return false;
            }

            _sessions.Advance(session, _publisher.LastSequence);
            _counters.Of(FrameResult.Accepted).Increment();
            return true;
        }

        if (!_answers.HasRoom)
        {
            return false;
        }

        if (sequence < next)
        {
            var answer = HeadOf(AnswerKind.Outcome, in to);
            answer.First = sequence;
            answer.Second = next;
            _answers.Write(in answer);
            _counters.Of(FrameResult.Duplicate).Increment();
        }
        else
        {
            TellGap(in to, sequence);
            _counters.Of(FrameResult.Gap).Increment();
        }

        return true;
    }

    private static bool MustWait(RecordSource source, ReadOnlySpan<byte> frame) =>
        source == RecordSource.Client
        && HftDeltaSchema.TryPeekHeader(frame, out var header)
        && !TemplateRules.IsServedFromReserve((ushort)header.TemplateId);

    /// <summary>
    /// The client said that it sends this number next: what lies between is missing. After <see cref="AnswerRing.HasRoom"/>.
    /// </summary>
    public void TellGap(in AnswerAddress to, ulong sequence)
    {
        var session = new SessionHandle(to.Session);
        var next = _sessions.NextRequestOf(session);
        if (sequence <= next || !_sessions.IsGapNews(session, sequence))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[NotAppliedDecoder.FrameLength];
        var message = NotAppliedEncoder.Wrap(buffer);
        var answer = HeadOf(AnswerKind.Frame, in to);
        message.Header.SetSessionHandle(to.Session).SetRequestSequence(next - 1)
            .SetCommandSequence((ulong)answer.After).SetTime(answer.TimeNanos);
        message.SetFromSequence(next).SetCount_(sequence - next);
        _answers.Write(in answer, buffer);
        _sessions.GapTold(session, sequence);
    }

    /// <summary>An answer that rests on everything of the session that was sequenced so far.</summary>
    public Answer HeadOf(AnswerKind kind, in AnswerAddress to) =>
        new(kind, in to, _publisher.LastTime.Value, _sessions.LastCommandOf(new SessionHandle(to.Session)).Value);
}

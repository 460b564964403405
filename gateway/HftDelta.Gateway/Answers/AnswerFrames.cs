using HftDelta.Gateway.Sessions;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Gateway.Answers;

/// <summary>
/// Encodes what egress says by itself. None of it is a recoverable report, so none has a place in the session's sequence.
/// Owner: the egress agent.
/// </summary>
internal static class AnswerFrames
{
    /// <summary>Room for any of them.</summary>
    public const int LengthMaxBytes = 128;

    public static int Established(Span<byte> buffer, in Answer answer, SessionStore store)
    {
        var session = new SessionHandle(answer.Session);
        var message = EstablishmentAcceptedEncoder.Wrap(buffer);
        Write(message.Header, in answer, answer.First);
        return message.SetNextRequestSequence(answer.First).SetNextReportSequence(store.NextReport(session))
            .SetRetainedFrom(store.RetainedFrom(session)).SetKeepAliveMillis((uint)answer.Second).EncodedLength;
    }

    public static int Outcome(Span<byte> buffer, in Answer answer, SessionStore store)
    {
        var isKnown = store.TryGetOutcome(
            new SessionHandle(answer.Session), answer.First, answer.Second, out var order, out var rejectCode);
        var message = RequestOutcomeEncoder.Wrap(buffer);
        Write(message.Header, in answer, answer.Second);
        return message.SetRequestSequence(answer.First).SetOrderId(order.Value).SetRejectCode(rejectCode)
            .SetKnown(isKnown ? (byte)1 : (byte)0).EncodedLength;
    }

    public static int Retransmission(Span<byte> buffer, in Answer answer)
    {
        var message = RetransmissionEncoder.Wrap(buffer);
        Write(message.Header, in answer, answer.Third);
        return message.SetFromSequence(answer.First).SetCount_((uint)answer.Second).EncodedLength;
    }

    public static int RetransmitRejected(
        Span<byte> buffer, in Answer answer, SessionRejectCode code, SessionStore store)
    {
        var session = new SessionHandle(answer.Session);
        var message = RetransmitRejectedEncoder.Wrap(buffer);
        Write(message.Header, in answer, answer.Third);
        return message.SetCode(code).SetAvailableFrom(store.RetainedFrom(session))
            .SetAvailableTo(store.NextReport(session) - 1).EncodedLength;
    }

    public static int Terminate(Span<byte> buffer, in Answer answer) =>
        TerminateEncoder.Wrap(buffer).SetSessionHandle(answer.Session).SetCode(answer.Code)
            .SetSendingTime(answer.TimeNanos).EncodedLength;

    public static int SequenceNotice(Span<byte> buffer, SessionHandle session, ulong nextReport, ulong timeNanos) =>
        SequenceNoticeEncoder.Wrap(buffer).SetSessionHandle(session.Value).SetNextSequence(nextReport)
            .SetSendingTime(timeNanos).EncodedLength;

    private static void Write(ReportHeaderEncoder header, in Answer answer, ulong nextRequest) =>
        header.SetSessionHandle(answer.Session).SetRequestSequence(nextRequest - 1)
            .SetCommandSequence((ulong)answer.After).SetTime(answer.TimeNanos);
}

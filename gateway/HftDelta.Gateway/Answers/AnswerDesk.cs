using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Gateway.Answers;

/// <summary>
/// Does what ingress asks for: answers, bindings, ends. What it answers comes from the session store, so it is safe.
/// Owner: the egress agent.
/// </summary>
internal sealed class AnswerDesk
{
    private readonly EgressConnections _connections;
    private readonly SessionStore _store;
    private readonly EgressCounters _counters;
    private readonly RetransmissionDesk _again;
    private readonly ConnectionEnds _ends;

    public AnswerDesk(
        EgressConnections connections,
        SessionStore store,
        RetransmissionDesk again,
        ConnectionEnds ends,
        EgressCounters counters)
    {
        _connections = connections;
        _store = store;
        _again = again;
        _ends = ends;
        _counters = counters;
    }

    /// <param name="answer">What is asked for.</param>
    /// <param name="frame">The frame of <see cref="AnswerKind.Frame"/>.</param>
    /// <param name="nowNanos">The time of this duty cycle.</param>
    public void Do(in Answer answer, ReadOnlySpan<byte> frame, ulong nowNanos)
    {
        var connection = answer.Connection == 0
            ? _connections.Find(answer.Session)
            : _connections.Find(answer.Slot, answer.Connection);
        if (connection is null)
        {
            // It ended since, or a client within the process went away.
            _counters.AnswersWithoutConnection.Increment();
            return;
        }

        Span<byte> buffer = stackalloc byte[AnswerFrames.LengthMaxBytes];
        switch (answer.Kind)
        {
            case AnswerKind.Frame:
                Deliver(connection, frame, nowNanos);
                break;
            case AnswerKind.Established:
                _connections.Bind(
                    connection, new SessionHandle(answer.Session), answer.Second * SessionLimits.NanosPerMillisecond);
                Deliver(connection, buffer[..AnswerFrames.Established(buffer, in answer, _store)], nowNanos);
                break;
            case AnswerKind.Outcome:
                Deliver(connection, buffer[..AnswerFrames.Outcome(buffer, in answer, _store)], nowNanos);
                break;
            case AnswerKind.Retransmit:
                Retransmit(connection, in answer, buffer, nowNanos);
                break;
            case AnswerKind.RetransmitRejected:
                Reject(connection, in answer, answer.Code, buffer, nowNanos);
                break;
            case AnswerKind.Terminate:
                Deliver(connection, buffer[..AnswerFrames.Terminate(buffer, in answer)], nowNanos);
                _ends.Begin(connection, nowNanos);
                break;
            case AnswerKind.Close:
                _ends.Begin(connection, nowNanos);
                break;
            default:
                Check.Never("ingress asks for what egress knows");
                break;
        }
    }

    private void Retransmit(ConnectionOutput connection, in Answer answer, Span<byte> buffer, ulong nowNanos)
    {
        var session = new SessionHandle(answer.Session);
        var available = _store.NextReport(session);
        var code = answer.First == 0 || answer.Second == 0 ? SessionRejectCode.BadSequence
            : answer.First < _store.RetainedFrom(session) || answer.First >= available
                || answer.Second > available - answer.First ? SessionRejectCode.RangeNotAvailable
            : default;
        if (code != default)
        {
            Reject(connection, in answer, code, buffer, nowNanos);
            connection.RetransmissionDone();
            return;
        }

        _again.Begin(connection, in answer);
    }

    private void Reject(
        ConnectionOutput connection, in Answer answer, SessionRejectCode code, Span<byte> buffer, ulong nowNanos) =>
        Deliver(connection, buffer[..AnswerFrames.RetransmitRejected(buffer, in answer, code, _store)], nowNanos);

    private void Deliver(ConnectionOutput connection, ReadOnlySpan<byte> frame, ulong nowNanos)
    {
        connection.LastSentNanos = nowNanos;
        if (!connection.Deliver(frame))
        {
            _counters.ConnectionsCut.Increment();
        }

        _counters.Answers.Increment();
    }
}

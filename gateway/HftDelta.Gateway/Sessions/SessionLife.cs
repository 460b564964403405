using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// Opens and closes the sessions of connections over the network, as sequenced commands: so a replay cancels the same orders.
/// Owner: the ingress agent. Whoever calls has proved room in both rings of answers; false always means that the inbound ring
/// is full and nothing was done.
/// Invariant: at most one connection speaks for a session; one that takes it over waits until the engine has told so.
/// </summary>
internal sealed class SessionLife
{
    private readonly RecordPublisher _publisher;
    private readonly SequencerFrames _frames;
    private readonly SessionMirror _sessions;
    private readonly ConnectionRegistry _connections;
    private readonly RequestSequencer _requests;
    private readonly Handshake _handshake;
    private readonly AnswerRing _safeAnswers;

    public SessionLife(
        RecordPublisher publisher,
        SequencerFrames frames,
        SessionMirror sessions,
        ConnectionRegistry connections,
        RequestSequencer requests,
        Handshake handshake,
        AnswerRing safeAnswers)
    {
        _publisher = publisher;
        _frames = frames;
        _sessions = sessions;
        _connections = connections;
        _requests = requests;
        _handshake = handshake;
        _safeAnswers = safeAnswers;
    }

    /// <summary>Connections whose session the engine has told of, and that have not been answered yet.</summary>
    public int Told { get; private set; }

    /// <summary>Has the session opened; the answer goes when the engine has told what came of it.</summary>
    public bool TryEstablish(NetworkConnection connection, in EstablishDecoder message, TimeNanos now)
    {
        var code = RefusalOf(connection, in message);
        if (code != default)
        {
            Reject(connection, code);
            return true;
        }

        var session = connection.Session;
        var before = _connections.OwnerOf(session);
        if (!_frames.TryOpen(session, connection.Id, connection.Participant!, message.CancelOnDisconnect != 0, now))
        {
            return false;
        }

        _sessions.Opening(session, _publisher.LastSequence);
        connection.OpenCommand = _publisher.LastSequence;
        connection.KeepAliveMillis = message.KeepAliveMillis;
        connection.LapseNanos =
            message.KeepAliveMillis * SessionLimits.NanosPerMillisecond * SessionLimits.KeepAliveIntervals;
        connection.Before = before;
        connection.IsTold = false;
        connection.Refusal = 0;
        if (before is not null)
        {
            _connections.SetState(before, ConnectionState.Superseded);
        }

        _connections.SetState(connection, ConnectionState.Establishing);
        _connections.SetOwner(session, connection);
        return true;
    }

    /// <summary>The client says goodbye: its session is closed, and it hears the same when that is safe.</summary>
    public bool TryTerminate(NetworkConnection connection, TimeNanos now)
    {
        switch (connection.State)
        {
            case ConnectionState.Challenged or ConnectionState.Negotiated:
                _handshake.End(connection, now);
                return true;
            case ConnectionState.Establishing or ConnectionState.Superseded:
                connection.IsLeaving = true;
                return true;
            case ConnectionState.Established:
                return TryEnd(connection, SessionRejectCode.Requested, CloseReason.Requested, now);
            default:
                return true;
        }
    }

    /// <summary>Closes the session of an established connection and ends that; with code 0 without a word.</summary>
    public bool TryEnd(NetworkConnection connection, SessionRejectCode code, CloseReason reason, TimeNanos now)
    {
        var session = connection.Session;
        if (_sessions.StatusOf(session) == SessionStatus.Open)
        {
            if (!_frames.TryClose(session, reason, now))
            {
                return false;
            }

            _sessions.Close(session, _publisher.LastSequence);
        }

        Leave(connection, code);
        return true;
    }

    /// <summary>The connection ends and its session stays as it is.</summary>
    public void Leave(NetworkConnection connection, SessionRejectCode code)
    {
        var kind = code == default ? AnswerKind.Close : AnswerKind.Terminate;
        var answer = _requests.HeadOf(kind, connection.Address);
        answer.Code = code;
        _safeAnswers.Write(in answer);
        _connections.Detach(connection);
    }

    /// <summary>The engine told of the command that opens a session.</summary>
    public void Learn(SessionHandle session, CommandSequence command, ushort refusal)
    {
        if (_connections.OwnerOf(session) is { State: ConnectionState.Establishing } owner && owner.OpenCommand == command)
        {
            owner.IsTold = true;
            owner.Refusal = refusal;
            Told++;
        }
    }

    /// <summary>Answers a connection whose session the engine has told of.</summary>
    public bool TryFinish(NetworkConnection connection, TimeNanos now)
    {
        Check.That(connection.State == ConnectionState.Establishing && connection.IsTold);
        if (connection.Refusal != 0)
        {
            Told--;
            connection.IsTold = false;
            Refuse(connection, now);
            return true;
        }

        if (connection.Before is { } before)
        {
            connection.Before = null;
            Leave(before, SessionRejectCode.TakenOver);
        }

        if (connection.IsLeaving)
        {
            if (!TryEnd(connection, SessionRejectCode.Requested, CloseReason.Requested, now))
            {
                return false;
            }

            Told--;
            connection.IsTold = false;
            return true;
        }

        Told--;
        connection.IsTold = false;
        _sessions.ForgetGap(connection.Session);
        _sessions.Bind(connection.Session, connection.Key);
        connection.LastFrameNanos = now.Value;
        _connections.SetState(connection, ConnectionState.Established);
        var answer = _requests.HeadOf(AnswerKind.Established, connection.Address);
        answer.First = _sessions.NextRequestOf(connection.Session);
        answer.Second = connection.KeepAliveMillis;
        _safeAnswers.Write(in answer);
        return true;
    }

    private SessionRejectCode RefusalOf(NetworkConnection connection, in EstablishDecoder message)
    {
        switch (connection.State)
        {
            case ConnectionState.Challenged:
                return SessionRejectCode.NotNegotiated;
            case ConnectionState.Negotiated:
                break;
            default:
                return SessionRejectCode.AlreadyEstablished;
        }

        if (message.Header.SessionHandle != connection.Session.Value)
        {
            return SessionRejectCode.NotNegotiated;
        }

        if (!_sessions.IsKeyOf(connection.Session, connection.Id, connection.Key))
        {
            // Another key established it since both negotiated.
            return SessionRejectCode.Authentication;
        }

        if (message.KeepAliveMillis is < SessionLimits.KeepAliveMillisMin or > SessionLimits.KeepAliveMillisMax)
        {
            return SessionRejectCode.BadKeepAlive;
        }

        if (message.NextSequence == 0)
        {
            return SessionRejectCode.BadSequence;
        }

        // Another connection is just taking the session over: whose it is will be known in a moment.
        return _connections.OwnerOf(connection.Session) is { State: ConnectionState.Establishing }
            ? SessionRejectCode.VenueBusy
            : default;
    }

    /// <summary>
    /// The engine did not open the session. While the orders of its last life are still being cancelled the client may ask
    /// again on this connection; without an account that the engine knows, never.
    /// </summary>
    private void Refuse(NetworkConnection connection, TimeNanos now)
    {
        var before = connection.Before;
        connection.Before = null;
        _connections.SetState(connection, ConnectionState.Negotiated);
        _connections.SetOwner(connection.Session, before);
        if (before is not null)
        {
            _connections.SetState(before, ConnectionState.Established);
        }

        var isBusy = (RejectCode)connection.Refusal is RejectCode.AlreadyExists or RejectCode.CapacityExhausted;
        var isOwn = _sessions.IsOf(connection.Session, connection.Id);
        Reject(connection, isBusy ? SessionRejectCode.VenueBusy : SessionRejectCode.Authentication);
        if (isBusy && !isOwn)
        {
            // The handle was another session's, and the engine keeps that: the next negotiation gets another handle.
            _sessions.KeepHandle(connection.Session);
        }

        if (!isBusy || !isOwn || connection.IsLeaving)
        {
            Leave(connection, default);
        }
    }

    private void Reject(NetworkConnection connection, SessionRejectCode code)
    {
        var session = connection.Session;
        Span<byte> buffer = stackalloc byte[EstablishmentRejectedDecoder.FrameLength];
        var message = EstablishmentRejectedEncoder.Wrap(buffer);
        var answer = _requests.HeadOf(AnswerKind.Frame, connection.Address);
        var next = _sessions.NextRequestOf(session);
        message.Header.SetSessionHandle(session.Value).SetRequestSequence(next > 0 ? next - 1 : 0)
            .SetCommandSequence((ulong)answer.After).SetTime(answer.TimeNanos);
        message.SetCode(code).SetNextRequestSequence(next > 0 ? next : 1);
        _safeAnswers.Write(in answer, buffer);
    }
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HftDelta.Aeron;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Security;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// From a stranger to a connection that has a session: Negotiate, Challenge, Prove, NegotiationAccepted. Authentication mode
/// none: the proof is not looked at, the key alone says who it is. Cold; owner: the ingress agent.
/// What it writes to egress has room: whoever calls has proved it.
/// </summary>
internal sealed class Handshake
{
    private const int NonceLengthBytes = 32;

    private readonly NetworkWiring _wiring;
    private readonly ConnectionRegistry _connections;
    private readonly SessionMirror _sessions;
    private readonly AnswerRing _answers;
    private readonly InputTable _inputs;
    private readonly IngressCounters _counters;
    private readonly Predicate<SessionHandle> _mayForget;
    private readonly HandshakeRate _rate;

    public Handshake(
        NetworkWiring wiring,
        ConnectionRegistry connections,
        SessionMirror sessions,
        AnswerRing answers,
        InputTable inputs,
        IngressCounters counters)
    {
        _wiring = wiring;
        _connections = connections;
        _sessions = sessions;
        _answers = answers;
        _inputs = inputs;
        _counters = counters;
        _rate = new HandshakeRate(wiring.HandshakesPerSecondMax);
        _mayForget = session => !IsHeldInProcess(session);
    }

    /// <summary>The first message of a stream: the venue opens its own and sends a challenge, or says nothing at all.</summary>
    public void Negotiate(Image image, in NegotiateDecoder message, TimeNanos now)
    {
        var reports = message.ResponseStreamId;
        var marketData = message.MarketDataStreamId;
        _connections.LookAtLingering();
        if (!_connections.HasFreeSlot
            || _connections.Unfinished >= _wiring.HandshakesMax
            || reports == marketData
            || !ResponseChannel.TryMake(message.ResponseChannel, image.Source, _wiring.TermLengthBytes, out var channel)
            || !_rate.TryBegin(image.Source, now))
        {
            _counters.Of(FrameResult.HandshakeRefused).Increment();
            return;
        }

        if (!TryOpen(channel, reports, out var reportStream))
        {
            return;
        }

        OutputStream? marketDataStream = null;
        if (marketData != 0 && !TryOpen(channel, marketData, out marketDataStream))
        {
            _connections.GiveBack(reportStream!);
            return;
        }

        var facts = new NegotiationFacts(MemoryMarshal.Read<UInt128>(message.SessionId), new KeyId(message.KeyId));
        var connection = _connections.Add(image, in facts, reportStream!, marketDataStream, now);
        SendChallenge(connection, now);
        _counters.Of(FrameResult.SessionMessage).Increment();
    }

    /// <summary>The connection has its session, or is told that it gets none and ends.</summary>
    public void Prove(NetworkConnection connection, in ProveDecoder message, TimeNanos now)
    {
        if (connection.State != ConnectionState.Challenged)
        {
            Reject(connection, SessionRejectCode.AlreadyEstablished, now);
            return;
        }

        var code = TryReserve(connection, MemoryMarshal.Read<UInt128>(message.SessionId), now);
        if (code != default)
        {
            Reject(connection, code, now);
            End(connection, now);
            return;
        }

        _connections.SetState(connection, ConnectionState.Negotiated);
        Span<byte> buffer = stackalloc byte[NegotiationAcceptedDecoder.FrameLength];
        Span<byte> id = stackalloc byte[16];
        NegotiationAcceptedEncoder.Wrap(buffer).SetSessionId(IdOf(connection, id))
            .SetSessionHandle(connection.Session.Value).SetAccountId(connection.Participant!.Account.Value)
            .SetRoles(connection.Participant.Roles).SetAuthenticationMode(AuthenticationMode.None).SetTime(now.Value);
        Send(connection, buffer, now);
    }

    /// <summary>A second negotiation on a stream that has one changes nothing.</summary>
    public void NegotiateAgain(NetworkConnection connection, TimeNanos now) =>
        Reject(connection, SessionRejectCode.AlreadyEstablished, now);

    /// <summary>A connection without an established session ends; what was said to it before still goes.</summary>
    public void End(NetworkConnection connection, TimeNanos now)
    {
        var close = new Answer(AnswerKind.Close, connection.Address, now.Value);
        _answers.Write(in close);
        _connections.Detach(connection);
    }

    /// <summary>Which handle, account and roles the connection gets.</summary>
    /// <returns>Why it gets none; 0: it does.</returns>
    private SessionRejectCode TryReserve(NetworkConnection connection, UInt128 id, TimeNanos now)
    {
        if (id != connection.Id || id == UInt128.Zero || !_wiring.Participants.TryFind(connection.Key, out var participant))
        {
            return SessionRejectCode.Authentication;
        }

        if (_sessions.TryFind(id, out var known, out var account))
        {
            if (account != participant.Account || !_sessions.IsKeyOf(known, id, connection.Key))
            {
                return SessionRejectCode.Authentication;
            }

            if (IsHeldInProcess(known))
            {
                return SessionRejectCode.AlreadyEstablished;
            }
        }

        var wish = new SessionWish(id, participant.Account, connection.Key, now);
        if (!_sessions.TryReserve(in wish, _mayForget, out var session))
        {
            return SessionRejectCode.VenueBusy;
        }

        connection.Participant = participant;
        connection.Session = session;
        return default;
    }

    private bool IsHeldInProcess(SessionHandle session)
    {
        foreach (var input in _inputs.All)
        {
            if (!input.IsClosed && input.Output?.Session == session)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryOpen(string channel, int streamId, out OutputStream? stream)
    {
        try
        {
            var publication = _wiring.Driver.AddExclusivePublication(channel, streamId);
            stream = new OutputStream(publication, _connections.TakeRing());
            return true;
        }
        catch (AeronException)
        {
            // No memory or no socket for one more: the client hears nothing and tries again.
            _counters.Of(FrameResult.HandshakeRefused).Increment();
            stream = null;
            return false;
        }
    }

    private void SendChallenge(NetworkConnection connection, TimeNanos now)
    {
        Span<byte> buffer = stackalloc byte[ChallengeDecoder.FrameLength];
        Span<byte> id = stackalloc byte[16];
        Span<byte> nonce = stackalloc byte[NonceLengthBytes];
        RandomNumberGenerator.Fill(nonce);
        ChallengeEncoder.Wrap(buffer).SetSessionId(IdOf(connection, id)).SetServerNonce(nonce).SetTime(now.Value)
            .SetAuthenticationMode(AuthenticationMode.None);
        Send(connection, buffer, now);
    }

    private void Reject(NetworkConnection connection, SessionRejectCode code, TimeNanos now)
    {
        Span<byte> buffer = stackalloc byte[NegotiationRejectedDecoder.FrameLength];
        Span<byte> id = stackalloc byte[16];
        NegotiationRejectedEncoder.Wrap(buffer).SetSessionId(IdOf(connection, id)).SetCode(code).SetTime(now.Value);
        Send(connection, buffer, now);
    }

    private void Send(NetworkConnection connection, ReadOnlySpan<byte> frame, TimeNanos now)
    {
        var answer = new Answer(AnswerKind.Frame, connection.Address, now.Value);
        _answers.Write(in answer, frame);
    }

    private static Span<byte> IdOf(NetworkConnection connection, Span<byte> buffer)
    {
        MemoryMarshal.Write(buffer, connection.Id);
        return buffer;
    }
}

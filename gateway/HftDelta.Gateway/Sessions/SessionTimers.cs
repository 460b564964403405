using HftDelta.Gateway.Connections;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// Looks after connections over the network now and then: who is gone, who lapsed, who does not finish, what can be freed.
/// Owner: the ingress agent. What a full ring holds up is done at a later look.
/// </summary>
internal sealed class SessionTimers
{
    private readonly NetworkWiring _wiring;
    private readonly SessionMirror _sessions;
    private readonly ConnectionRegistry _connections;
    private readonly Handshake _handshake;
    private readonly SessionLife _life;
    private readonly IngressCounters _counters;

    public SessionTimers(
        NetworkWiring wiring,
        SessionMirror sessions,
        ConnectionRegistry connections,
        Handshake handshake,
        SessionLife life,
        IngressCounters counters)
    {
        _wiring = wiring;
        _sessions = sessions;
        _connections = connections;
        _handshake = handshake;
        _life = life;
        _counters = counters;
    }

    /// <summary>Nothing that had arrived is unread: only then is a silence a silence.</summary>
    public bool HasReadAll { get; set; }

    /// <summary>Since when frames have been read without a stall.</summary>
    public ulong ListensSinceNanos { get; set; }

    /// <summary>One connection, after room for answers was proved.</summary>
    /// <returns>Whether something was done.</returns>
    public bool Look(NetworkConnection connection, TimeNanos now)
    {
        switch (connection.State)
        {
            case ConnectionState.Challenged or ConnectionState.Negotiated:
                if (!connection.IsGone && now.Value - connection.BeganNanos < _wiring.HandshakeNanosMax)
                {
                    return false;
                }

                _handshake.End(connection, now);
                return true;
            case ConnectionState.Establishing:
                connection.IsLeaving |= connection.IsGone;
                return connection.IsTold && _life.TryFinish(connection, now);
            case ConnectionState.Established:
                return LookAtEstablished(connection, now);
            case ConnectionState.Closing when connection.Output.IsReleased:
                _connections.Free(connection);
                return true;
            default:
                return false;
        }
    }

    private bool LookAtEstablished(NetworkConnection connection, TimeNanos now)
    {
        if (connection.IsLeaving)
        {
            // It said goodbye while another one was taking its session over, and that one did not get it.
            return _life.TryEnd(connection, SessionRejectCode.Requested, CloseReason.Requested, now);
        }

        if (connection.IsGone)
        {
            return _life.TryEnd(connection, default, CloseReason.Disconnected, now);
        }

        if (_sessions.StatusOf(connection.Session) != SessionStatus.Open)
        {
            // Closed by the operator.
            _life.Leave(connection, SessionRejectCode.Requested);
            return true;
        }

        if (!HasLapsed(connection, now.Value)
            || !_life.TryEnd(connection, SessionRejectCode.KeepAliveLapsed, CloseReason.Disconnected, now))
        {
            return false;
        }

        _counters.Lapsed.Increment();
        return true;
    }

    private bool HasLapsed(NetworkConnection connection, ulong nowNanos) =>
        HasReadAll
        && nowNanos - connection.LastFrameNanos >= connection.LapseNanos
        && nowNanos - ListensSinceNanos >= connection.LapseNanos / SessionLimits.KeepAliveIntervals;
}

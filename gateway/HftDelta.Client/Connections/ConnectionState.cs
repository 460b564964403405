namespace HftDelta.Client.Connections;

/// <summary>How far a client's connection is.</summary>
public enum ConnectionState
{
    /// <summary>No connection; the next attempt is due or waits for its time.</summary>
    Disconnected,

    /// <summary>Channels are open, the venue's driver has not answered.</summary>
    Connecting,

    /// <summary>The venue is asked who this is.</summary>
    Negotiating,

    /// <summary>The venue knows who this is; the session is being opened or resumed.</summary>
    Establishing,

    /// <summary>Requests are taken.</summary>
    Established,

    /// <summary>For good: closed by the caller or refused by the venue.</summary>
    Closed,
}

/// <summary>Why a connection changed its state.</summary>
public enum ConnectionCause
{
    /// <summary>The next step of the way up.</summary>
    Progress,

    /// <summary>The caller closed it.</summary>
    Requested,

    /// <summary>The handshake took longer than it may.</summary>
    HandshakeTimeout,

    /// <summary>The venue said nothing for three keep-alive intervals.</summary>
    VenueSilent,

    /// <summary>The transport lost the venue.</summary>
    TransportLost,

    /// <summary>The venue ended or refused it; the code says why.</summary>
    VenueEnded,

    /// <summary>The venue does not know what it acknowledged before: a new session begins.</summary>
    SessionForgotten,
}

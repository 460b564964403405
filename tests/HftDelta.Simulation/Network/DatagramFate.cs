using HftDelta.Aeron.Sockets;

namespace HftDelta.Simulation.Network;

/// <summary>What a test wishes for one datagram; see <see cref="SimulatedNetwork.Wish"/>.</summary>
public enum DatagramFate
{
    /// <summary>The link's conditions decide.</summary>
    AsConditionsSay = 0,

    /// <summary>It arrives once, whatever the conditions.</summary>
    Deliver,

    Drop,

    Duplicate,

    /// <summary>It is held up by the link's whole reorder delay.</summary>
    HoldUp,

    /// <summary>Some of its bits change, whatever the conditions.</summary>
    Corrupt,
}

/// <summary>Asked for every datagram that is sent, in order.</summary>
public delegate DatagramFate DatagramWish(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram);

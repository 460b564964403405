using HftDelta.Aeron.Sockets;

namespace HftDelta.Simulation.Network;

/// <summary>
/// Sees every datagram of a <see cref="SimulatedNetwork"/>, in order, and changes none. Bytes are valid during the call.
/// </summary>
public abstract class NetworkObserver
{
    /// <summary>A socket sent it; nothing is decided about it yet.</summary>
    public virtual void OnSent(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram)
    {
    }

    /// <summary>The owner of a socket took it; <paramref name="to"/> is where that socket is bound.</summary>
    public virtual void OnReceived(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram)
    {
    }

    /// <summary>
    /// The link dropped, doubled, held up or changed the datagram with this number, counted from 0 as they are sent.
    /// </summary>
    public virtual void OnDisturbed(long number)
    {
    }
}

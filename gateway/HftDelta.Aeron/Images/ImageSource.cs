using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Images;

/// <summary>A sender of an image's session, by the transport that it reaches. Owner: the receiver.</summary>
internal sealed class ImageSource(ReceiveTransport transport, SocketEndpoint address, long nowNanos)
{
    public ReceiveTransport Transport { get; } = transport;

    /// <summary>Where its datagrams come from.</summary>
    public SocketEndpoint Address { get; } = address;

    /// <summary>Where control frames for it go.</summary>
    public SocketEndpoint ControlTo { get; } = transport.ControlOf(address);

    /// <summary>When something of it was taken last.</summary>
    public long LastFrameNanos { get; set; } = nowNanos;

    /// <summary>It told the end of the stream.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>It took the stream back.</summary>
    public bool IsRevoked { get; private set; }

    public long EndPosition { get; private set; }

    public void End(long position, bool isRevoked)
    {
        IsEnded = true;
        IsRevoked |= isRevoked;
        EndPosition = position;
    }
}

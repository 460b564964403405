using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Network;

namespace HftDelta.Simulation.Hostile;

/// <summary>Keeps some of what the honest machines say, and counts what reaches their sockets. Owner: the run.</summary>
internal sealed class Eavesdropper : NetworkObserver
{
    private const int Kept = 256;

    private readonly SocketEndpoint _publisher = SocketEndpoint.Parse(HonestTraffic.PublisherAddress + ":0");
    private readonly SocketEndpoint _reader = SocketEndpoint.Parse(HonestTraffic.ReaderAddress + ":0");

    public OverheardFrames Data { get; } = new(Kept);

    public OverheardFrames Control { get; } = new(Kept);

    /// <summary>Hostile frames come from elsewhere or are forged; then this is set.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Datagrams that the reader's machine took.</summary>
    public long ReaderTook { get; private set; }

    /// <summary>Datagrams that the publisher's machine took.</summary>
    public long PublisherTook { get; private set; }

    public override void OnSent(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram)
    {
        if (IsDeaf || datagram.Length < FrameHeader.LengthBytes)
        {
            return;
        }

        var overheard = from.HasAddressOf(_publisher) ? Data : Control;
        overheard.Add(datagram);
    }

    public override void OnReceived(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram)
    {
        if (to.HasAddressOf(_reader))
        {
            ReaderTook++;
        }
        else
        {
            PublisherTook++;
        }
    }
}

using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Network;

namespace HftDelta.Tests.Aeron;

/// <summary>A receiver that is written by hand, frame by frame, on a machine of the simulated network.</summary>
internal sealed class RawReceiver : IDisposable
{
    private readonly byte[] _buffer = new byte[65_536];
    private readonly DatagramSocket _socket;

    public RawReceiver(SimulatedHost host, int port, long receiverId, int sessionId = RawPublisher.RecordedSessionId)
    {
        _socket = host.Open(new DatagramSocketOptions { Local = host.Address.WithPort(port) });
        ReceiverId = receiverId;
        SessionId = sessionId;
    }

    public long ReceiverId { get; }

    public int SessionId { get; }

    public int Window { get; init; } = 32 * 1024;

    public long? GroupTag { get; init; }

    /// <summary>Where the last datagram came from: control frames go there.</summary>
    public SocketEndpoint Sender { get; set; }

    public SocketEndpoint Address => _socket.LocalEndpoint;

    public void Announce() => Send(new StatusMessageFrame(FrameFlags.StatusSendSetup, 0, 0, 0, 0, 0, ReceiverId, GroupTag));

    public void AskForSetup() => Send(new StatusMessageFrame(
        FrameFlags.StatusSendSetup, SessionId, AeronPair.StreamId, 0, 0, 0, ReceiverId, GroupTag));

    public void Status(int termOffset = 0, byte flags = 0, int? termId = null) => Send(new StatusMessageFrame(
        flags, SessionId, AeronPair.StreamId, termId ?? RawPublisher.InitialTermId, termOffset, Window, ReceiverId, GroupTag));

    public void Nak(int termOffset, int length)
    {
        var nak = new NakFrame(SessionId, AeronPair.StreamId, RawPublisher.InitialTermId, termOffset, length);
        Send(_buffer.AsSpan(0, nak.Write(_buffer)));
    }

    public void Error(ReadOnlySpan<byte> reason)
    {
        var error = new ErrorFrame(
            GroupTag is null ? (byte)0 : FrameFlags.ErrorHasGroupTag,
            SessionId,
            AeronPair.StreamId,
            ReceiverId,
            GroupTag ?? 0,
            ErrorFrame.ImageRejected,
            reason);
        Send(_buffer.AsSpan(0, error.Write(_buffer)));
    }

    public void Send(ReadOnlySpan<byte> datagram) => _socket.TrySend(datagram, Sender);

    /// <summary>Every datagram that waits.</summary>
    public List<byte[]> Take()
    {
        List<byte[]> waiting = [];
        while (_socket.TryReceive(_buffer, out var from) is > 0 and var length)
        {
            Sender = from;
            waiting.Add(_buffer[..length]);
        }

        return waiting;
    }

    /// <summary>Of those the data: where it is and how long the datagram is.</summary>
    public List<(int TermOffset, int Length)> TakeData() =>
    [
        .. Take().Where(bytes => DataHeader.TryRead(bytes, out _) == FrameFault.None && !DataHeader.IsHeartbeat(bytes))
            .Select(bytes => (DataHeader.Read(bytes).TermOffset, bytes.Length)),
    ];

    public List<SetupFrame> TakeSetups() =>
    [
        .. Take().Select(bytes => SetupFrame.TryRead(bytes, out var setup) == FrameFault.None ? setup : (SetupFrame?)null)
            .OfType<SetupFrame>(),
    ];

    public void Dispose() => _socket.Dispose();

    private void Send(in StatusMessageFrame status) => Send(_buffer.AsSpan(0, status.Write(_buffer)));
}

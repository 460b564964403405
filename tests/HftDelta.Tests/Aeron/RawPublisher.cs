using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron;

/// <summary>
/// A publisher written by hand, frame by frame, that keeps to no rules unless the test does: the stream of the recorded
/// scenarios, session 101 of stream 1001 with terms of 64 KiB from term 7 on.
/// </summary>
internal sealed class RawPublisher(DatagramSocket socket, int sessionId = RawPublisher.RecordedSessionId) : IDisposable
{
    public const int RecordedSessionId = 101;
    public const int InitialTermId = 7;
    public const int TermLength = 64 * 1024;

    private const int MtuLength = 1_408;

    private readonly byte[] _buffer = new byte[65_536];

    public SocketEndpoint Address => socket.LocalEndpoint;

    /// <summary>At a machine of the simulated network, connected to where the subscriber listens.</summary>
    public static RawPublisher At(
        SimulatedHost host, string to = "10.0.0.2:24331", int sessionId = RecordedSessionId) =>
        new(host.Open(new DatagramSocketOptions { Remote = SocketEndpoint.Parse(to) }), sessionId);

    public void Setup(byte flags = 0, int termOffset = 0, int termLength = TermLength)
    {
        var setup = new SetupFrame(
            flags, termOffset, sessionId, AeronPair.StreamId, InitialTermId, InitialTermId, termLength, MtuLength);
        Send(_buffer.AsSpan(0, setup.Write(_buffer)));
    }

    public void Heartbeat(int termOffset, byte flags = FrameFlags.DataUnfragmented) =>
        Frame(termOffset, frameLength: 0, flags, DataHeader.LengthBytes);

    /// <summary>One frame with this payload.</summary>
    public void Data(int termOffset, ReadOnlySpan<byte> payload, byte flags = FrameFlags.DataUnfragmented)
    {
        var length = DataHeader.LengthBytes + payload.Length;
        Fill(termOffset, length, flags, TermArithmetic.Align(length));
        payload.CopyTo(_buffer.AsSpan(DataHeader.LengthBytes));
        Send(_buffer.AsSpan(0, TermArithmetic.Align(length)));
    }

    public void Frame(int termOffset, int frameLength, byte flags, int datagramLength)
    {
        Fill(termOffset, frameLength, flags, datagramLength);
        Send(_buffer.AsSpan(0, datagramLength));
    }

    public void Send(ReadOnlySpan<byte> datagram) =>
        Assert.That(socket.TrySend(datagram, socket.RemoteEndpoint), Is.EqualTo(datagram.Length));

    /// <summary>What came back and was not taken yet.</summary>
    public List<byte[]> Answers()
    {
        List<byte[]> answers = [];
        while (socket.TryReceive(_buffer, out _) is > 0 and var length)
        {
            answers.Add(_buffer[..length]);
        }

        return answers;
    }

    public static List<StatusMessageFrame> Statuses(IEnumerable<byte[]> answers) =>
    [
        .. answers.Select(bytes =>
                StatusMessageFrame.TryRead(bytes, out var read) == FrameFault.None ? read : (StatusMessageFrame?)null)
            .OfType<StatusMessageFrame>(),
    ];

    public static List<NakFrame> Naks(IEnumerable<byte[]> answers) =>
    [
        .. answers.Select(bytes => NakFrame.TryRead(bytes, out var read) == FrameFault.None ? read : (NakFrame?)null)
            .OfType<NakFrame>(),
    ];

    public static List<byte[]> OfType(IEnumerable<byte[]> answers, FrameType type) =>
        [.. answers.Where(bytes => FrameHeader.Classify(bytes, out var found) == FrameFault.None && found == type)];

    public void Dispose() => socket.Dispose();

    private void Fill(int termOffset, int frameLength, byte flags, int datagramLength)
    {
        _buffer.AsSpan(0, datagramLength).Clear();
        new DataHeader(frameLength, flags, FrameType.Data, termOffset, sessionId, AeronPair.StreamId, InitialTermId)
            .Write(_buffer);
    }
}

using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Publications;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// The socket that the publications of one channel share: data leaves by it, and the receiver's control frames come back to it.
/// Owner: the sender, but for <see cref="References"/>.
/// </summary>
internal sealed class SendChannelEndpoint(string key, DatagramSocket socket, SenderCounters counters) : IDisposable
{
    private const int ControlDatagramsMax = 16;

    private readonly Dictionary<long, PublicationSender> _publications = [];

    public string Key { get; } = key;

    /// <summary>What tools see of it.</summary>
    public required ChannelCounters Shown { get; init; }

    public SocketEndpoint LocalEndpoint => socket.LocalEndpoint;

    /// <summary>Publications that use it, counted under the driver's gate.</summary>
    public int References { get; set; }

    public void Add(PublicationSender publication) =>
        _publications.Add(Ids(publication.Publication.SessionId, publication.Publication.StreamId), publication);

    public void Remove(NetworkPublication publication) => _publications.Remove(Ids(publication.SessionId, publication.StreamId));

    /// <summary>Sends one datagram; its length when it left.</summary>
    public int TrySend(ReadOnlySpan<byte> datagram)
    {
        var sent = socket.TrySend(datagram, socket.RemoteEndpoint);
        if (sent == datagram.Length)
        {
            counters.Datagrams.Increment();
            counters.Bytes.Add(sent);
        }
        else
        {
            CountFailure(sent);
        }

        return sent;
    }

    /// <summary>Takes the control frames that wait, up to a bound.</summary>
    /// <returns>How many.</returns>
    public int PollControl(byte[] buffer, long nowNanos)
    {
        var count = 0;
        while (count < ControlDatagramsMax)
        {
            var length = socket.TryReceive(buffer, out _);
            if (length == DatagramResult.WouldBlock)
            {
                break;
            }

            count++;
            if (length > 0)
            {
                OnControl(buffer.AsSpan(0, length), nowNanos);
            }
            else if (length == DatagramResult.Truncated)
            {
                counters.DatagramsInvalid.Increment();
            }
            else
            {
                CountFailure(length);
            }
        }

        return count;
    }

    public void Dispose() => socket.Dispose();

    private static long Ids(int sessionId, int streamId) => ((long)streamId << 32) | (uint)sessionId;

    private void OnControl(ReadOnlySpan<byte> datagram, long nowNanos)
    {
        var fault = FrameHeader.Classify(datagram, out var type);
        if (fault == FrameFault.None)
        {
            fault = type switch
            {
                FrameType.StatusMessage => OnStatusMessage(datagram, nowNanos),
                FrameType.NegativeAcknowledgement => OnNak(datagram, nowNanos),
                FrameType.RoundTripMeasurement => OnRoundTrip(datagram),
                FrameType.Error => OnError(datagram),
                _ => FrameFault.None,
            };
        }

        if (fault != FrameFault.None)
        {
            counters.DatagramsInvalid.Increment();
        }
    }

    private FrameFault OnStatusMessage(ReadOnlySpan<byte> datagram, long nowNanos)
    {
        var fault = StatusMessageFrame.TryRead(datagram, out var status);
        if (fault == FrameFault.None)
        {
            counters.StatusMessages.Increment();
            if (_publications.TryGetValue(Ids(status.SessionId, status.StreamId), out var publication))
            {
                publication.OnStatusMessage(status, nowNanos);
            }
        }

        return fault;
    }

    private FrameFault OnNak(ReadOnlySpan<byte> datagram, long nowNanos)
    {
        var fault = NakFrame.TryRead(datagram, out var nak);
        if (fault == FrameFault.None)
        {
            counters.Naks.Increment();
            if (_publications.TryGetValue(Ids(nak.SessionId, nak.StreamId), out var publication))
            {
                publication.OnNak(nak, nowNanos);
            }
        }

        return fault;
    }

    private FrameFault OnRoundTrip(ReadOnlySpan<byte> datagram)
    {
        var fault = RoundTripFrame.TryRead(datagram, out var request);
        if (fault == FrameFault.None && request.IsAnswerWanted
            && _publications.TryGetValue(Ids(request.SessionId, request.StreamId), out var publication))
        {
            publication.OnRoundTripRequest(request);
        }

        return fault;
    }

    private FrameFault OnError(ReadOnlySpan<byte> datagram)
    {
        var fault = ErrorFrame.TryRead(datagram, out var error);
        if (fault == FrameFault.None
            && _publications.TryGetValue(Ids(error.SessionId, error.StreamId), out var publication))
        {
            publication.OnError(error.ReceiverId);
        }

        return fault;
    }

    private void CountFailure(int result)
    {
        var counter = result switch
        {
            DatagramResult.WouldBlock => counters.ShortSends,
            DatagramResult.PeerUnreachable => counters.PeerUnreachable,
            _ => counters.SendFailures,
        };
        counter.Increment();
    }
}

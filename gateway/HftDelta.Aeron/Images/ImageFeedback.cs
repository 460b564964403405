using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.Images;

/// <summary>What an image tells its senders: every frame goes to each of them, by the socket that it is heard at. Owner: the
/// receiver.</summary>
internal sealed class ImageFeedback(ReceiveChannelEndpoint endpoint, ImageSources sources, in SetupFrame setup, long? groupTag)
{
    private readonly int _sessionId = setup.SessionId;
    private readonly int _streamId = setup.StreamId;

    /// <summary>What the endpoint called itself when the image began: it stays the same receiver for its senders.</summary>
    public long ReceiverId { get; } = endpoint.ReceiverId;

    public void Status(byte flags, int termId, int termOffset, int windowLengthBytes)
    {
        var status = new StatusMessageFrame(
            flags, _sessionId, _streamId, termId, termOffset, windowLengthBytes, ReceiverId, groupTag);
        endpoint.Counters.StatusMessages.Add(Send(status.Write(endpoint.ControlBuffer)));
    }

    public void Nak(int termId, int termOffset, int lengthBytes)
    {
        var nak = new NakFrame(_sessionId, _streamId, termId, termOffset, lengthBytes);
        endpoint.Counters.Naks.Add(Send(nak.Write(endpoint.ControlBuffer)));
    }

    /// <summary>The image is refused; the reason is ASCII.</summary>
    public void Rejection(ReadOnlySpan<byte> reason)
    {
        var error = new ErrorFrame(
            groupTag is null ? FrameFlags.None : FrameFlags.ErrorHasGroupTag,
            _sessionId,
            _streamId,
            ReceiverId,
            groupTag ?? 0,
            ErrorFrame.ImageRejected,
            reason);
        endpoint.Counters.Errors.Add(Send(error.Write(endpoint.ControlBuffer)));
    }

    public void RoundTripRequest(long nowNanos)
    {
        var request = new RoundTripFrame(
            FrameFlags.RoundTripReply, _sessionId, _streamId, nowNanos, 0, ReceiverId);
        endpoint.Counters.RoundTripRequests.Add(Send(request.Write(endpoint.ControlBuffer)));
    }

    /// <summary>Names the session of the stream that answers this one.</summary>
    public void ResponseSetup(int responseSessionId)
    {
        var setup = new ResponseSetupFrame(_sessionId, _streamId, responseSessionId);
        endpoint.Counters.ResponseSetups.Add(Send(setup.Write(endpoint.ControlBuffer)));
    }

    // How many left.
    private int Send(int lengthBytes)
    {
        var sent = 0;
        var frame = endpoint.ControlBuffer.AsSpan(0, lengthBytes);
        foreach (var source in sources.All)
        {
            sent += endpoint.TrySend(source.Transport, frame, source.ControlTo) == lengthBytes ? 1 : 0;
        }

        return sent;
    }
}

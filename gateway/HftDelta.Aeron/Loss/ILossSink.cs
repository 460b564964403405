using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Loss;

/// <summary>
/// Takes what the receiver tells about losses. Cold: told once for each gap that is found, not for its repetitions. Owner: the
/// receiver, the one caller.
/// </summary>
internal interface ILossSink
{
    void OnLoss(in LossObservation loss);
}

/// <summary>A gap that was found in a received stream.</summary>
/// <param name="ImageCorrelationId">The image that it was found in.</param>
/// <param name="SessionId">The image's.</param>
/// <param name="StreamId">The image's.</param>
/// <param name="Channel">The subscription's.</param>
/// <param name="Source">Where the stream comes from.</param>
/// <param name="LostBytes">The gap's length, headers and padding included.</param>
/// <param name="NowNanos">When.</param>
internal readonly record struct LossObservation(
    long ImageCorrelationId,
    int SessionId,
    int StreamId,
    string Channel,
    SocketEndpoint Source,
    int LostBytes,
    long NowNanos);

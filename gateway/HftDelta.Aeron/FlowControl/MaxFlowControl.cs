using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.FlowControl;

/// <summary>
/// The sender may go as far as the furthest status message allowed; what was allowed once is never taken back. For one receiver,
/// and for a group whose fastest decides.
/// </summary>
internal sealed class MaxFlowControl(int retransmitWindowMultiple) : SenderFlowControl(retransmitWindowMultiple)
{
    public override long OnStatusMessage(in StatusMessageFrame status, long position, long senderLimit, long nowNanos) =>
        Math.Max(senderLimit, position + status.ReceiverWindow);
}

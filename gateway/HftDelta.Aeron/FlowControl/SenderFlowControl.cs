using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.FlowControl;

/// <summary>
/// How far a sender may go, by what its receivers say, and how much one NAK brings back. Asked once for a control frame or an
/// idle cycle, never for a message. Owner: the sender.
/// </summary>
internal abstract class SenderFlowControl(int retransmitWindowMultiple)
{
    // What the official driver takes a receiver's window to be when it was not told.
    private const int ReceiverWindowLengthBytes = 128 * 1024;

    /// <summary>The group is complete; always so where no group is asked for.</summary>
    public virtual bool HasRequiredReceivers => true;

    /// <summary>Receivers that hold the sender back.</summary>
    public virtual int ReceiverCount => 0;

    public static SenderFlowControl For(FlowControlChoice? choice, bool hasGroupSemantics, AeronOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var multiple = choice?.RetransmitWindowMultiple
            ?? (hasGroupSemantics ? options.GroupRetransmitWindowMultiple : options.UnicastRetransmitWindowMultiple);
        var kind = choice?.Kind ?? FlowControlKind.Max;
        return kind == FlowControlKind.Max
            ? new MaxFlowControl(multiple)
            : new MinFlowControl(
                kind == FlowControlKind.Tagged ? choice?.GroupTag ?? options.FlowControlGroupTag : null,
                choice?.GroupSizeMin ?? options.FlowControlGroupSizeMin,
                choice?.ReceiverTimeoutNanos ?? options.FlowControlReceiverTimeoutNanos,
                multiple);
    }

    /// <summary>A status message with a position.</summary>
    /// <returns>Where the sender stops from now on.</returns>
    public abstract long OnStatusMessage(in StatusMessageFrame status, long position, long senderLimit, long nowNanos);

    /// <summary>A status message that wants a SETUP.</summary>
    public virtual void OnSetupAsked(in StatusMessageFrame status)
    {
    }

    /// <summary>A SETUP that was asked for has left.</summary>
    public virtual void OnSetupSent(long senderLimit, long nowNanos)
    {
    }

    /// <summary>A receiver refuses the stream.</summary>
    public virtual void OnError(in ErrorFrame error)
    {
    }

    /// <summary>A cycle in which nothing was sent.</summary>
    /// <returns>Where the sender stops from now on.</returns>
    public virtual long OnIdle(long senderLimit, long nowNanos) => senderLimit;

    /// <summary>How much of what a NAK asks for is sent at most.</summary>
    public int RetransmitLength(int gapLengthBytes, int termOffset, int termLengthBytes)
    {
        var window = Math.Min(ReceiverWindowLengthBytes, termLengthBytes / 2);
        var lengthMax = Math.Min((long)retransmitWindowMultiple * window, termLengthBytes - termOffset);
        return (int)Math.Min(gapLengthBytes, lengthMax);
    }
}

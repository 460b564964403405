namespace HftDelta.Aeron.FlowControl;

/// <summary>
/// Flow control towards one receiver: the sender may go as far as the furthest status message allowed; what was allowed once is
/// never taken back. The rule for several receivers by maximum is the same.
/// </summary>
internal static class UnicastFlowControl
{
    private const int RetransmitReceiverWindowMultiple = 16;
    private const int ReceiverWindowLengthBytes = 128 * 1024;

    public static long OnStatusMessage(long senderLimit, long consumptionPosition, int receiverWindowBytes) =>
        Math.Max(senderLimit, consumptionPosition + receiverWindowBytes);

    /// <summary>How much of what a NAK asks for is sent at most.</summary>
    public static int RetransmitLength(int gapLengthBytes, int termOffset, int termLengthBytes)
    {
        var window = Math.Min(ReceiverWindowLengthBytes, termLengthBytes / 2);
        var lengthMax = Math.Min((long)RetransmitReceiverWindowMultiple * window, termLengthBytes - termOffset);
        return (int)Math.Min(gapLengthBytes, lengthMax);
    }
}

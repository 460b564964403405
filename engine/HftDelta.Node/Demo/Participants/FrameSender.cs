using System.Diagnostics;
using HftDelta.Gateway.Connections;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Puts frames into the ring to the venue one by one, as clients do; a full ring is waited for, which in lockstep changes
/// nothing that follows.
/// </summary>
internal static class FrameSender
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">The ring stays full.</exception>
    public static void Send(InProcessConnection connection, ReadOnlySpan<byte> frame)
    {
        if (connection.TrySend(frame))
        {
            return;
        }

        var begun = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (!connection.TrySend(frame))
        {
            if (Stopwatch.GetElapsedTime(begun) > Deadline)
            {
                throw new TimeoutException("the venue reads no frames any more");
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}

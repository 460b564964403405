using System.Diagnostics;
using HftDelta.Gateway.Connections;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Puts frames into the ring to the venue; a full ring is waited for, which in lockstep changes nothing that follows.
/// </summary>
internal static class FrameSender
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Lays a frame into the ring. It is shown with the next barrier, or when the ring is full.</summary>
    public static void Send(InProcessConnection connection, ReadOnlySpan<byte> frame)
    {
        if (connection.TryStage(frame))
        {
            return;
        }

        connection.Flush();
        var begun = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (!connection.TryStage(frame))
        {
            if (Stopwatch.GetElapsedTime(begun) > Deadline)
            {
                throw new TimeoutException("the venue reads no frames any more");
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}

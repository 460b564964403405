using System.Buffers.Binary;
using System.Diagnostics;
using HdrHistogram;
using HftDelta.Perf.Rings;

namespace HftDelta.Perf.Network;

/// <summary>
/// Ping-pong between two threads, one message under way. Each trip is timed by itself, with one reading of the clock; the next
/// starts when the last has come back.
/// </summary>
internal static class RoundTrips
{
    private const int BufferLengthBytes = 2_048;

    public static void Run(
        TwoThreads threads, MessageEnd near, MessageEnd far, int lengthBytes, int trips, HistogramBase histogram) =>
        threads.Run(() => Echo(far, trips), () => Measure(near, lengthBytes, trips, histogram));

    private static void Echo(MessageEnd end, int trips)
    {
        var buffer = new byte[BufferLengthBytes];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var trip = 0; trip < trips; trip++)
        {
            var length = Receive(end, buffer);
            Send(end, buffer.AsSpan(0, length));
        }

        // What was handed over last may still have to leave.
        end.TryReceive(buffer);
        end.CountAllocations(allocated);
    }

    private static void Measure(MessageEnd end, int lengthBytes, int trips, HistogramBase histogram)
    {
        var buffer = new byte[BufferLengthBytes];
        var message = new byte[lengthBytes];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var last = Stopwatch.GetTimestamp();
        for (var trip = 1L; trip <= trips; trip++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(message, trip);
            Send(end, message);
            if (Receive(end, buffer) != lengthBytes || BinaryPrimitives.ReadInt64LittleEndian(buffer) != trip)
            {
                throw new InvalidOperationException("another message came back than the one sent");
            }

            var now = Stopwatch.GetTimestamp();
            histogram.RecordValue((now - last) * 1_000_000_000 / Stopwatch.Frequency);
            last = now;
        }

        end.CountAllocations(allocated);
    }

    private static void Send(MessageEnd end, ReadOnlySpan<byte> message)
    {
        var patience = default(Patience);
        while (!end.TrySend(message))
        {
            patience.Idle();
        }
    }

    private static int Receive(MessageEnd end, byte[] buffer)
    {
        var patience = default(Patience);
        while (true)
        {
            var length = end.TryReceive(buffer);
            if (length > 0)
            {
                return length;
            }

            patience.Idle();
        }
    }
}

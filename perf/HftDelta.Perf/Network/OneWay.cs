using System.Buffers.Binary;
using HftDelta.Aeron;
using HftDelta.Perf.Pipeline;
using HftDelta.Perf.Rings;

namespace HftDelta.Perf.Network;

/// <summary>
/// As many messages as go from one thread to another: through Aeron, which packs those that wait into a datagram, and through
/// bare sockets, packed by hand without any header. A variable between the threads holds the bare sender back, since sockets
/// that nobody holds back drop what they have no room for. Told is the median chunk of what the reader reads.
/// </summary>
/// <param name="threads">One for each end.</param>
/// <param name="mtuLengthBytes">The longest datagram of either side.</param>
internal sealed class OneWay(TwoThreads threads, int mtuLengthBytes)
{
    /// <summary>Of a message.</summary>
    public const int LengthBytes = 32;

    // What may be on its way between the sockets: the window that Aeron's receiver grants.
    private const int WindowLengthBytes = 128 * 1_024;

    // Messages that travel alone are so slow that fewer make a chunk that nobody interrupts.
    private const int ChunkOfSingles = 64;

    /// <summary>Offered between two turns of the driver: half a window, so that it always has something to send.</summary>
    public const int BurstMax = 1_024;

    private const int FragmentsPerPollMax = 256;

    private long _received;

    /// <summary>As many messages as a datagram holds without headers.</summary>
    public int MessagesPerDatagram { get; } = mtuLengthBytes / LengthBytes;

    /// <summary>Nanoseconds for each message.</summary>
    public double NanosOfSockets(RawEnd near, RawEnd far, int count, int perDatagram)
    {
        Volatile.Write(ref _received, 0);
        var chunk = perDatagram == 1 ? ChunkOfSingles : ChunkClock.Chunk;
        return Nanos(() => Pack(near, count, perDatagram), clock => Unpack(far, count, clock), count, chunk);
    }

    public double NanosOfAeron(AeronEnd near, AeronEnd far, int count)
    {
        Volatile.Write(ref _received, 0);
        return Nanos(() => Offer(near, count), clock => Poll(far, count, clock), count, ChunkClock.Chunk);
    }

    private double Nanos(Action send, Func<ChunkClock, long> receive, int count, int chunk)
    {
        var sum = 0L;
        ChunkClock? clock = null;
        threads.Run(send, () =>
        {
            clock = new ChunkClock(chunk);
            sum = receive(clock);
        });
        return sum == (long)count * (count + 1) / 2
            ? clock!.MedianNanos
            : throw new InvalidOperationException("messages were lost, torn or came twice");
    }

    private void Pack(RawEnd end, int count, int perDatagram)
    {
        // In datagrams of full length: the system counts datagrams rather than bytes, so short ones are not more.
        var window = WindowLengthBytes / mtuLengthBytes * perDatagram;
        var datagram = new byte[mtuLengthBytes];
        var message = new byte[LengthBytes];
        var patience = default(Patience);
        for (var sent = 0; sent < count;)
        {
            var messages = Math.Min(perDatagram, count - sent);
            for (var index = 0; index < messages; index++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(message, sent + index + 1);
                message.CopyTo(datagram, index * LengthBytes);
            }

            while (sent + messages - Volatile.Read(ref _received) > window
                || !end.TrySend(datagram.AsSpan(0, messages * LengthBytes)))
            {
                patience.Idle();
            }

            patience.Reset();
            sent += messages;
        }
    }

    private long Unpack(RawEnd end, int count, ChunkClock clock)
    {
        var buffer = new byte[mtuLengthBytes];
        var patience = default(Patience);
        var sum = 0L;
        for (var received = 0; received < count;)
        {
            var length = end.TryReceive(buffer);
            if (length == 0)
            {
                patience.Idle();
                continue;
            }

            for (var offset = 0; offset < length; offset += LengthBytes)
            {
                sum += BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(offset));
                received++;
                clock.Count();
            }

            Volatile.Write(ref _received, received);
            patience.Reset();
        }

        return sum;
    }

    private void Offer(AeronEnd end, int count)
    {
        var message = new byte[LengthBytes];
        var patience = default(Patience);
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        // Until everything has arrived: what was lost is asked for again, and the driver must be there to answer.
        for (var sent = 0; Volatile.Read(ref _received) < count;)
        {
            var work = 0;
            while (work < BurstMax && sent < count)
            {
                BinaryPrimitives.WriteInt64LittleEndian(message, sent + 1L);
                if (!end.TrySend(message))
                {
                    break;
                }

                sent++;
                work++;
            }

            if (work + end.DoWork() == 0)
            {
                patience.Idle();
            }
            else
            {
                patience.Reset();
            }
        }

        end.CountAllocations(allocated);
    }

    private long Poll(AeronEnd end, int count, ChunkClock clock)
    {
        var patience = default(Patience);
        var handler = new SumHandler(clock);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        while (handler.Received < count)
        {
            if (end.DoWork() + end.Poll(ref handler, FragmentsPerPollMax) == 0)
            {
                patience.Idle();
            }
            else
            {
                patience.Reset();
            }
        }

        end.CountAllocations(allocated);
        Volatile.Write(ref _received, count);
        return handler.Sum;
    }

    private struct SumHandler(ChunkClock clock) : IFragmentHandler
    {
        public long Sum { get; private set; }

        public int Received { get; private set; }

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
        {
            Sum += BinaryPrimitives.ReadInt64LittleEndian(payload);
            Received++;
            clock.Count();
        }
    }
}

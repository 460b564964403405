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
internal sealed class OneWay(TwoThreads threads, int lengthBytes)
{
    /// <summary>Longest datagram of either side.</summary>
    public const int MtuLengthBytes = 1_408;

    /// <summary>
    /// What may be on its way between the sockets: the window that Aeron's receiver grants, in datagrams of full length. The
    /// system counts datagrams rather than bytes, so short ones are not more.
    /// </summary>
    private const int WindowDatagrams = 128 * 1_024 / MtuLengthBytes;

    // Messages that travel alone are so slow that fewer make a chunk that nobody interrupts.
    private const int ChunkOfSingles = 64;
    private const int BurstMax = 64;
    private const int FragmentsPerPollMax = 256;

    private long _received;

    /// <summary>As many messages as a datagram holds without headers.</summary>
    public int MessagesPerDatagram { get; } = MtuLengthBytes / lengthBytes;

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
        var window = WindowDatagrams * perDatagram;
        var datagram = new byte[MtuLengthBytes];
        var message = new byte[lengthBytes];
        var patience = default(Patience);
        for (var sent = 0; sent < count;)
        {
            var messages = Math.Min(perDatagram, count - sent);
            for (var index = 0; index < messages; index++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(message, sent + index + 1);
                message.CopyTo(datagram, index * lengthBytes);
            }

            while (sent + messages - Volatile.Read(ref _received) > window
                || !end.TrySend(datagram.AsSpan(0, messages * lengthBytes)))
            {
                patience.Idle();
            }

            patience.Reset();
            sent += messages;
        }
    }

    private long Unpack(RawEnd end, int count, ChunkClock clock)
    {
        var buffer = new byte[MtuLengthBytes];
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

            for (var offset = 0; offset < length; offset += lengthBytes)
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
        var message = new byte[lengthBytes];
        var patience = default(Patience);

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
    }

    private long Poll(AeronEnd end, int count, ChunkClock clock)
    {
        var patience = default(Patience);
        var handler = new SumHandler(clock);
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

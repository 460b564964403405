using System.Diagnostics;
using System.Runtime.InteropServices;
using Disruptor;
using Disruptor.Dsl;
using HftDelta.Runtime.Rings;
using HdrHistogram;

namespace HftDelta.Perf.Rings;

/// <summary>
/// Round trips between two threads: through two rings, and as the floor through two padded variables. Each trip is timed by
/// itself, with one reading of the clock per trip; the next starts when the last has come back.
/// </summary>
internal static class PingPong
{
    private const int SeparationBytes = 128;

    public static void RunFloor(TwoThreads threads, int trips, HistogramBase histogram)
    {
        var words = new Words();
        Run(
            threads,
            trips,
            histogram,
            echo: () =>
            {
                var idle = default(SpinThenYield);
                for (var trip = 1L; trip <= trips; trip++)
                {
                    while (Volatile.Read(ref words.Fields.Ping) != trip)
                    {
                        idle.Idle();
                    }

                    idle.Reset();
                    Volatile.Write(ref words.Fields.Pong, trip);
                }
            },
            trip: number =>
            {
                var idle = default(SpinThenYield);
                Volatile.Write(ref words.Fields.Ping, number);
                while (Volatile.Read(ref words.Fields.Pong) != number)
                {
                    idle.Idle();
                }
            });
    }

    public static void RunRings(TwoThreads threads, int trips, HistogramBase histogram)
    {
        using var ping = new Lane();
        using var pong = new Lane();
        Run(
            threads,
            trips,
            histogram,
            echo: () =>
            {
                for (var trip = 1L; trip <= trips; trip++)
                {
                    pong.Send(ping.Receive());
                }
            },
            trip: number =>
            {
                ping.Send(number);
                if (pong.Receive() != number)
                {
                    throw new InvalidOperationException("a ring returned another message than the one sent");
                }
            });
    }

    private static void Run(TwoThreads threads, int trips, HistogramBase histogram, Action echo, Action<long> trip) =>
        threads.Run(echo, () =>
        {
            var last = Stopwatch.GetTimestamp();
            for (var number = 1L; number <= trips; number++)
            {
                trip(number);
                var now = Stopwatch.GetTimestamp();

                // Ticks are scaled by hand: a TimeSpan holds no less than 100 ns.
                histogram.RecordValue((now - last) * 1_000_000_000 / Stopwatch.Frequency);
                last = now;
            }
        });

    /// <summary>A ring in one direction with its reader.</summary>
    private sealed class Lane : IDisposable
    {
        private readonly UnmanagedRingBufferMemory _memory = UnmanagedRingBufferMemory.Allocate(64, 64);
        private readonly UnmanagedRingBuffer<Message> _ring;
        private readonly SequenceReader _reader;

        public Lane()
        {
            var sequencer = SequencerFactory.Create(ProducerType.Single, _memory.EventCount);
            _ring = new UnmanagedRingBuffer<Message>(_memory.PointerToFirstEvent, _memory.EventSize, sequencer);
            _reader = new SequenceReader(sequencer);
            _ring.AddGatingSequences(_reader.Sequence);
        }

        public void Send(long number)
        {
            var sequence = _ring.Next();
            _ring[sequence].Sequence = number;
            _ring.Publish(sequence);
        }

        public long Receive()
        {
            var idle = default(SpinThenYield);
            var next = _reader.NextSequence;
            while (_reader.GetAvailableSequence() < next)
            {
                idle.Idle();
            }

            var number = _ring[next].Sequence;
            _reader.Release(next);
            return number;
        }

        public void Dispose() => _memory.Dispose();
    }

    private sealed class Words
    {
        public PaddedPair Fields;
    }

    [StructLayout(LayoutKind.Explicit, Size = (3 * SeparationBytes) + 16)]
    private struct PaddedPair
    {
        [FieldOffset(SeparationBytes)] public long Ping;
        [FieldOffset((2 * SeparationBytes) + 8)] public long Pong;
    }
}

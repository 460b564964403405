using System.Diagnostics;
using System.Runtime.InteropServices;
using Disruptor;
using Disruptor.Dsl;
using HdrHistogram;
using HftDelta.Runtime.Rings;

namespace HftDelta.Perf.Rings;

/// <summary>
/// Round trips between two threads, one message under way: through two rings, and as the floor through two padded variables.
/// Both in short slices in turns between the same two threads, because a machine changes how near two cores are to each other.
/// </summary>
internal sealed class PingPong : IDisposable
{
    private const int SeparationBytes = 128;

    private readonly Words _words = new();
    private readonly Lane _ping = new();
    private readonly Lane _pong = new();
    private readonly int _trips;

    private PingPong(int trips) => _trips = trips;

    /// <summary>The mean of so many trips through two rings.</summary>
    public static double Nanos(TwoThreads threads, int trips)
    {
        using var game = new PingPong(trips);
        var nanos = 0.0;
        threads.Run(game.EchoRings, () => nanos = game.TripRings(null));
        return nanos;
    }

    /// <summary>Pairs of slices; the figures are the mean trip of each slice, without a look at the clock for each.</summary>
    public static PairedRuns Measure(TwoThreads threads, int pairs, int trips)
    {
        var floors = new double[pairs];
        var subjects = new double[pairs];
        Play(threads, pairs, trips, (game, pair) => floors[pair] = game.TripWords(null), (game, pair) =>
            subjects[pair] = game.TripRings(null));
        return PairedRuns.Of(floors, subjects);
    }

    /// <summary>The same with each trip timed by itself.</summary>
    public static void Record(TwoThreads threads, int pairs, int trips, HistogramBase floor, HistogramBase rings) =>
        Play(threads, pairs, trips, (game, _) => game.TripWords(floor), (game, _) => game.TripRings(rings));

    public void Dispose()
    {
        _ping.Dispose();
        _pong.Dispose();
    }

    private static void Play(
        TwoThreads threads, int pairs, int trips, Action<PingPong, int> floor, Action<PingPong, int> subject)
    {
        using var game = new PingPong(trips);
        threads.Run(
            () =>
            {
                for (var pair = 0; pair < pairs; pair++)
                {
                    Alternate(pair, game.EchoWords, game.EchoRings);
                }
            },
            () =>
            {
                for (var pair = 0; pair < pairs; pair++)
                {
                    var slice = pair;
                    Alternate(pair, () => floor(game, slice), () => subject(game, slice));
                }
            });
    }

    private static void Alternate(int pair, Action floor, Action subject)
    {
        var (first, second) = pair % 2 == 0 ? (floor, subject) : (subject, floor);
        first();
        second();
    }

    private void EchoWords()
    {
        var idle = default(SpinThenYield);
        ref var fields = ref _words.Fields;

        // Nobody else writes it, so it stands where the last slice ended.
        var from = fields.Pong;
        for (var trip = from + 1; trip <= from + _trips; trip++)
        {
            while (Volatile.Read(ref fields.Ping) != trip)
            {
                idle.Idle();
            }

            idle.Reset();
            Volatile.Write(ref fields.Pong, trip);
        }
    }

    private double TripWords(HistogramBase? histogram)
    {
        var idle = default(SpinThenYield);
        ref var fields = ref _words.Fields;
        var from = fields.Ping;
        var clock = new SliceClock(histogram);
        for (var trip = from + 1; trip <= from + _trips; trip++)
        {
            Volatile.Write(ref fields.Ping, trip);
            while (Volatile.Read(ref fields.Pong) != trip)
            {
                idle.Idle();
            }

            idle.Reset();
            clock.Lap();
        }

        return clock.MeanNanos(_trips);
    }

    private void EchoRings()
    {
        for (var trip = 0; trip < _trips; trip++)
        {
            _pong.Send(_ping.Receive());
        }
    }

    private double TripRings(HistogramBase? histogram)
    {
        var clock = new SliceClock(histogram);
        for (var trip = 0L; trip < _trips; trip++)
        {
            _ping.Send(trip);
            if (_pong.Receive() != trip)
            {
                throw new InvalidOperationException("a ring returned another message than the one sent");
            }

            clock.Lap();
        }

        return clock.MeanNanos(_trips);
    }

    /// <summary>Times a slice, and each of its trips where a histogram wants them. Owner: one thread, in a local.</summary>
    private struct SliceClock(HistogramBase? histogram)
    {
        private readonly long _began = Stopwatch.GetTimestamp();
        private long _last = Stopwatch.GetTimestamp();

        public void Lap()
        {
            if (histogram is not null)
            {
                // Ticks are scaled by hand: a TimeSpan holds no less than 100 ns.
                var now = Stopwatch.GetTimestamp();
                histogram.RecordValue((now - _last) * 1_000_000_000 / Stopwatch.Frequency);
                _last = now;
            }
        }

        public readonly double MeanNanos(int trips) =>
            (Stopwatch.GetTimestamp() - _began) * 1e9 / Stopwatch.Frequency / trips;
    }

    /// <summary>A ring in one direction with its reader.</summary>
    private sealed class Lane : IDisposable
    {
        private readonly UnmanagedRingBufferMemory _memory = UnmanagedRingBufferMemory.Allocate(64, Message.LineBytes);
        private readonly UnmanagedRingBuffer<Message> _ring;
        private readonly SequenceReader _reader;

        public Lane()
        {
            var sequencer = SequencerFactory.Create(ProducerType.Single, _memory.EventCount, new YieldingWaitStrategy());
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

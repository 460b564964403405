using System.Diagnostics;
using System.Runtime.CompilerServices;
using Disruptor;
using Disruptor.Dsl;
using HftDelta.Runtime.Rings;

namespace HftDelta.Perf.Rings;

/// <summary>
/// The subject: a native ring of a shape, read by the direct pollers. Each run goes on where the last has ended. Owner: the
/// thread that measures; within a run one thread for each producer and consumer.
/// </summary>
internal sealed class MeasuredRing : IDisposable
{
    private readonly UnmanagedRingBufferMemory _memory;
    private readonly UnmanagedRingBuffer<Message> _ring;
    private readonly RingPoller<Message, UnmanagedSlots<Message>>[] _pollers;
    private readonly int _producers;

    // Of the run at hand; not handed down, because one number more takes a register from the loops.
    private RingWait _way = RingWait.Usual;

    public MeasuredRing(RingShape shape, int size, int slotBytes)
    {
        _producers = shape.Producers;
        _memory = UnmanagedRingBufferMemory.Allocate(size, slotBytes);
        // Named, because the package's own choice is one that takes a lock for each publish.
        var producers = _producers == 1 ? ProducerType.Single : ProducerType.Multi;
        var sequencer = SequencerFactory.Create(producers, size, new YieldingWaitStrategy());
        _ring = new UnmanagedRingBuffer<Message>(_memory.PointerToFirstEvent, _memory.EventSize, sequencer);
        _pollers = new RingPoller<Message, UnmanagedSlots<Message>>[shape.Consumers.Length];
        for (var consumer = 0; consumer < _pollers.Length; consumer++)
        {
            var before = shape.Consumers[consumer].Select(index => _pollers[index].Sequence);
            _pollers[consumer] = RingPoller.Create(_ring, sequencer, [.. before]);
        }

        _ring.AddGatingSequences([.. shape.Last.Select(consumer => _pollers[consumer].Sequence)]);
    }

    /// <summary>Nanoseconds from when a thread of the consumers starts until all of them have read so many messages.</summary>
    public double Nanos(TwoThreads threads, int batch, long count, RingWait way)
    {
        _way = way;
        var began = new long[_pollers.Length];
        var ended = new long[_pollers.Length];
        var sums = new long[_pollers.Length];
        var loops = new List<Action>();
        for (var producer = 0; producer < _producers; producer++)
        {
            var share = (count / _producers) + (producer < count % _producers ? 1 : 0);
            loops.Add(() => Produce(share, batch));
        }

        for (var index = 0; index < _pollers.Length; index++)
        {
            var consumer = index;
            loops.Add(() =>
            {
                began[consumer] = Stopwatch.GetTimestamp();
                sums[consumer] = Consume(_pollers[consumer], count, way);
                ended[consumer] = Stopwatch.GetTimestamp();
            });
        }

        threads.Run([.. loops]);

        // Every message adds number ^ ~number, which is -1.
        return Array.TrueForAll(sums, sum => sum == -count)
            ? (ended.Max() - began.Min()) * 1e9 / Stopwatch.Frequency
            : throw new InvalidOperationException("the ring lost or tore a message");
    }

    public void Dispose() => _memory.Dispose();

    private static long Consume(RingPoller<Message, UnmanagedSlots<Message>> poller, long count, RingWait way)
    {
        var idle = new PauseThenYield(way.Pause);
        var handler = default(Summer);
        while (handler.Count < count)
        {
            if (poller.Poll(ref handler) == EventPoller.PollState.Processing)
            {
                idle.Reset();
            }
            else
            {
                idle.Idle();
            }
        }

        return handler.Sum;
    }

    private void Produce(long count, int batch)
    {
        if (batch == 1)
        {
            ProduceSingly(count);
        }
        else
        {
            ProduceBatches(count, batch);
        }
    }

    private void ProduceSingly(long count)
    {
        for (var written = 0L; written < count; written++)
        {
            var sequence = _ring.TryNext(out var claimed) ? claimed : ClaimLater(1);
            Write(sequence, written);
            _ring.Publish(sequence);
        }
    }

    private void ProduceBatches(long count, int batch)
    {
        var n = batch;
        for (var written = 0L; written < count;)
        {
            if (n > count - written)
            {
                n = (int)(count - written);
            }

            var highest = _ring.TryNext(n, out var claimed) ? claimed : ClaimLater(n);
            for (var sequence = highest - n + 1; sequence <= highest; sequence++)
            {
                Write(sequence, written++);
            }

            _ring.Publish(highest - n + 1, highest);
        }
    }

    // Out of line: what a wait needs would otherwise take registers from the loop that seldom comes here.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ClaimLater(int n)
    {
        if (_way.IsRoomLeftToTheLibrary)
        {
            return _ring.Next(n);
        }

        var idle = new PauseThenYield(_way.Pause);
        long highest;
        do
        {
            idle.Idle();
        }
        while (!_ring.TryNext(n, out highest));

        return highest;
    }

    private void Write(long sequence, long number)
    {
        ref var slot = ref _ring[sequence];
        slot.Sequence = number;
        slot.Check = ~number;
    }

    private struct Summer : IRingEventHandler<Message>
    {
        public long Sum;
        public long Count;

        public bool OnEvent(ref Message data, long sequence, bool endOfBatch)
        {
            Sum += data.Sequence ^ data.Check;
            Count++;
            return true;
        }
    }
}

using Disruptor;
using Disruptor.Dsl;
using HftDelta.Runtime.Rings;

namespace HftDelta.Perf.Rings;

/// <summary>
/// The subject: the native ring with its single-producer sequencer and the direct poller, as the pipeline uses it.
/// </summary>
internal sealed class MeasuredRing : IDisposable
{
    private readonly UnmanagedRingBufferMemory _memory;
    private readonly UnmanagedRingBuffer<Message> _ring;
    private readonly RingPoller<Message, UnmanagedSlots<Message>> _poller;

    public MeasuredRing(int size)
    {
        _memory = UnmanagedRingBufferMemory.Allocate(size, 64);
        var sequencer = SequencerFactory.Create(ProducerType.Single, size);
        _ring = new UnmanagedRingBuffer<Message>(_memory.PointerToFirstEvent, _memory.EventSize, sequencer);
        _poller = RingPoller.Create(_ring, sequencer);
        _ring.AddGatingSequences(_poller.Sequence);
    }

    public void Produce(long count, int batch)
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

    public long Consume(long count)
    {
        var idle = default(SpinThenYield);
        var handler = default(Summer);
        while (handler.Count < count)
        {
            if (_poller.Poll(ref handler) == EventPoller.PollState.Processing)
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

    public void Dispose() => _memory.Dispose();

    private void ProduceSingly(long count)
    {
        var idle = default(SpinThenYield);
        for (var written = 0L; written < count;)
        {
            if (!_ring.TryNext(out var sequence))
            {
                idle.Idle();
                continue;
            }

            idle.Reset();
            Write(sequence, written++);
            _ring.Publish(sequence);
        }
    }

    private void ProduceBatches(long count, int batch)
    {
        var idle = default(SpinThenYield);
        for (var written = 0L; written < count;)
        {
            var n = (int)Math.Min(batch, count - written);
            if (!_ring.TryNext(n, out var highest))
            {
                idle.Idle();
                continue;
            }

            idle.Reset();
            for (var sequence = highest - n + 1; sequence <= highest; sequence++)
            {
                Write(sequence, written++);
            }

            _ring.Publish(highest - n + 1, highest);
        }
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

using Disruptor;
using Disruptor.Dsl;
using HftDelta.Perf.Rings;
using HftDelta.Primitives;
using HftDelta.Runtime.Rings;

namespace HftDelta.Perf.Micro;

/// <summary>Messages published one by one and polled, on one thread; floor: the same words in an array.</summary>
internal sealed class RingWork : MicroWork
{
    private readonly UnmanagedRingBufferMemory _memory = UnmanagedRingBufferMemory.Allocate(Operations, Message.LineBytes);
    private readonly UnmanagedRingBuffer<Message> _ring;
    private readonly RingPoller<Message, UnmanagedSlots<Message>> _poller;
    private readonly Message[] _plain = new Message[Operations];

    public RingWork()
    {
        var sequencer = SequencerFactory.Create(ProducerType.Single, Operations, new YieldingWaitStrategy());
        _ring = new UnmanagedRingBuffer<Message>(_memory.PointerToFirstEvent, _memory.EventSize, sequencer);
        _poller = RingPoller.Create(_ring, sequencer);
        _ring.AddGatingSequences(_poller.Sequence);
    }

    public override void Run()
    {
        for (var operation = 0; operation < Operations && _ring.TryNext(out var sequence); operation++)
        {
            ref var slot = ref _ring[sequence];
            slot.Sequence = operation;
            slot.Check = ~operation;
            _ring.Publish(sequence);
        }

        var handler = default(Summer);
        _poller.Poll(ref handler);
        Check.That(handler.Sum == -Operations);
    }

    public override void RunFloor()
    {
        for (var operation = 0; operation < Operations; operation++)
        {
            ref var slot = ref _plain[operation];
            slot.Sequence = operation;
            slot.Check = ~operation;
        }

        var sum = 0L;
        foreach (ref readonly var slot in _plain.AsSpan())
        {
            sum += slot.Sequence ^ slot.Check;
        }

        Check.That(sum == -Operations);
    }

    public override void Dispose()
    {
        _memory.Dispose();
        base.Dispose();
    }

    private struct Summer : IRingEventHandler<Message>
    {
        public long Sum;

        public bool OnEvent(ref Message data, long sequence, bool endOfBatch)
        {
            Sum += data.Sequence ^ data.Check;
            return true;
        }
    }
}

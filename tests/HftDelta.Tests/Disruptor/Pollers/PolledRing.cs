using Disruptor;
using Disruptor.Dsl;
using HftDelta.Runtime.Rings;

namespace HftDelta.Tests.Disruptor.Pollers;

/// <summary>A ring with one poller behind it, so that all pollers go through the same tests.</summary>
internal interface IPolledRing
{
    ISequencer Sequencer { get; }

    Sequence PollerSequence { get; }

    void Write(long sequence, long value);

    EventPoller.PollState Poll(EventPoller.ValueHandler<long> handler);
}

internal static class PolledRing
{
    public static IPolledRing Create(string poller, ProducerType producerType, params Sequence[] dependencies) =>
        poller switch
        {
            "package, managed" => new PackageManaged(SequencerFactory.Create(producerType, 8), dependencies),
            "package, native" => new PackageNative(SequencerFactory.Create(producerType, 8), dependencies),
            "direct, managed" => new DirectManaged(SequencerFactory.Create(producerType, 8), dependencies),
            "direct, native" => new DirectNative(SequencerFactory.Create(producerType, 8), dependencies),
            _ => throw new ArgumentOutOfRangeException(nameof(poller)),
        };

    private static UnmanagedRingBuffer<long> NewNative(ISequencer sequencer, UnmanagedRingBufferMemory memory) =>
        new(memory.PointerToFirstEvent, memory.EventSize, sequencer);

    private sealed class PackageManaged(ISequencer sequencer, Sequence[] dependencies) : IPolledRing
    {
        private readonly ValueRingBuffer<long> _ring = new(sequencer);
        private ValueEventPoller<long>? _poller;

        public ISequencer Sequencer => sequencer;

        public Sequence PollerSequence => Poller.Sequence;

        private ValueEventPoller<long> Poller => _poller ??= _ring.NewPoller(dependencies);

        public void Write(long sequence, long value) => _ring[sequence] = value;

        public EventPoller.PollState Poll(EventPoller.ValueHandler<long> handler) => Poller.Poll(handler);
    }

    private sealed class PackageNative(ISequencer sequencer, Sequence[] dependencies) : IPolledRing
    {
        private readonly UnmanagedRingBufferMemory _memory = UnmanagedRingBufferMemory.Allocate(8, sizeof(long));
        private UnmanagedRingBuffer<long>? _ring;
        private ValueEventPoller<long>? _poller;

        public ISequencer Sequencer => sequencer;

        public Sequence PollerSequence => Poller.Sequence;

        private UnmanagedRingBuffer<long> Ring => _ring ??= NewNative(sequencer, _memory);

        private ValueEventPoller<long> Poller => _poller ??= sequencer.NewPoller(Ring, dependencies);

        public void Write(long sequence, long value) => Ring[sequence] = value;

        public EventPoller.PollState Poll(EventPoller.ValueHandler<long> handler) => Poller.Poll(handler);
    }

    private sealed class DirectManaged : IPolledRing
    {
        private readonly ValueRingBuffer<long> _ring;
        private readonly RingPoller<long, ValueSlots<long>> _poller;

        public DirectManaged(ISequencer sequencer, Sequence[] dependencies)
        {
            Sequencer = sequencer;
            _ring = new ValueRingBuffer<long>(sequencer);
            _poller = RingPoller.Create(_ring, sequencer, dependencies);
        }

        public ISequencer Sequencer { get; }

        public Sequence PollerSequence => _poller.Sequence;

        public void Write(long sequence, long value) => _ring[sequence] = value;

        public EventPoller.PollState Poll(EventPoller.ValueHandler<long> handler)
        {
            var wrapped = new DelegateHandler(handler);
            return _poller.Poll(ref wrapped);
        }
    }

    private sealed class DirectNative : IPolledRing
    {
        private readonly UnmanagedRingBufferMemory _memory = UnmanagedRingBufferMemory.Allocate(8, sizeof(long));
        private readonly UnmanagedRingBuffer<long> _ring;
        private readonly RingPoller<long, UnmanagedSlots<long>> _poller;

        public DirectNative(ISequencer sequencer, Sequence[] dependencies)
        {
            Sequencer = sequencer;
            _ring = NewNative(sequencer, _memory);
            _poller = RingPoller.Create(_ring, sequencer, dependencies);
        }

        public ISequencer Sequencer { get; }

        public Sequence PollerSequence => _poller.Sequence;

        public void Write(long sequence, long value) => _ring[sequence] = value;

        public EventPoller.PollState Poll(EventPoller.ValueHandler<long> handler)
        {
            var wrapped = new DelegateHandler(handler);
            return _poller.Poll(ref wrapped);
        }
    }

    private readonly struct DelegateHandler(EventPoller.ValueHandler<long> handler) : IRingEventHandler<long>
    {
        public bool OnEvent(ref long data, long sequence, bool endOfBatch) => handler(ref data, sequence, endOfBatch);
    }
}

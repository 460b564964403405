using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Disruptor;
using Disruptor.Dsl;
using HftDelta.Journal.Writing;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Writing;

[TestFixture]
[CancelAfter(20_000)]
public sealed class JournalAgentTests
{
    private const int RingSlots = 64;

    private readonly byte[] _frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private UnmanagedRingBuffer<RecordSlot> _ring = null!;
    private UnmanagedRingBufferMemory _memory = null!;
    private VirtualStorage _storage = null!;
    private AppendableJournal _journal = null!;
    private JournalAgent _agent = null!;
    private long _sequence;
    private uint _checksum;

    [TearDown]
    public void Close()
    {
        _journal.Dispose();
        _memory.Dispose();
    }

    [Test]
    public void Records_of_the_ring_arrive_in_the_journal_and_gate_the_ring()
    {
        Open(DurabilityMode.Process);
        Assert.That(_agent.DoWork(), Is.Zero);
        Publish(8);
        Publish(500);

        Assert.That(_agent.DoWork(), Is.EqualTo(2));
        Assert.That(_agent.Consumed.Value, Is.EqualTo(_ring.Cursor));
        Assert.That(_agent.Consumed.Value, Is.EqualTo(1 + 5 - 1), "1 slot and 5 slots");
        Assert.That(_journal.Durable.Value, Is.EqualTo(2), "in process mode appended is durable");
        Assert.That(_journal.Writer.LastChecksum, Is.EqualTo(_checksum));
    }

    [Test]
    public void Padding_at_the_wrap_is_stepped_over()
    {
        Open(DurabilityMode.Process);
        var noise = new Noise(11);
        var lengths = new List<int>();
        for (var record = 0; record < 500; record++)
        {
            lengths.Add(8 + noise.Next(1_369));
            Publish(lengths[^1]);
            Assert.That(_agent.DoWork(), Is.EqualTo(1));
            Assert.That(_agent.Consumed.Value, Is.EqualTo(_ring.Cursor));
        }

        using var reader = new HftDelta.Journal.Reading.JournalReader(_storage);
        foreach (var length in lengths)
        {
            Assert.That(reader.TryRead(out var record), Is.True);
            Assert.That(record.Frame.Length, Is.EqualTo(length));
            new Noise((ulong)record.Sequence.Value).Fill(_frame.AsSpan(0, length));
            Assert.That(record.Frame.SequenceEqual(_frame.AsSpan(0, length)), Is.True);
        }

        Assert.That(reader.TryRead(out _), Is.False);
    }

    [Test]
    public void Without_a_next_segment_it_consumes_nothing_and_goes_on_when_there_is_one()
    {
        Open(DurabilityMode.Process);
        while (!_agent.IsStalled)
        {
            Publish(1_376);
            _agent.DoWork();
        }

        var consumed = _agent.Consumed.Value;
        var durable = _journal.Durable.Value;
        Assert.That(_agent.DoWork(), Is.Zero);
        Assert.That(_agent.Consumed.Value, Is.EqualTo(consumed));
        Assert.That(_journal.Durable.Value, Is.EqualTo(durable));
        Assert.That(durable, Is.EqualTo(_sequence - 1), "the record that did not fit is still in the ring");

        while (_journal.Preparer.DoWork() > 0)
        {
        }

        Assert.That(_agent.DoWork(), Is.EqualTo(1));
        Assert.That(_agent.IsStalled, Is.False);
        Assert.That(_agent.Consumed.Value, Is.EqualTo(_ring.Cursor));
        Assert.That(Scribe.Examine(_storage).LastSequence.Value, Is.EqualTo(_sequence));
    }

    [Test]
    public void In_disk_mode_the_ring_is_free_before_the_record_is_durable()
    {
        Open(DurabilityMode.Disk);
        Publish(100);
        _agent.DoWork();

        Assert.That(_agent.Consumed.Value, Is.EqualTo(_ring.Cursor));
        Assert.That(_journal.Durable.Value, Is.Zero);
        _journal.Sync!.DoWork();
        Assert.That(_journal.Durable.Value, Is.EqualTo(1));
    }

    [Test]
    public void A_gap_in_the_ring_stops_and_is_not_stepped_over()
    {
        Open(DurabilityMode.Process);
        Publish(50);
        _agent.DoWork();
        _sequence++;
        Publish(50);

        Assert.That(() => _agent.DoWork(), Throws.InstanceOf<InvariantBrokenException>());
        Assert.That(() => _agent.DoWork(), Throws.InstanceOf<InvariantBrokenException>());
        Assert.That(_agent.Consumed.Value, Is.Zero, "the first record took slot 0");
    }

    [Test]
    public void A_bit_that_changed_in_the_ring_stops()
    {
        Open(DurabilityMode.Process);
        Publish(50);
        Unsafe.Add(ref Unsafe.As<RecordSlot, byte>(ref _ring[0]), 60) ^= 4;

        Assert.That(() => _agent.DoWork(), Throws.InstanceOf<InvariantBrokenException>());
    }

    [Test]
    public void A_duty_cycle_allocates_nothing()
    {
        Open(DurabilityMode.Process);
        Publish(200);
        _agent.DoWork();
        for (var record = 0; record < 20; record++)
        {
            Publish(200);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var records = _agent.DoWork();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(records, Is.EqualTo(20));
        Assert.That(allocated, Is.Zero);
    }

    private void Open(DurabilityMode mode)
    {
        _memory = UnmanagedRingBufferMemory.Allocate(RingSlots, RecordSlots.SlotBytes);
        _ring = new UnmanagedRingBuffer<RecordSlot>(_memory, ProducerType.Single, new BusySpinWaitStrategy());
        _storage = new VirtualStorage();
        _journal = AppendableJournal.Open(_storage, Scribe.Options(mode));
        _agent = _journal.MakeAgent(_ring);
        _ring.AddGatingSequences(_agent.Consumed);
        _sequence = 0;
        _checksum = RecordChecksum.Genesis;
    }

    private void Publish(int frameLength)
    {
        var slots = RecordSlots.For(frameLength);
        var padding = RecordSlots.PaddingBefore(_ring.Cursor + 1, slots, RingSlots);
        Assert.That(_ring.TryNext(padding + slots, out var high), Is.True);
        var low = high - slots - padding + 1;
        if (padding > 0)
        {
            _ring[low].Envelope = default;
        }

        ref var slot = ref _ring[low + padding];
        ref var start = ref Unsafe.As<RecordSlot, byte>(ref slot);
        var frame = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref start, RecordEnvelope.LengthBytes), frameLength);
        _sequence++;
        slot.Envelope = Scribe.Make(_sequence, frameLength, _checksum, frame);
        _checksum = slot.Envelope.Checksum;
        _ring.Publish(low, high);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Disruptor;
using Disruptor.Dsl;
using HftDelta.Gateway;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Writing;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Journal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>When the watch ends the process: to the nanosecond, on a virtual clock.</summary>
[CancelAfter(20_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JournalRoomWatchTests
{
    private const ulong Second = 1_000_000_000;

    private readonly VirtualStorage _storage = new();
    private readonly VirtualNanoClock _clock = new(new TimeNanos(5));
    private readonly List<string> _notices = [];
    private readonly AdmissionSwitch _admission = new();
    private UnmanagedRingBufferMemory _memory = null!;
    private AppendableJournal _journal = null!;
    private JournalAgent _agent = null!;
    private JournalRoomWatch _watch = null!;
    private UnmanagedRingBuffer<RecordSlot> _ring = null!;
    private Scribe _scribe = null!;

    [SetUp]
    public void Open()
    {
        _journal = AppendableJournal.Open(_storage, Scribe.Options());
        _memory = UnmanagedRingBufferMemory.Allocate(64, RecordSlots.SlotBytes);
        _ring = new UnmanagedRingBuffer<RecordSlot>(_memory, ProducerType.Single, new YieldingWaitStrategy());
        _agent = _journal.MakeAgent(_ring);
        _scribe = new Scribe(_journal);
        _watch = new JournalRoomWatch(new JournalRoomWiring
        {
            Journal = _agent,
            Preparer = _journal.Preparer,
            Appended = _journal.Writer.AppendedSequence,
            Durable = _journal.Durable,
            Admission = _admission,
            Clock = _clock,
            StallMax = TimeSpan.FromSeconds(10),
            Tell = _notices.Add,
        });
        while (_scribe.TryAppend(1_000))
        {
        }
    }

    [TearDown]
    public void Close()
    {
        _journal.Dispose();
        _memory.Dispose();
    }

    [Test]
    public void A_stall_is_borne_for_as_long_as_was_said_and_no_longer()
    {
        Stall();
        _watch.Look();
        _clock.Set(new TimeNanos(5 + (10 * Second) - 1));
        _watch.Look();
        _clock.Set(new TimeNanos(5 + (10 * Second)));
        var error = Assert.Throws<JournalException>(_watch.Look);
        Assert.That(error.ExitCode, Is.EqualTo(10));
        Assert.That(error.Message, Does.Contain("10 s"));
    }

    [Test]
    public void A_stall_that_ends_in_time_does_not_count_towards_the_next()
    {
        Stall();
        _watch.Look();
        _clock.Set(new TimeNanos(5 + (9 * Second)));
        _watch.Look();
        _storage.Faults.IsFull = false;
        while (_agent.IsStalled)
        {
            _journal.Preparer.DoWork();
            _agent.DoWork();
        }

        _watch.Look();
        _clock.Set(new TimeNanos(5 + (30 * Second)));
        Assert.That(_watch.Look, Throws.Nothing);
        Assert.That(_notices[^1], Does.StartWith("HD2220 is over"));
    }

    [Test]
    public void New_orders_are_refused_while_the_disk_refuses_and_taken_when_it_is_over()
    {
        _watch.Look();
        Assert.That(_admission.IsRefusing, Is.False);
        _storage.Faults.IsFull = true;
        _journal.Preparer.DoWork();
        _watch.Look();
        Assert.That(_admission.IsRefusing, Is.True);
        _storage.Faults.IsFull = false;
        for (var cycle = 0; cycle < 2_000; cycle++)
        {
            _journal.Preparer.DoWork();
        }

        _watch.Look();
        Assert.That(_admission.IsRefusing, Is.False);
    }

    [Test]
    public void A_device_that_confirms_nothing_for_too_long_stops_new_orders_until_it_answers()
    {
        _journal.Durable.SetValue(_scribe.Sequence - 1);
        for (var half = 0UL; half < 4; half++)
        {
            _clock.Set(new TimeNanos(5 + (half * Second / 2)));
            _watch.Look();
        }

        _clock.Set(new TimeNanos(5 + (2 * Second) - 1));
        _watch.Look();
        Assert.That(_admission.IsRefusing, Is.False);
        _clock.Set(new TimeNanos(5 + (2 * Second)));
        _watch.Look();
        Assert.That(_admission.IsRefusing, Is.True);
        Assert.That(_notices[^1], Does.StartWith("warning HD2224: ").And.Contains("next:"));
        _journal.Durable.SetValue(_scribe.Sequence);
        _watch.Look();
        Assert.That(_admission.IsRefusing, Is.False);
        Assert.That(_notices[^1], Does.StartWith("HD2224 is over"));
    }

    [Test]
    public void A_process_that_was_stopped_for_a_while_does_not_blame_the_device()
    {
        _journal.Durable.SetValue(_scribe.Sequence - 1);
        _watch.Look();
        _clock.Set(new TimeNanos(5 + (60 * Second)));
        _watch.Look();
        Assert.That(_admission.IsRefusing, Is.False);
        Assert.That(_notices, Is.Empty);
    }

    [Test]
    public void A_segment_that_is_only_late_is_not_told_as_a_full_disk()
    {
        Publish();
        _agent.DoWork();
        Assert.That(_agent.IsStalled, Is.True);
        _watch.Look();
        Assert.That(_notices, Is.Empty);
    }

    private void Stall()
    {
        _storage.Faults.IsFull = true;
        _journal.Preparer.DoWork();
        Publish();
        _agent.DoWork();
        Assert.That(_agent.IsStalled, Is.True);
    }

    private void Publish()
    {
        var frame = new byte[1_000];
        var slots = RecordSlots.For(frame.Length);
        Assert.That(_ring.TryNext(slots, out var high), Is.True);
        ref var slot = ref _ring[high - slots + 1];
        slot.Envelope = Scribe.Make(_scribe.Sequence + 1, frame.Length, _journal.LastChecksum, frame);
        ref var start = ref Unsafe.As<RecordSlot, byte>(ref slot);
        frame.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref start, RecordEnvelope.LengthBytes), frame.Length));
        _ring.Publish(high - slots + 1, high);
    }
}

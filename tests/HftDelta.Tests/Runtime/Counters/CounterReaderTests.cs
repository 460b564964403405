using System.Buffers.Binary;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Counters;

/// <summary>The reading side, through a mapping of its own as another process has it.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class CounterReaderTests
{
    private const ulong StartNanos = 1_700_000_000_000_000_000;

    private CounterDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new CounterDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void Second_mapping_sees_every_counter_and_its_changes()
    {
        using var file = Create(4);
        var trades = file.Allocate("hftdelta_trades_total");
        trades.SetRelease(41);
        using var reader = CounterReader.Open(_directory.File);
        var first = reader.ReadAll();

        trades.Increment();
        file.Allocate("hftdelta_ring_depth_slots", "ring=inbound", CounterUnit.Slots).SetRelease(-7);

        Assert.Multiple(() =>
        {
            Assert.That(
                first,
                Is.EqualTo(new[]
                {
                    new CounterReading(0, "hftdelta_trades_total", "", CounterKind.Total, CounterUnit.Count, 41),
                }));
            Assert.That(
                reader.ReadAll(),
                Is.EqualTo(new[]
                {
                    new CounterReading(0, "hftdelta_trades_total", "", CounterKind.Total, CounterUnit.Count, 42),
                    new CounterReading(
                        1, "hftdelta_ring_depth_slots", "ring=inbound", CounterKind.Gauge, CounterUnit.Slots, -7),
                }));
            Assert.That(reader.Capacity, Is.EqualTo(4));
            Assert.That(reader.ProcessId, Is.EqualTo(Environment.ProcessId));
            Assert.That(reader.StartTime.Value, Is.EqualTo(StartNanos));
        });
    }

    [Test]
    public void Running_writer_is_running_until_its_heartbeat_is_too_old()
    {
        using var file = Create(1);
        using var reader = CounterReader.Open(_directory.File);

        file.Beat(new TimeNanos(StartNanos + 10));

        Assert.Multiple(() =>
        {
            Assert.That(reader.HeartbeatTime.Value, Is.EqualTo(StartNanos + 10));
            Assert.That(StateAt(reader, StartNanos + 110), Is.EqualTo(CounterProcessState.Running));
            Assert.That(StateAt(reader, StartNanos + 111), Is.EqualTo(CounterProcessState.Stalled));
            Assert.That(StateAt(reader, StartNanos), Is.EqualTo(CounterProcessState.Running), "the reader's clock may lag");
        });
    }

    [Test]
    public void Orderly_end_is_told_and_the_values_stay_readable()
    {
        var file = Create(1);
        file.Allocate("hftdelta_trades_total").SetRelease(9);
        file.Dispose();

        using var reader = CounterReader.Open(_directory.File);

        Assert.Multiple(() =>
        {
            Assert.That(reader.IsClosed, Is.True);
            Assert.That(StateAt(reader, StartNanos), Is.EqualTo(CounterProcessState.Closed));
            Assert.That(reader.Read(0).Value, Is.EqualTo(9));
        });
    }

    [Test]
    public void File_of_a_dead_process_is_readable_and_says_so()
    {
        using (var file = Create(1))
        {
            file.Allocate("hftdelta_trades_total").SetRelease(9);
        }

        // Not closed, and of a process number that Linux never gives out.
        Patch(384, 0);
        Patch(28, int.MaxValue);
        using var reader = CounterReader.Open(_directory.File);

        Assert.Multiple(() =>
        {
            Assert.That(StateAt(reader, StartNanos), Is.EqualTo(CounterProcessState.Dead));
            Assert.That(reader.Read(0).Value, Is.EqualTo(9));
        });
    }

    [Test]
    public void New_process_replaces_the_file_and_an_old_reader_keeps_the_old_one()
    {
        var old = Create(1);
        old.Allocate("hftdelta_trades_total").SetRelease(9);
        using var oldReader = CounterReader.Open(_directory.File);

        using var file = Create(2);
        using var reader = CounterReader.Open(_directory.File);

        Assert.Multiple(() =>
        {
            Assert.That(oldReader.Read(0).Value, Is.EqualTo(9));
            Assert.That(reader.Count, Is.Zero);
            Assert.That(reader.Capacity, Is.EqualTo(2));
        });
    }

    [Test]
    public void Missing_file_is_said()
    {
        ExpectProblem(CounterFileProblem.Missing, "does not exist");
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(8)]
    [TestCase(511)]
    public void File_shorter_than_a_header_is_cut_short(int lengthBytes)
    {
        CreateAndClose();
        Cut(lengthBytes);

        ExpectProblem(CounterFileProblem.Truncated, $"is cut short: {lengthBytes} bytes hold no header");
    }

    [Test]
    public void File_shorter_than_its_header_says_is_cut_short()
    {
        CreateAndClose();
        Cut(512 + 256 + 127);

        ExpectProblem(CounterFileProblem.Truncated, "is cut short: 895 of 896 bytes");
    }

    [Test]
    public void File_of_another_kind_is_told_apart()
    {
        File.WriteAllText(_directory.File, "{ \"this\": \"is a configuration file\" }");

        ExpectProblem(CounterFileProblem.Foreign, "is no counter file");
    }

    [Test]
    public void Other_version_is_refused()
    {
        CreateAndClose();
        Patch(8, 2);

        ExpectProblem(CounterFileProblem.OtherVersion, "has version 2; this program reads version 1");
    }

    [TestCase(12, 1_024)]
    [TestCase(16, 128)]
    [TestCase(20, 64)]
    [TestCase(24, 0)]
    [TestCase(24, -1)]
    [TestCase(24, int.MaxValue)]
    [TestCase(24, 2)]
    [TestCase(40, 0)]
    public void Sizes_that_contradict_each_other_are_refused(int offset, int value)
    {
        CreateAndClose();
        Patch(offset, value);

        ExpectProblem(CounterFileProblem.Damaged, "the sizes in its header contradict each other");
    }

    [TestCase(256, 2, "counts 2 counters where 1 fit")]
    [TestCase(256, -1, "counts -1 counters where 1 fit")]
    [TestCase(512, 5, "the record of counter 0 is damaged")]
    [TestCase(512 + 12, 113, "the record of counter 0 is damaged")]
    [TestCase(512 + 12, 0, "the record of counter 0 is damaged")]
    [TestCase(512 + 12, (129 << 16) | 1, "the record of counter 0 is damaged")]
    public void Damaged_metadata_is_refused_and_leads_nowhere(int offset, int value, string reason)
    {
        CreateAndClose();
        Patch(offset, value);
        using var reader = CounterReader.Open(_directory.File);

        var thrown = Assert.Throws<CounterFileException>(() => reader.ReadAll());

        Assert.Multiple(() =>
        {
            Assert.That(thrown.Problem, Is.EqualTo(CounterFileProblem.Damaged));
            Assert.That(thrown.Message, Does.EndWith(reason));
        });
    }

    [Test]
    public void Counter_that_is_not_in_use_cannot_be_read()
    {
        using var file = Create(2);
        file.Allocate("hftdelta_trades_total");
        using var reader = CounterReader.Open(_directory.File);

        Assert.That(() => reader.Read(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => reader.Read(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Disposed_reader_refuses_to_read()
    {
        CreateAndClose();
        var reader = CounterReader.Open(_directory.File);
        reader.Dispose();

        Assert.That(() => reader.ReadAll(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Heartbeat_agent_beats_once_in_each_interval()
    {
        var clock = new VirtualNanoClock(new TimeNanos(StartNanos));
        using var file = CounterFile.Create(_directory.File, 1, clock);
        using var reader = CounterReader.Open(_directory.File);
        var agent = new HeartbeatAgent(file, clock, intervalNanos: 1_000);
        agent.OnStart();

        clock.Advance(999);
        var early = CyclesOf(agent);
        clock.Advance(1);
        var due = CyclesOf(agent);
        var again = CyclesOf(agent);

        Assert.Multiple(() =>
        {
            Assert.That(new[] { early, due, again }, Is.EqualTo(new[] { 0, 1, 0 }));
            Assert.That(reader.HeartbeatTime.Value, Is.EqualTo(StartNanos + 1_000));
        });
    }

    private static int CyclesOf(HeartbeatAgent agent)
    {
        var work = 0;
        for (var cycle = 0; cycle < HeartbeatAgent.CyclesPerReading; cycle++)
        {
            work += agent.DoWork();
        }

        return work;
    }

    private static CounterProcessState StateAt(CounterReader reader, ulong nowNanos) =>
        reader.StateOfProcess(new TimeNanos(nowNanos), stalledAfterNanos: 100);

    private CounterFile Create(int capacity) =>
        CounterFile.Create(_directory.File, capacity, new VirtualNanoClock(new TimeNanos(StartNanos)));

    private void CreateAndClose()
    {
        using var file = Create(1);
        file.Allocate("hftdelta_trades_total");
    }

    /// <summary>On a copy: a mapped file that is cut would take its writer down with it.</summary>
    private void Cut(int lengthBytes)
    {
        var bytes = _directory.ReadFile();
        File.Delete(_directory.File);
        File.WriteAllBytes(_directory.File, bytes[..lengthBytes]);
    }

    private void Patch(int offset, int value)
    {
        var bytes = _directory.ReadFile();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        File.Delete(_directory.File);
        File.WriteAllBytes(_directory.File, bytes);
    }

    private void ExpectProblem(CounterFileProblem problem, string reason)
    {
        var thrown = Assert.Throws<CounterFileException>(() => CounterReader.Open(_directory.File));
        Assert.Multiple(() =>
        {
            Assert.That(thrown.Problem, Is.EqualTo(problem));
            Assert.That(thrown.Message, Is.EqualTo($"counter file {_directory.File}: {reason}"));
        });
    }
}

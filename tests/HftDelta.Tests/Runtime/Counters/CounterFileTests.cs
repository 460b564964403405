using System.Buffers.Binary;
using System.Text;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Counters;

/// <summary>The writing side, judged by the bytes of the file as its layout documents them.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class CounterFileTests
{
    private CounterDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new CounterDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void Header_is_as_documented()
    {
        using var file = CounterFile.Create(_directory.File, 3, new VirtualNanoClock(new TimeNanos(1_700_000_000_000_000_123)));

        var bytes = _directory.ReadFile();

        Assert.Multiple(() =>
        {
            Assert.That(bytes, Has.Length.EqualTo(512 + (3 * (256 + 128))));
            Assert.That(Encoding.ASCII.GetString(bytes, 0, 8), Is.EqualTo("HDCOUNT\0"));
            Assert.That(Int32At(bytes, 8), Is.EqualTo(1), "version");
            Assert.That(Int32At(bytes, 12), Is.EqualTo(512), "headerBytes");
            Assert.That(Int32At(bytes, 16), Is.EqualTo(256), "metadataBytes");
            Assert.That(Int32At(bytes, 20), Is.EqualTo(128), "valueBytes");
            Assert.That(Int32At(bytes, 24), Is.EqualTo(3), "capacity");
            Assert.That(Int32At(bytes, 28), Is.EqualTo(Environment.ProcessId), "processId");
            Assert.That(Int64At(bytes, 32), Is.EqualTo(1_700_000_000_000_000_123), "startTimeNanos");
            Assert.That(Int64At(bytes, 40), Is.EqualTo(bytes.Length), "fileBytes");
            Assert.That(Int64At(bytes, 128), Is.EqualTo(1_700_000_000_000_000_123), "heartbeatTimeNanos");
            Assert.That(Int32At(bytes, 256), Is.Zero, "count");
            Assert.That(Int32At(bytes, 384), Is.Zero, "isClosed");
        });
    }

    [Test]
    public void Each_value_is_alone_on_its_128_byte_line()
    {
        const int capacity = 5;
        using var file = CounterFile.Create(_directory.File, capacity);
        for (var id = 0; id < capacity; id++)
        {
            file.Allocate("hftdelta_test_things_total", $"id={id}").SetRelease(1_000 + id);
        }

        var bytes = _directory.ReadFile();

        const int valuesStart = 512 + (256 * capacity);
        Assert.That(valuesStart % 128, Is.Zero, "lines begin on lines");
        for (var id = 0; id < capacity; id++)
        {
            var line = bytes.AsSpan(valuesStart + (128 * id), 128);
            Assert.That(BinaryPrimitives.ReadInt64LittleEndian(line), Is.EqualTo(1_000 + id));
            Assert.That(line[8..].ToArray(), Is.All.Zero);
        }
    }

    [Test]
    public void Metadata_is_as_documented()
    {
        using var file = CounterFile.Create(_directory.File, 2);
        file.Allocate("hftdelta_engine_sequence", unit: CounterUnit.Sequence);
        file.Allocate("hftdelta_journal_bytes_total", "segment=größe", CounterUnit.Bytes);

        var record = _directory.ReadFile().AsSpan(512 + 256, 256).ToArray();

        var label = Encoding.UTF8.GetBytes("segment=größe");
        Assert.Multiple(() =>
        {
            Assert.That(Int32At(record, 0), Is.EqualTo(1), "id");
            Assert.That(Int32At(record, 4), Is.EqualTo(1), "kind");
            Assert.That(Int32At(record, 8), Is.EqualTo(1), "unit");
            Assert.That(BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(12)), Is.EqualTo(28), "nameBytes");
            Assert.That(BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(14)), Is.EqualTo(label.Length), "labelBytes");
            Assert.That(Encoding.UTF8.GetString(record, 16, 28), Is.EqualTo("hftdelta_journal_bytes_total"));
            Assert.That(record.AsSpan(16 + 28, 112 - 28).ToArray(), Is.All.Zero);
            Assert.That(record.AsSpan(128, label.Length).ToArray(), Is.EqualTo(label));
            Assert.That(record.AsSpan(128 + label.Length).ToArray(), Is.All.Zero);
        });
    }

    [Test]
    public void Counter_counts()
    {
        using var file = CounterFile.Create(_directory.File, 1);
        var counter = file.Allocate("hftdelta_book_orders");

        counter.Increment();
        counter.Increment();
        counter.Add(-5);
        Assert.That(counter.Value, Is.EqualTo(-3));
        counter.SetRelease(long.MaxValue);
        Assert.That(counter.Value, Is.EqualTo(long.MaxValue));
    }

    [Test]
    public void High_water_mark_never_falls()
    {
        var counter = Counter.Detached("hftdelta_ring_depth_slots");

        counter.RaiseTo(7);
        counter.RaiseTo(3);

        Assert.That(counter.Value, Is.EqualTo(7));
    }

    [Test]
    public void Counting_allocates_nothing()
    {
        using var file = CounterFile.Create(_directory.File, 1);
        var counter = file.Allocate("hftdelta_trades_total");
        Count(counter, file, 1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(counter, file, 1_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
        Assert.That(counter.Value, Is.EqualTo(2_000));
    }

    [Test]
    public void Missing_directory_is_said()
    {
        var path = Path.Combine(_directory.Path, "absent", "counters");

        var thrown = Assert.Throws<CounterFileException>(() => CounterFile.Create(path, 1));

        Assert.Multiple(() =>
        {
            Assert.That(thrown.Problem, Is.EqualTo(CounterFileProblem.DirectoryMissing));
            Assert.That(thrown.Message, Is.EqualTo($"counter file {path}: its directory does not exist"));
        });
    }

    [Test]
    public void Path_that_cannot_be_written_is_said_and_leaves_nothing_behind()
    {
        Directory.CreateDirectory(_directory.File);

        var thrown = Assert.Throws<CounterFileException>(() => CounterFile.Create(_directory.File, 1));

        Assert.Multiple(() =>
        {
            Assert.That(thrown.Problem, Is.EqualTo(CounterFileProblem.CannotWrite));
            Assert.That(thrown.Message, Does.StartWith($"counter file {_directory.File}: cannot be written: "));
            Assert.That(Directory.GetFileSystemEntries(_directory.Path), Is.EqualTo(new[] { _directory.File }));
        });
    }

    [Test]
    public void Full_file_refuses_the_next_counter_and_names_it()
    {
        using var file = CounterFile.Create(_directory.File, 1);
        file.Allocate("hftdelta_trades_total");

        var thrown = Assert.Throws<CounterFileException>(() => file.Allocate("hftdelta_book_orders"));

        Assert.Multiple(() =>
        {
            Assert.That(thrown.Problem, Is.EqualTo(CounterFileProblem.Full));
            Assert.That(thrown.Message, Does.EndWith("all 1 counters are in use, no room for hftdelta_book_orders"));
            Assert.That(file.Count, Is.EqualTo(1));
        });
    }

    [Test]
    public void Same_name_and_label_twice_are_refused_and_take_no_place()
    {
        using var file = CounterFile.Create(_directory.File, 2);
        file.Allocate("hftdelta_ring_depth_slots", "ring=inbound", CounterUnit.Slots);

        Assert.That(
            () => file.Allocate("hftdelta_ring_depth_slots", "ring=inbound", CounterUnit.Slots), Throws.ArgumentException);
        Assert.That(() => file.Allocate("hftdelta_ring_depth_slots", "ring=outbound", CounterUnit.Slots), Throws.Nothing);
    }

    [Test]
    public void Text_longer_than_its_field_is_refused()
    {
        using var file = CounterFile.Create(_directory.File, 1);
        var longName = "hftdelta_a_" + new string('b', 112 - 11);

        Assert.Multiple(() =>
        {
            Assert.That(() => file.Allocate(longName + "b"), Throws.ArgumentException);
            Assert.That(() => file.Allocate("hftdelta_a_b", new string('ö', 65)), Throws.ArgumentException);
            Assert.That(() => file.Allocate(longName, new string('ö', 64)), Throws.Nothing);
        });
    }

    [Test]
    public void Counter_may_be_written_after_its_file_was_closed()
    {
        var file = CounterFile.Create(_directory.File, 1);
        var counter = file.Allocate("hftdelta_trades_total");
        file.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        counter.Increment();

        Assert.That(counter.Value, Is.EqualTo(1));
        Assert.That(Int64At(_directory.ReadFile(), 512 + 256), Is.EqualTo(1));
    }

    [TestCase("hftdelta_trades_total", CounterUnit.Count, null)]
    [TestCase("hftdelta_engine_sequence", CounterUnit.Sequence, null)]
    [TestCase("hftdelta_journal_bytes_total", CounterUnit.Bytes, null)]
    [TestCase("hftdelta_journal_bytes", CounterUnit.Nanos, "its unit is nanos, which it does not end in")]
    [TestCase("hftdelta_journal_total_bytes_total", CounterUnit.Bytes, null)]
    [TestCase("journal_bytes_total", CounterUnit.Bytes, "it does not begin with hftdelta_")]
    [TestCase("hftdelta_Journal_bytes", CounterUnit.Bytes, "its words are not all lower-case letters and digits")]
    [TestCase("hftdelta__bytes", CounterUnit.Bytes, "its words are not all lower-case letters and digits")]
    [TestCase("hftdelta_journal_bytes_", CounterUnit.Bytes, "its words are not all lower-case letters and digits")]
    [TestCase("hftdelta_total", CounterUnit.Count, "it does not say what it counts")]
    public void Name_keeps_the_rule_or_the_fault_is_told(string name, CounterUnit unit, string? fault)
    {
        Assert.That(CounterName.Fault(name, unit), Is.EqualTo(fault));
    }

    private static void Count(Counter counter, CounterFile file, int times)
    {
        for (var time = 0; time < times; time++)
        {
            counter.Increment();
            counter.Add(1);
            counter.RaiseTo(2);
            counter.SetRelease(counter.Value);
            file.Beat(new TimeNanos((ulong)time));
        }

        counter.SetRelease(times * 2L);
    }

    private static int Int32At(byte[] bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset));

    private static long Int64At(byte[] bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(offset));
}

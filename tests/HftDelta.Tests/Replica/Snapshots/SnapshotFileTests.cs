using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>What a snapshot's file promises: it is what was written, or it is refused with the reason.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class SnapshotFileTests : SnapshotFixture
{
    [Test]
    public void A_written_snapshot_says_what_it_is_of_and_loads_to_the_same_hashes()
    {
        var report = SnapshotWriter.Write(Storage, Source);
        Assert.That(report.Sequence, Is.EqualTo(Sequence));
        Assert.That(Storage.List(), Is.EqualTo(new[] { Name }), "nothing else is left");
        using var file = SnapshotFile.Open(Storage, Name);
        Assert.That(file.Header.JournalId, Is.EqualTo(Journal));
        Assert.That(file.Header.Sequence, Is.EqualTo(Sequence));
        Assert.That(file.Header.RecordChecksum, Is.EqualTo(0x1234_5678));
        Assert.That(file.LengthBytes, Is.EqualTo(report.FileBytes));
        Assert.That(SnapshotLoader.LimitsOf(file.Header), Is.EqualTo(Life.Engine.Limits));
        using var loaded = new EngineHarness(Life.Engine.Limits);
        var sections = SnapshotLoader.Load(file, loaded.Processor, Life.Engine.Limits);
        Assert.That(loaded.Processor.StateHash(), Is.EqualTo(Life.Engine.Processor.StateHash()));
        Assert.That(loaded.Processor.HistoryHash, Is.EqualTo(Life.Engine.Processor.HistoryHash));
        Assert.That(sections.Select(section => section.Path), Does.Contain(".state.Accounts.records.records"));
    }

    [Test]
    public void Every_single_bit_flip_is_detected()
    {
        SnapshotWriter.Write(Storage, Source);
        var bytes = Storage.Bytes(Name).Length;
        TestContext.Out.WriteLine($"{bytes:N0} bytes");
        var step = LongSuite.IsAsked ? 1 : 101;
        for (var bit = 0L; bit < bytes * 8L; bit += bit < SnapshotHeader.LengthBytes * 8 ? 1 : step)
        {
            Storage.FlipBit(Name, bit);
            Assert.That(IsGood(), Is.False, $"bit {bit} of {bytes * 8L}");
            Storage.FlipBit(Name, bit);
        }

        Assert.That(IsGood());
    }

    [Test]
    public void Every_single_bit_flip_of_a_chunk_breaks_it_whatever_its_place_in_the_chain()
    {
        var image = StateImage.Write(Life.Engine.Processor, 1_024);
        var flips = 0L;
        var seed = 0u;
        for (var number = 0; number < image.ChunkCount; number++)
        {
            var chunk = new byte[SnapshotChunk.HeaderBytes + image.Chunk(number).Length];
            var (head, content) = (chunk.AsMemory(0, SnapshotChunk.HeaderBytes), chunk.AsMemory(SnapshotChunk.HeaderBytes));
            image.Chunk(number).CopyTo(content.Span);
            var next = SnapshotChunk.Write(head.Span, number, content.Span, seed);
            Assert.That(SnapshotChunk.IsWhole(head.Span, number, content.Span, seed, out _));
            for (var bit = 0; bit < chunk.Length * 8; bit++, flips++)
            {
                chunk[bit / 8] ^= (byte)(1 << (bit % 8));
                if (SnapshotChunk.IsWhole(head.Span, number, content.Span, seed, out _))
                {
                    Assert.Fail($"bit {bit} of chunk {number}");
                }

                chunk[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            seed = next;
        }

        TestContext.Out.WriteLine($"{flips:N0} bits");
        Assert.That(flips, Is.GreaterThan(image.LengthBytes * 8));
    }

    [Test]
    public void A_file_cut_or_lengthened_at_any_length_is_detected()
    {
        SnapshotWriter.Write(Storage, Source);
        var whole = new VirtualStorage();
        whole.CopyFrom(Storage, Name, Name);
        var length = Storage.Bytes(Name).Length;
        for (var cut = 1; cut < length; cut += cut < 8_192 ? 1 : 509)
        {
            Storage.CopyFrom(whole, Name, Name);
            Storage.Resize(Name, cut);
            Assert.That(IsGood(), Is.False, $"cut to {cut} of {length} bytes");
        }

        Storage.CopyFrom(whole, Name, Name);
        Storage.Resize(Name, length + 1);
        Assert.That(IsGood(), Is.False, "a byte more");
    }

    [Test]
    public void Chunks_in_another_order_are_detected()
    {
        // Smaller chunks than the program's own, so that there are several of one size.
        var image = StateImage.Write(Life.Engine.Processor, 4_096);
        Assert.That(image.ChunkCount, Is.GreaterThan(4));
        SnapshotWriter.Write(Storage, Source);
        SnapshotHeader header;
        using (var own = SnapshotFile.Open(Storage, Name))
        {
            header = own.Header;
        }

        SnapshotFile.Write(Storage, "other", header with { ChunkBytesMax = 4_096 }, image);
        using (var file = SnapshotFile.Open(Storage, "other"))
        {
            file.ProveAll();
        }

        var stride = 4_096 + SnapshotChunkBytes;
        var bytes = Storage.Bytes("other")[SnapshotHeader.LengthBytes..];
        var first = bytes[..stride].ToArray();
        bytes.Slice(stride, stride).CopyTo(bytes);
        first.CopyTo(bytes[stride..]);
        Assert.That(FaultOf("other"), Is.EqualTo(JournalFault.SnapshotDamaged));
    }

    [Test]
    public void A_file_of_a_later_format_is_refused_as_such()
    {
        SnapshotWriter.Write(Storage, Source);
        SnapshotHeader header;
        using (var file = SnapshotFile.Open(Storage, Name))
        {
            header = file.Header;
        }

        SnapshotFile.Write(
            Storage, "later", header with { Format = SnapshotHeader.FormatNow + 1 },
            StateImage.Write(Life.Engine.Processor, 1 << 20));
        Assert.That(FaultOf("later"), Is.EqualTo(JournalFault.FormatUnknown));
    }

    [Test]
    public void A_later_engine_version_is_refused_as_such()
    {
        SnapshotWriter.Write(Storage, Source);
        using var file = SnapshotFile.Open(Storage, Name);
        SnapshotFile.Write(
            Storage, "later", file.Header with { EngineVersion = EngineVersions.Newest + 1 },
            StateImage.Write(Life.Engine.Processor, 1 << 20));
        Assert.That(
            () => SnapshotLoader.Prove(Storage, "later"),
            Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.FormatUnknown)
                .And.Property("ExitCode").EqualTo(13));
    }

    [Test]
    public void A_state_that_is_not_the_one_of_the_header_is_refused()
    {
        SnapshotWriter.Write(Storage, Source);
        using var file = SnapshotFile.Open(Storage, Name);
        var hash = file.Header.StateHash;
        SnapshotFile.Write(
            Storage, "liar", file.Header with { StateHash = hash with { Word2 = hash.Word2 ^ 1 } },
            StateImage.Write(Life.Engine.Processor, 1 << 20));
        Assert.That(
            () => SnapshotLoader.Prove(Storage, "liar"),
            Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.SnapshotDamaged));
    }

    [Test]
    public void The_newest_stay_and_what_was_begun_and_not_finished_goes()
    {
        using (Storage.CreateFile(SnapshotNames.UnfinishedOf(new CommandSequence(3)), 10))
        {
        }

        var sequences = new List<CommandSequence>();
        for (var round = 0; round < 5; round++)
        {
            Life.Engine.Tick();
            SnapshotWriter.Write(Storage, Source, keep: 2);
            sequences.Insert(0, Sequence);
        }

        Assert.That(SnapshotNames.List(Storage), Is.EqualTo(sequences.Take(2)));
        Assert.That(Storage.List(), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_snapshot_that_does_not_read_back_as_it_was_written_gets_no_name()
    {
        Storage.Faults.RotAtMapping = Storage.MappingCount + 1;
        Assert.That(
            () => SnapshotWriter.Write(Storage, Source),
            Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.SnapshotDamaged));
        Assert.That(SnapshotNames.List(Storage), Is.Empty);
        SnapshotWriter.Write(Storage, Source);
        Assert.That(Storage.List(), Is.EqualTo(new[] { Name }), "the bad one is gone");
    }

    [Test]
    public void A_full_disk_and_a_failed_sync_leave_no_snapshot_and_the_older_one_stays()
    {
        SnapshotWriter.Write(Storage, Source);
        var older = Sequence;
        Life.Engine.Tick();
        Storage.Faults.IsFull = true;
        Assert.That(
            () => SnapshotWriter.Write(Storage, Source),
            Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.NoSpace));
        Storage.Faults.IsFull = false;
        for (var sync = 1; sync <= 1; sync++)
        {
            Storage.Faults.FailAtSync = Storage.SyncCount + sync;
            Assert.That(
                () => SnapshotWriter.Write(Storage, Source),
                Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.SyncFailed));
        }

        Assert.That(SnapshotNames.List(Storage), Is.EqualTo(new[] { older }));
        Storage.Faults.FailAtSync = 0;
        SnapshotWriter.Write(Storage, Source);
        Assert.That(SnapshotNames.List(Storage), Is.EqualTo(new[] { Sequence, older }));
    }

    [Test]
    public void Two_do_not_write_at_once()
    {
        using var held = Storage.LockExclusive(SnapshotWriter.LockName);
        Assert.That(
            () => SnapshotWriter.Write(Storage, Source),
            Throws.TypeOf<JournalException>().With.Property("Fault").EqualTo(JournalFault.SnapshotLocked));
    }

    private const int SnapshotChunkBytes = 16;

    private bool IsGood() => FaultOf(Name) == JournalFault.None;

    private JournalFault FaultOf(string name)
    {
        try
        {
            using var file = SnapshotFile.Open(Storage, name);
            file.ProveAll();
            return JournalFault.None;
        }
        catch (JournalException fault)
        {
            return fault.Fault;
        }
    }
}

using System.IO.Compression;
using System.Security.Cryptography;
using HftDelta.Journal.Archive;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Reports;
using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Archive;

/// <summary>Segments that go into an archive, leave the journal, and come back byte by byte.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(60_000)]
public sealed class JournalArchiveTests : IDisposable
{
    private const int Records = 30_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("hftdelta-archive-").FullName;
    private readonly VirtualStorage _storage = new();

    public JournalArchiveTests()
    {
        using var journal = Scribe.Open(_storage).Journal;
        var scribe = new Scribe(journal);
        scribe.AppendMany(Records);
        scribe.Settle();
        using var safe = SafeCursorFile.OpenOrCreate(_storage, Scribe.Id);
        safe.Store(new CommandSequence(Records));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void An_archived_segment_is_the_segment_by_any_tool()
    {
        var added = JournalArchive.Add(_storage, _directory);
        Assert.That(added, Has.Count.GreaterThan(3));
        foreach (var segment in added)
        {
            using var file = File.OpenRead(Path.Combine(_directory, $"journal-{segment.Index:D10}.seg.gz"));
            using var gzip = new GZipStream(file, CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            gzip.CopyTo(bytes);
            Assert.That(bytes.ToArray().AsSpan().SequenceEqual(_storage.Bytes(SegmentLayout.NameOf(segment.Index))), Is.True);
            Assert.That(segment.Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))));
        }

        var described = JournalDescription.Of(_storage).Segments;
        Assert.That(added.Select(each => each.LastSequence), Is.EqualTo(described.SkipLast(1).Select(each => each.LastSequence)));
        Assert.That(added[^1].BlockHash, Is.EqualTo(described[^1].PreviousBlockHash));
        Assert.That(JournalArchive.Verify(_directory).Segments, Is.EqualTo(added));
        Assert.That(JournalArchive.Add(_storage, _directory), Is.Empty, "nothing twice");
    }

    [Test]
    public void A_journal_whose_first_segments_are_archived_begins_later_and_goes_on()
    {
        var segments = JournalDescription.Of(_storage).Segments;
        JournalArchive.Add(_storage, _directory);
        var removed = JournalArchive.Remove(_storage, _directory, keep: 1, new CommandSequence(Records));
        Assert.That(removed, Is.EqualTo(segments.Count - 2));

        var first = segments[^2].FirstSequence;
        var verified = JournalVerification.Of(_storage);
        Assert.That(verified.FirstError, Is.Null);
        Assert.That(verified.SealsVerified, Is.EqualTo(2));
        Assert.That(verified.LastSequence.Value, Is.EqualTo(Records));
        using (var reader = new JournalReader(_storage))
        {
            var refusal = Assert.Throws<JournalException>(() => reader.TryRead(out _));
            Assert.That(refusal.Fault, Is.EqualTo(JournalFault.Archived));
            Assert.That(reader.FirstSequence, Is.EqualTo(first));
            Assert.That(reader.Seek(first), Is.True);
            Assert.That(reader.TryRead(out var record), Is.True);
            Assert.That(record.Sequence, Is.EqualTo(first));
            Assert.That(() => reader.Seek(new CommandSequence(first.Value - 1)), Throws.InstanceOf<JournalException>());
        }

        using var journal = Scribe.Open(_storage).Journal;
        var scribe = new Scribe(journal);
        scribe.AppendMany(10_000);
        scribe.Settle();
        Assert.That(JournalVerification.Of(_storage).LastSequence.Value, Is.EqualTo(Records + 10_000));
        Assert.That(JournalArchive.Add(_storage, _directory), Is.Not.Empty);
    }

    [Test]
    public void What_was_taken_away_comes_back_byte_by_byte()
    {
        var before = _storage.AfterKill();
        JournalArchive.Add(_storage, _directory);
        JournalArchive.Remove(_storage, _directory, keep: 0, new CommandSequence(Records));
        Assert.That(_storage.Exists(SegmentLayout.NameOf(0)), Is.False);

        Assert.That(JournalArchive.Restore(_directory, _storage), Is.Positive);
        foreach (var name in before.List().Where(name => SegmentLayout.LooksLikeSegment(name)))
        {
            Assert.That(_storage.Bytes(name).SequenceEqual(before.Bytes(name)), Is.True, name);
        }

        Scribe.AssertRecords(_storage, Records);
        Assert.That(JournalVerification.Of(_storage).FirstError, Is.Null);
    }

    [Test]
    public void An_archive_alone_becomes_a_journal_again()
    {
        var added = JournalArchive.Add(_storage, _directory);
        var empty = new VirtualStorage();
        Assert.That(JournalArchive.Restore(_directory, empty), Is.EqualTo(added.Count));
        Scribe.AssertRecords(empty, added[^1].LastSequence.Value);
    }

    [Test]
    public void Segments_that_a_start_still_needs_stay()
    {
        var segments = JournalDescription.Of(_storage).Segments;
        JournalArchive.Add(_storage, _directory);
        Assert.That(JournalArchive.Remove(_storage, _directory, keep: 0, segments[1].LastSequence), Is.EqualTo(1));
        Assert.That(_storage.Exists(SegmentLayout.NameOf(1)), Is.True);
    }

    [Test]
    public void Any_damage_to_an_archive_is_noticed_and_takes_nothing_away()
    {
        var added = JournalArchive.Add(_storage, _directory);
        var path = Path.Combine(_directory, ArchiveList.FileNameOf(0));
        var whole = File.ReadAllBytes(path);
        var noise = new Noise(9);
        for (var round = 0; round < 40; round++)
        {
            var bytes = whole.ToArray();

            bytes[noise.Next(bytes.Length)] ^= (byte)(1 << noise.Next(8));
            File.WriteAllBytes(path, round == 0 ? whole[..^9] : bytes);
            AssertDamaged($"round {round}");
        }

        File.Delete(path);
        AssertDamaged("missing");
        File.WriteAllBytes(path, whole);
        Assert.That(JournalArchive.Verify(_directory).Segments, Is.EqualTo(added));
        File.AppendAllText(Path.Combine(_directory, ArchiveList.FileName), "{}\n");
        AssertDamaged("list");
    }

    [Test]
    public void A_segment_that_is_not_its_copy_any_more_stays()
    {
        JournalArchive.Add(_storage, _directory);
        _storage.FlipBit(SegmentLayout.NameOf(0), 8 * 70_000);
        var refusal = Assert.Throws<JournalException>(
            () => JournalArchive.Remove(_storage, _directory, 0, new CommandSequence(Records)));
        Assert.That(refusal.Message, Does.Contain("not the one that was archived"));
        Assert.That(_storage.Exists(SegmentLayout.NameOf(0)), Is.True);
    }

    [Test]
    public void The_archive_of_another_journal_is_refused()
    {
        JournalArchive.Add(_storage, _directory);
        var other = new VirtualStorage();
        using (var journal = HftDelta.Journal.Writing.AppendableJournal.Open(
            other, Scribe.Options() with { JournalId = Guid.NewGuid() }))
        {
            var scribe = new Scribe(journal);
            scribe.AppendMany(60_000);
            scribe.Settle();
        }

        var refusal = Assert.Throws<JournalException>(() => JournalArchive.Add(other, _directory));
        Assert.That(refusal.Fault, Is.EqualTo(JournalFault.ForeignFile));
    }

    [Test]
    public void A_kill_at_any_step_of_taking_away_leaves_a_whole_journal()
    {
        JournalArchive.Add(_storage, _directory);
        var done = _storage.AfterKill();
        JournalArchive.Remove(done, _directory, 0, new CommandSequence(Records));
        var gone = _storage.List().Where(name => SegmentLayout.LooksLikeSegment(name) && !done.Exists(name)).ToList();
        Assert.That(gone, Has.Count.GreaterThan(3));

        // Base written, then the segments one by one.
        for (var deleted = 0; deleted <= gone.Count; deleted++)
        {
            var killed = _storage.AfterKill();
            var baseName = done.List().Single(name => name.StartsWith("journal-base-", StringComparison.Ordinal));
            killed.CopyFrom(done, baseName, baseName);
            foreach (var name in gone.Take(deleted))
            {
                killed.Delete(name);
            }

            Assert.That(JournalRecovery.Examine(killed).Error, Is.Null, $"{deleted} gone");
            JournalArchive.Remove(killed, _directory, 0, new CommandSequence(Records));
            Assert.That(killed.List(), Is.EqualTo(done.List()), $"{deleted} gone");
        }
    }

    [Test]
    public void Missing_segments_without_a_base_are_a_loss()
    {
        JournalArchive.Add(_storage, _directory);
        JournalArchive.Remove(_storage, _directory, 0, new CommandSequence(Records));
        _storage.Delete(_storage.List().Single(name => name.StartsWith("journal-base-", StringComparison.Ordinal)));
        Assert.That(JournalRecovery.Examine(_storage).Error!.Fault, Is.EqualTo(JournalFault.SegmentMissing));
        Assert.That(JournalArchive.Restore(_directory, _storage), Is.Positive, "the archive mends it");
        Scribe.AssertRecords(_storage, Records);
    }

    private void AssertDamaged(string what)
    {
        var refusal = Assert.Throws<JournalException>(() => JournalArchive.Verify(_directory), what);
        Assert.That(refusal.Fault, Is.EqualTo(JournalFault.ArchiveDamaged), what);
        Assert.That(refusal.ExitCode, Is.EqualTo(12), what);
        Assert.That(refusal.Message, Does.Contain("next:"), what);
        Assert.That(
            () => JournalArchive.Remove(_storage, _directory, 0, new CommandSequence(Records)),
            Throws.InstanceOf<JournalException>(),
            what);
        Assert.That(_storage.Exists(SegmentLayout.NameOf(0)), Is.True, what);
    }
}

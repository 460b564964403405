using System.Buffers.Binary;
using HftDelta.Journal.Segments;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Primitives.Integrity;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Segments;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SegmentLayoutTests
{
    [TestCase(0, "journal-0000000000.seg")]
    [TestCase(42, "journal-0000000042.seg")]
    [TestCase(int.MaxValue, "journal-2147483647.seg")]
    public void A_name_tells_its_index(int index, string name)
    {
        Assert.That(SegmentLayout.NameOf(index), Is.EqualTo(name));
        Assert.That(SegmentLayout.TryParseName(name, out var parsed), Is.True);
        Assert.That(parsed, Is.EqualTo(index));
    }

    [TestCase("journal-42.seg")]
    [TestCase("journal-00000000042.seg")]
    [TestCase("journal-0000000042.SEG")]
    [TestCase("journal--000000042.seg")]
    [TestCase("journal-9999999999.seg")]
    [TestCase("other-0000000042.seg")]
    public void Other_names_are_no_segments(string name) =>
        Assert.That(SegmentLayout.TryParseName(name, out _), Is.False);

    [TestCase(8, 40)]
    [TestCase(9, 48)]
    [TestCase(16, 48)]
    [TestCase(1_376, 1_408)]
    public void A_record_takes_whole_words(int frameLength, int recordBytes) =>
        Assert.That(SegmentLayout.RecordBytes(frameLength), Is.EqualTo(recordBytes));

    [TestCase(1L << 20, true)]
    [TestCase(64L << 20, true)]
    [TestCase(3L << 20, false)]
    [TestCase(1L << 19, false)]
    [TestCase(1L << 31, false)]
    public void Segments_are_powers_of_two_from_one_mebibyte(long segmentBytes, bool valid) =>
        Assert.That(SegmentLayout.IsValidSegmentBytes(segmentBytes), Is.EqualTo(valid));

    [Test]
    public void Header_fields_lie_where_the_table_says()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage).Journal;
        var header = storage.Bytes(SegmentLayout.NameOf(0))[..4_096];

        Assert.That(header[..8].SequenceEqual("HDJOURNL"u8), Is.True);
        Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(header[8..]), Is.EqualTo(1), "format version");
        Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(header[12..]), Is.EqualTo(4_096), "header bytes");
        Assert.That(new Guid(header.Slice(16, 16)), Is.EqualTo(Scribe.Id));
        Assert.That(BinaryPrimitives.ReadInt64LittleEndian(header[32..]), Is.EqualTo(0), "segment index");
        Assert.That(BinaryPrimitives.ReadInt64LittleEndian(header[40..]), Is.EqualTo(Scribe.SegmentBytes));
        Assert.That(BinaryPrimitives.ReadInt64LittleEndian(header[48..]), Is.EqualTo(1), "first sequence");
        Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(header[68..]), Is.EqualTo(0), "checksum seed");
        Assert.That(BinaryPrimitives.ReadUInt16LittleEndian(header[76..]), Is.EqualTo(1), "client schema id");
        Assert.That(BinaryPrimitives.ReadUInt16LittleEndian(header[82..]), Is.EqualTo(4), "internal schema version");
        Assert.That(
            BinaryPrimitives.ReadUInt32LittleEndian(header[124..]), Is.EqualTo(Crc32CTests.Bitwise(0, header[..124])));
        Assert.That(header[128..].IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
    }
}

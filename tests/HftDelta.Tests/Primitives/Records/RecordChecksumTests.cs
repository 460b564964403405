using System.Runtime.InteropServices;
using HftDelta.Primitives.Records;
using HftDelta.Tests.Journal;
using HftDelta.Tests.Primitives.Integrity;
using NUnit.Framework;

namespace HftDelta.Tests.Primitives.Records;

[TestFixture]
[CancelAfter(20_000)]
public sealed class RecordChecksumTests
{
    [Test]
    public void Checksum_of_the_last_record_is_the_crc_of_all_heads_and_frames()
    {
        var stream = new List<byte>();
        var checksum = RecordChecksum.Genesis;
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            var frame = Enumerable.Range(0, 8 + sequence).Select(at => (byte)((at * 37) + sequence)).ToArray();
            var envelope = Envelope(sequence, frame.Length);
            checksum = RecordChecksum.Compute(checksum, in envelope, frame);
            stream.AddRange(MemoryMarshal.AsBytes([envelope])[..28].ToArray());
            stream.AddRange(frame);
        }

        Assert.That(checksum, Is.EqualTo(Crc32CTests.Bitwise(0, [.. stream])));
    }

    [Test]
    public void Every_bit_of_head_frame_and_seed_counts_and_the_checksum_field_does_not()
    {
        var frame = new byte[24];
        new Noise(3).Fill(frame);
        var envelope = Envelope(9, frame.Length);
        var whole = RecordChecksum.Compute(77, in envelope, frame);
        var bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref envelope, 1));
        for (var bit = 0; bit < 32 * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var changed = RecordChecksum.Compute(77, in envelope, frame) != whole;
            Assert.That(changed, Is.EqualTo(bit < 28 * 8), $"bit {bit} of the envelope");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(RecordChecksum.Compute(77, in envelope, frame), Is.Not.EqualTo(whole), $"bit {bit} of the frame");
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var bit = 0; bit < 32; bit++)
        {
            var changed = RecordChecksum.Compute(77u ^ (1u << bit), in envelope, frame);
            Assert.That(changed, Is.Not.EqualTo(whole), $"bit {bit} of the seed");
        }
    }

    private static RecordEnvelope Envelope(long sequence, int length) => new()
    {
        Sequence = sequence,
        TimeNanos = 1_700_000_000_000_000_000 + (ulong)sequence,
        Term = 3,
        SessionHandle = 12,
        Length = (ushort)length,
        Source = RecordSource.Client,
        Checksum = 0xAAAA_5555,
    };
}

using System.Buffers.Binary;
using HftDelta.Node.BookReplay;
using NUnit.Framework;

namespace HftDelta.Tests.Node.BookReplay;

[CancelAfter(20_000)]
public class HdbsReplayTests
{
    private const int HeaderBytes = 64;
    private const int RecordBytes = 32;
    private string _path = "";

    [SetUp]
    public void SetUp() => _path = Path.GetTempFileName();

    [TearDown]
    public void TearDown() => File.Delete(_path);

    [Test]
    public void Digest_is_that_of_the_documented_formula()
    {
        // One trade by hand: taker 2 takes 3 of maker 1 at 7.
        var bytes = TwoOrders();
        File.WriteAllBytes(_path, bytes);
        var stream = HdbsStream.Read(_path);
        Assert.That(stream.PrefillCount, Is.EqualTo(1));
        using var book = new HdbsBook(stream, sparse: false);
        book.Apply(stream.Prefill);
        Assert.That(book.Digest, Is.EqualTo(0x243F6A8885A308D3UL));
        book.Apply(stream.Timed);
        var mixed = unchecked(
            (2UL * 0x9E3779B97F4A7C15UL) + 0xC2B2AE3D27D4EB4FUL + (7UL * 0x165667B19E3779F9UL) + 3UL);
        const ulong Start = 0x243F6A8885A308D3UL;
        Assert.That(book.Digest, Is.EqualTo(unchecked((((Start << 5) | (Start >> 59)) ^ mixed) * 0xFF51AFD7ED558CCDUL)));
        Assert.That(book.Trades, Is.EqualTo(1));
        Assert.That(book.VolumeLots, Is.EqualTo(3));
        Assert.That(book.RestingCount, Is.EqualTo(1), "two of the maker are left, nothing of the taker");
    }

    [Test]
    public void Another_digest_in_the_header_is_a_difference()
    {
        File.WriteAllBytes(_path, TwoOrders());
        var stream = HdbsStream.Read(_path);
        using var book = new HdbsBook(stream, sparse: true);
        book.Apply(stream.Prefill);
        book.Apply(stream.Timed);
        Assert.That(book.Digest, Is.Not.EqualTo(stream.DigestExpected));
        Assert.That(HdbsReplay.Run(_path, sparse: false).IsEqual, Is.False);
    }

    [TestCase(0, (byte)'X', "HDBSTRM1")]
    [TestCase(8, 2, "version 2")]
    [TestCase(12, 48, "records of 48 bytes")]
    [TestCase(16, 3, "counts 3 records")]
    [TestCase(24, 9, "9 records of set-up")]
    [TestCase(40, 7, "profile 7")]
    [TestCase(48, 200, "order numbers to 200")]
    [TestCase(HeaderBytes, 2, "record 0 (of 2, from 0): operation 2")]
    [TestCase(HeaderBytes + 1, 2, "side 2")]
    [TestCase(HeaderBytes + 2, 2, "time in force 2")]
    [TestCase(HeaderBytes + 4, 0, "quantity 0")]
    [TestCase(HeaderBytes + 8, 77, "order number 77")]
    [TestCase(HeaderBytes + 16, 0, "price 0")]
    [TestCase(HeaderBytes + RecordBytes + 8, 1, "record 1 (of 2, from 0): order number 1 after 1")]
    public void Malformed_stream_names_its_fault(int offset, byte value, string fault)
    {
        var bytes = TwoOrders();
        bytes[offset] = value;
        File.WriteAllBytes(_path, bytes);
        Assert.That(
            () => HdbsStream.Read(_path),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains(fault).And.Message.Contains(_path));
    }

    [Test]
    public void Short_file_is_malformed_at_any_length()
    {
        var bytes = TwoOrders();
        for (var length = 0; length < bytes.Length; length += 5)
        {
            File.WriteAllBytes(_path, bytes[..length]);
            Assert.That(() => HdbsStream.Read(_path), Throws.TypeOf<ReplayInputException>(), $"{length} bytes");
        }
    }

    /// <summary>A sell of 5 at 7 as set-up, then an immediate buy of 3 at 9.</summary>
    private static byte[] TwoOrders()
    {
        var bytes = new byte[HeaderBytes + (2 * RecordBytes)];
        "HDBSTRM1"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), RecordBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(44), 100);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(48), 2);
        WriteOrder(bytes.AsSpan(HeaderBytes), side: 1, timeInForce: 0, quantity: 5, number: 1, price: 7);
        WriteOrder(bytes.AsSpan(HeaderBytes + RecordBytes), side: 0, timeInForce: 1, quantity: 3, number: 2, price: 9);
        return bytes;
    }

    private static void WriteOrder(Span<byte> record, byte side, byte timeInForce, uint quantity, ulong number, long price)
    {
        record[1] = side;
        record[2] = timeInForce;
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], quantity);
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], number);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], price);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], 1);
    }
}

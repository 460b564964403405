using HftDelta.Node.Schemas.Decoding;
using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Sbe;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Schemas;

/// <summary>
/// Random and broken bytes against the reader: it takes what a model takes that thinks of lengths alone, refuses the rest with a
/// reason and a place inside the message, and does nothing else.
/// </summary>
[CancelAfter(60_000)]
public sealed class HostileMessageTests
{
    private static readonly string[] Reasons =
    [
        "FrameTooShort", "UnknownSchema", "UnknownTemplate", "BlockTooShort", "BlockTruncated", "GroupHeaderTruncated",
        "GroupBlockTooShort", "GroupCountOutOfRange", "GroupTruncated", "DataLengthTruncated", "DataTooLong", "DataTruncated",
        "TrailingBytes",
    ];

    [TestCase("littleEndian")]
    [TestCase("bigEndian")]
    public void Groups_and_data_of_all_depths(string byteOrder) => Attack(TestSchemas.Deep(byteOrder));

    [TestCase("hftdelta.xml")]
    [TestCase("internal.xml")]
    public void Every_message_of_the_venue(string name) => Attack(SchemaFiles.Parse(SchemaFiles.Product(name)));

    private static void Attack(MessageSchema schema)
    {
        int rounds = Math.Max(200, LongSuite.Volume(ci: 10_000, @long: 500_000) / schema.Messages.Count);
        var random = new SplitMix64(LongSuite.Seed(ci: 5));
        var model = new FrameModel(schema);
        foreach (Message message in schema.Messages)
        {
            for (int round = 0; round < rounds; round++)
            {
                byte[] bytes = Break(model.RandomFrame(message, ref random), ref random);
                Assert.That(IsRead(schema, bytes), Is.EqualTo(model.IsSound(bytes)), () => Convert.ToHexString(bytes));
            }
        }
    }

    /// <summary>No, one or two bytes changed, and every other time the end cut off or something put behind it.</summary>
    private static byte[] Break(byte[] bytes, ref SplitMix64 random)
    {
        for (ulong changes = random.Next() % 3; changes > 0; changes--)
        {
            ulong at = random.Next() % (ulong)bytes.Length;
            ulong place = random.Next() % 2 == 0 ? at % 16 : at;
            bytes[place] = random.Next() % 2 == 0 ? (byte)0xff : (byte)random.Next();
        }

        return (random.Next() % 4) switch
        {
            0 => bytes[..(int)(random.Next() % (ulong)bytes.Length)],
            1 => [.. bytes, .. bytes[..(int)(random.Next() % (ulong)bytes.Length)]],
            _ => bytes,
        };
    }

    private static bool IsRead(MessageSchema schema, byte[] bytes)
    {
        try
        {
            DecodedMessage message = MessageReader.Read(schema, bytes, mayFollow: false);
            DecodedText.Write(TextWriter.Null, schema, message);
            Assert.That(message.LengthBytes + message.UnknownTailBytes, Is.EqualTo(bytes.Length));
            return true;
        }
        catch (MalformedMessageException fault)
        {
            Assert.That(fault.Reason, Is.AnyOf(Reasons));
            Assert.That(fault.OffsetBytes, Is.InRange(0, bytes.Length));
            return false;
        }
    }
}

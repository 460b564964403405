using HftDelta.Node.Schemas.Decoding;
using HftDelta.Sbe.Schema;
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
        ulong seed = LongSuite.Seed(ci: 5);
        foreach (Message message in schema.Messages)
        {
            HostileFrames.Run(schema, message, rounds, seed, frame => Read(schema, frame.ToArray()), recode: null);
        }
    }

    private static string? Read(MessageSchema schema, byte[] bytes)
    {
        try
        {
            using var text = new StringWriter();
            DecodedText.Write(text, schema, MessageReader.Read(schema, bytes, mayFollow: false));
            return text.ToString();
        }
        catch (MalformedMessageException fault)
        {
            Assert.That(fault.Reason, Is.AnyOf(Reasons));
            Assert.That(fault.OffsetBytes, Is.InRange(0, bytes.Length));
            return null;
        }
    }
}

using System.Text;
using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Odd schemas that the standard or the official tool allows: their code builds without a warning, and random frames of
/// every version of every message are read and written again as the model says.
/// </summary>
[CancelAfter(120_000)]
public sealed class AcceptedSchemaTests
{
    public static IEnumerable<TestCaseData> Schemas =>
        OddSchemas.All.Select(odd => new TestCaseData(odd.Text).SetArgDisplayNames(odd.Name));

    [TestCaseSource(nameof(Schemas))]
    public void An_odd_schema_is_compiled_and_its_frames_come_back(SchemaText text)
    {
        MessageSchema schema = SchemaFiles.Parse(text);
        Assert.That(CompiledSchema.FaultsOf(schema), Is.Empty);
        CompiledSchema compiled = CompiledSchema.Build(schema);
        foreach (Message message in schema.Messages)
        {
            ulong seed = LongSuite.Seed(47);
            int rounds = LongSuite.Volume(300, 10_000);
            int accepted = HostileFrames.Run(schema, message, rounds, seed, compiled.Read, compiled.Recode, soundShare: 60);
            Assert.That(accepted, Is.GreaterThan(rounds / 4), message.Name);
        }
    }

    [TestCase("utf-8", "utf-8", true)]
    [TestCase("utf-8", "", false)]
    [TestCase("utf-16", "utf-16", true)]
    [TestCase("utf-16BE", "UTF-16", true)]
    [TestCase("utf-16BE", "UTF-16", false)]
    [TestCase("utf-32", "UTF-32", true)]
    [TestCase("iso-8859-1", "ISO-8859-1", false)]
    public void A_schema_is_read_in_the_encoding_that_it_has(string saved, string declared, bool marked)
    {
        string head = declared.Length > 0 ? $"<?xml version='1.0' encoding='{declared}'?>\n" : "";
        string content = head + TestSchemas.Of("<message name='M' id='1' description='gr\u00f6\u00dfe'/>").Content;
        Encoding encoding = Encoding.GetEncoding(saved);
        byte[] mark = marked ? encoding.GetPreamble() : [];
        MessageSchema schema = SchemaFiles.Parse(SchemaText.FromBytes("a.xml", [.. mark, .. encoding.GetBytes(content)]));
        Assert.That(schema.Messages[0].Notes.Description, Is.EqualTo("gr\u00f6\u00dfe"));
    }

    [Test]
    public void Bytes_that_are_not_of_their_encoding_are_refused()
    {
        byte[] bytes = [.. "<?xml version='1.0'?><x a='"u8, 0xff, .. "'/>"u8];
        Assert.That(() => SchemaText.FromBytes("a.xml", bytes), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void A_fallback_stands_in_for_an_include_that_is_not_there()
    {
        const string include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='no.xml'><xi:fallback>"
            + "<type name='T' primitiveType='uint16'/></xi:fallback></xi:include>";
        MessageSchema schema = SchemaFiles.Parse(TestSchemas.Of(
            "<message name='M' id='1'><field name='a' id='1' type='T'/></message>", include));
        Assert.That(schema.Messages[0].BlockLength, Is.EqualTo(2));
    }

    [Test]
    public void The_null_of_a_float_has_the_bits_of_the_standard()
    {
        MessageSchema schema = SchemaFiles.Parse(TestSchemas.Of(
            "<message name='M' id='1'><field name='a' id='1' type='double'/></message>"));
        CompiledSchema compiled = CompiledSchema.Build(
            schema, "return (int)(BitConverter.DoubleToUInt64Bits(MDecoder.ANull) >> 48);\n");
        Assert.That(compiled.Encode(0, []), Is.EqualTo(0x7ff8));
    }

    [Test]
    public void A_gap_between_length_and_data_tells_nothing_of_the_buffer()
    {
        MessageSchema schema = SchemaFiles.Parse(TestSchemas.Of(
            "<message name='M' id='1'><data name='d' id='1' type='D'/></message>",
            "<composite name='D'><type name='length' primitiveType='uint8'/>"
            + "<type name='varData' primitiveType='uint8' length='0' offset='4'/></composite>"));
        CompiledSchema compiled = CompiledSchema.Build(
            schema, "var m = MEncoder.Wrap(buffer); m.SetD(new byte[] { 9 }); return m.EncodedLength;\n");
        var buffer = new byte[32];
        buffer.AsSpan().Fill(0xa5);
        int length = compiled.Encode(0, buffer);
        Assert.That(buffer[8..length], Is.EqualTo(new byte[] { 1, 0, 0, 0, 9 }));
    }

    [Test]
    public void Fewer_entries_than_the_dimension_asks_for_are_refused_by_both_sides()
    {
        MessageSchema schema = SchemaFiles.Parse(TestSchemas.Of(
            "<message name='M' id='1'><group name='g' id='1' dimensionType='D'/></message>",
            "<composite name='D'><type name='blockLength' primitiveType='uint8'/>"
            + "<type name='numInGroup' primitiveType='uint8' minValue='2' maxValue='3'/></composite>"));
        CompiledSchema compiled = CompiledSchema.Build(schema, "MEncoder.Wrap(buffer).SetG(1); return 0;\n");
        Assert.That(() => compiled.Encode(0, new byte[32]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        byte[] frame = [0, 0, 1, 0, 7, 0, 0, 0, 0, 1];
        Assert.That(compiled.Print(frame), Is.EqualTo("GroupCountOutOfRange"));
        frame[9] = 3;
        Assert.That(compiled.Print(frame), Does.StartWith("{"));
    }
}

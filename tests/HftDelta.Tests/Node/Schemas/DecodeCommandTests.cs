using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Tests.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Schemas;

/// <summary><c>hftdelta schema decode</c> and <c>show</c> on the command line.</summary>
[CancelAfter(20_000)]
public sealed class DecodeCommandTests
{
    /// <summary>Block of 8 bytes, template 1, schema 7, version 0; then the number 258.</summary>
    private const string Ping = "0800 0100 0700 0000 0201 0000 0000 0000";

    private SchemaFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new SchemaFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_message_is_printed_with_the_place_of_each_element()
    {
        var run = Run.Of("schema", "decode", _folder.Schema(), "--hex", Ping);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Lines[0], Is.EqualTo("Ping: template 1, schema 7, version 0, 16 bytes"));
        Assert.That(run.Lines[^1], Does.Match("^ +8 +8  n +258$"));
    }

    [Test]
    public void Json_has_names_places_and_values()
    {
        var run = Run.Of("schema", "decode", _folder.Schema(), "--hex", Ping, "--output", "json");
        JsonElement message = run.Json.GetProperty("messages")[0];
        JsonElement field = message.GetProperty("fields")[0];
        Assert.That(message.GetProperty("message").GetString(), Is.EqualTo("Ping"));
        Assert.That(field.GetProperty("name").GetString(), Is.EqualTo("n"));
        Assert.That(field.GetProperty("offsetBytes").GetInt32(), Is.EqualTo(8));
        Assert.That(field.GetProperty("value").GetInt64(), Is.EqualTo(258));
    }

    [TestCase("0800010007000000", "BlockTruncated at byte 8")]
    [TestCase("08000100070000", "FrameTooShort at byte 7")]
    [TestCase("0800010008000000 0000000000000000", "UnknownSchema at byte 4")]
    [TestCase("0800090007000000 0000000000000000", "UnknownTemplate at byte 2")]
    [TestCase("0700010007000000 0000000000000000", "BlockTooShort at byte 0")]
    [TestCase("0800010007000000 000000000000000000", "TrailingBytes at byte 16")]
    public void Bytes_that_are_no_message_are_refused_with_reason_and_place(string hex, string reason)
    {
        var run = Run.Of("schema", "decode", _folder.Schema(), "--hex", hex);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.MalformedMessage));
        Assert.That(run.Error, Does.Contain(reason).And.Contain("next:"));
        Assert.That(run.Output, Is.Empty);
    }

    [TestCase("0x08 0x00:01-00,07_00 00 00 0201000000000000", ExitCode.Ok)]
    [TestCase("080", ExitCode.Usage)]
    [TestCase("08 zz", ExitCode.Usage)]
    public void Hexadecimal_digits_may_be_pasted_as_they_come(string hex, ExitCode expected) =>
        Assert.That(Run.Of("schema", "decode", _folder.Schema(), "--hex", hex).ExitCode, Is.EqualTo(expected));

    [Test]
    public void A_file_of_many_messages_is_read_to_the_first_bad_byte()
    {
        byte[] ping = Convert.FromHexString(Ping.Replace(" ", "", StringComparison.Ordinal));
        string file = _folder.Path("frames.bin");
        File.WriteAllBytes(file, [.. ping, .. ping]);
        var one = Run.Of("schema", "decode", _folder.Schema(), "--file", file);
        Assert.That(one.Error, Does.Contain("TrailingBytes at byte 16"));
        var many = Run.Of("schema", "decode", _folder.Schema(), "--file", file, "--many", "--output", "json");
        Assert.That(many.Json.GetProperty("messages")[1].GetProperty("offsetBytes").GetInt32(), Is.EqualTo(16));
        File.WriteAllBytes(file, [.. ping, .. ping[..^1]]);
        var cut = Run.Of("schema", "decode", _folder.Schema(), "--file", file, "--many");
        Assert.That(cut.ExitCode, Is.EqualTo(ExitCode.MalformedMessage));
        Assert.That(cut.Error, Does.Contain("BlockTruncated at byte 31"));
        Assert.That(cut.Output, Does.Contain("258"));
    }

    [Test]
    public void What_a_newer_version_added_is_counted_and_skipped()
    {
        var run = Run.Of("schema", "decode", _folder.Schema(), "--hex", "0a00010007000300 0201000000000000 ffff aabbcc");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Output, Does.Contain("version 3 (this schema: 0)").And.Contain("2 bytes at the end of the block")
            .And.Contain("3 bytes behind the message"));
    }

    [Test]
    public void Without_bytes_or_with_both_kinds_nothing_is_decoded()
    {
        string schema = _folder.Schema();
        Assert.That(Run.Of("schema", "decode", schema).ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(Run.Of("schema", "decode", schema, "--hex", "00", "--file", "x").ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(Run.Of("schema", "decode", schema, "--file", _folder.Path("no")).ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(Run.Of("schema", "decode", _folder.Path("no.xml"), "--hex", Ping).ExitCode, Is.EqualTo(ExitCode.Usage));
    }

    [Test]
    public void Tables_give_the_bytes_of_every_field()
    {
        string schema = _folder.Schema(
            """
            <message name='M' id='9' description='a | b'>
              <field name='p' id='1' type='Pair'/><field name='q' id='2' type='int16' offset='12'/>
              <group name='g' id='3'><field name='r' id='4' type='Pair'/></group>
            </message>
            """,
            "<composite name='Pair'><type name='x' primitiveType='int32' presence='optional' nullValue='-5'/>"
            + "<type name='k' primitiveType='int8' presence='constant'>4</type>"
            + "<type name='y' primitiveType='uint16'/></composite>");
        string text = Run.Of("schema", "show", schema).Output;
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain("a \\| b"));
            Assert.That(text, Does.Contain("| 0 | 4 | `p.x` |").And.Contain("optional, null -5"));
            Assert.That(text, Does.Contain("|  |  | `p.k` |").And.Contain("constant 4"));
            Assert.That(text, Does.Contain("| 4 | 2 | `p.y` |"));
            Assert.That(text, Does.Contain("| 12 | 2 | `q` | 2 | int16 |"));
            Assert.That(text, Does.Contain("Each entry: 6 bytes"));
        });
        JsonElement tables = Run.Of("schema", "show", schema, "--format", "json").Json;
        JsonElement fields = tables.GetProperty("messages")[0].GetProperty("fields");
        Assert.That(fields.EnumerateArray().Single(row => row.GetProperty("name").GetString() == "q")
            .GetProperty("offsetBytes").GetInt32(), Is.EqualTo(12));
    }
}

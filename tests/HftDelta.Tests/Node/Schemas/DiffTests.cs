using HftDelta.Node.Cli;
using HftDelta.Node.Schemas.Comparison;
using HftDelta.Tests.Node.Cli;
using HftDelta.Tests.Sbe;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Schemas;

/// <summary>One change to a schema at a time, and what the comparison must say of it.</summary>
[CancelAfter(20_000)]
public sealed class DiffTests
{
    private const string Types = """
        <enum name='Side' encodingType='uint8'><validValue name='Buy'>1</validValue></enum>
        <set name='Flags' encodingType='uint8'><choice name='first'>0</choice><choice name='second'>1</choice></set>
        <composite name='Money'><type name='units' primitiveType='int64'/><type name='scale' primitiveType='int8'/></composite>
        <type name='Small' primitiveType='int32' minValue='0' maxValue='9'/>
        <type name='Maybe' primitiveType='int32' presence='optional'/>
        <type name='Text' primitiveType='char' length='4' characterEncoding='US-ASCII'/>
        """;

    private const string Messages = """
        <message name='Order' id='1'>
          <field name='a' id='1' type='int32'/>
          <field name='side' id='2' type='Side'/>
          <field name='flags' id='3' type='Flags'/>
          <field name='money' id='4' type='Money'/>
          <field name='small' id='5' type='Small'/>
          <field name='maybe' id='6' type='Maybe'/>
          <field name='text' id='7' type='Text'/>
          <group name='legs' id='8'><field name='leg' id='9' type='int32'/></group>
          <group name='notes' id='10'><field name='note' id='11' type='int32'/></group>
          <data name='memo' id='12' type='text'/>
        </message>
        <message name='Plain' id='2'><field name='x' id='1' type='int32'/></message>
        """;

    private const string Since1 = "sinceVersion='1'";

    /// <summary>What is replaced by what, in messages or types, and the kind and element expected first of all.</summary>
    private static readonly object[][] Changes =
    [
        ["name='a' id='1' type='int32'", "name='a' id='1' type='uint32'", "breaks", "Order.a"],
        ["name='a' id='1' type='int32'", "name='b' id='1' type='int32'", "renames", "Order.a"],
        ["name='a' id='1' type='int32'", "name='a' id='99' type='int32'", "renames", "Order.a"],
        ["name='a' id='1' type='int32'", "name='a' id='1' type='int32' description='x'", "words", "Order.a"],
        ["name='a' id='1' type='int32'", "name='a' id='1' type='int32' deprecated='1'", "words", "Order.a"],
        ["name='a' id='1' type='int32'", $"name='a' id='1' type='int32' {Since1}", "breaks", "Order.a"],
        ["name='a' id='1' type='int32'", "name='a' id='1' type='int32' presence='optional'", "breaks", "Order.a"],
        ["<field name='a' id='1' type='int32'/>", "", "breaks", "Order.a"],
        ["id='7' type='Text'/>", $"id='7' type='Text'/><field name='n' id='20' type='int8' {Since1}/>", "adds", "Order.n"],
        ["id='7' type='Text'/>", "id='7' type='Text'/><field name='n' id='20' type='int8'/>", "breaks", "Order.n"],
        ["<field name='a'", $"<field name='n' id='20' type='int8' {Since1}/><field name='a'", "breaks", "Order.n"],
        ["<message name='Plain' id='2'>", "<message name='Plain' id='2' blockLength='9'>", "adds", "Plain"],
        ["<message name='Plain' id='2'>", "<message name='Plain' id='3'>", "breaks", "Plain"],
        ["<message name='Plain'", "<message name='Simple'", "renames", "Plain"],
        ["<message name='Plain'", "<message name='New' id='9'/><message name='Plain'", "adds", "New"],
        ["type='int32'/></message>", $"type='int32'/><group name='g' id='5' {Since1}/></message>", "adds", "Plain.g"],
        ["type='int32'/></message>", "type='int32'/><group name='g' id='5'/></message>", "breaks", "Plain.g"],
        ["<data name='memo'", $"<group name='g' id='15' {Since1}/><data name='memo'", "breaks", "Order.g"],
        ["<data name='memo'", $"<data name='n' id='15' type='text' {Since1}/><data name='memo'", "breaks", "Order"],
        ["type='text'/>", $"type='text'/><data name='n' id='15' type='text' {Since1}/>", "adds", "Order.n"],
        ["<data name='memo' id='12' type='text'/>", "", "breaks", "Order.memo"],
        ["id='9' type='int32'/>", $"id='9' type='int32'/><field name='n' id='19' type='int8' {Since1}/>", "adds", "Order.legs.n"],
        ["id='9' type='int32'/>", $"id='9' type='int32'/><group name='n' id='19' {Since1}/>", "breaks", "Order.legs.n"],
        ["id='9' type='int32'/>", $"id='9' type='int32'/><data name='n' id='19' type='text' {Since1}/>",
            "breaks", "Order.legs.n"],
        ["name='legs' id='8'", "name='legs' id='8' dimensionType='wideGroup'", "breaks", "Order.legs"],
        ["name='Buy'>1<", "name='Buy'>3<", "breaks", "enum Side.Buy"],
        ["name='Buy'>1<", "name='Bid'>1<", "renames", "enum Side.Buy"],
        ["<validValue name='Buy'>1</validValue>", "<validValue name='Buy'>1</validValue><validValue name='N'>9</validValue>",
            "adds", "enum Side.N"],
        ["name='Side' encodingType='uint8'", "name='Side' encodingType='uint16'", "breaks", "enum Side"],
        ["<choice name='first'>0<", "<choice name='first'>5<", "breaks", "set Flags.first"],
        ["<choice name='first'>0</choice>", "<choice name='first'>0</choice><choice name='n'>7</choice>", "adds", "set Flags.n"],
        ["name='units' primitiveType='int64'", "name='units' primitiveType='int32'", "breaks", "composite Money.units"],
        ["name='scale'", "name='power'", "breaks", "composite Money.scale"],
        ["<type name='scale'", $"<type name='n' primitiveType='int8' {Since1}/><type name='scale'",
            "breaks", "composite Money.n"],
        ["maxValue='9'", "maxValue='8'", "breaks", "Order.small"],
        ["maxValue='9'", "maxValue='99'", "breaks", "Order.small"],
        ["name='Maybe' primitiveType='int32'", "name='Maybe' primitiveType='int32' nullValue='7'", "breaks", "Order.maybe"],
        ["length='4'", "length='5'", "breaks", "Order.text"],
        ["characterEncoding='US-ASCII'", "characterEncoding='UTF-8'", "breaks", "Order.text"],
        ["<group name='legs'", "<group name='notes' id='10'><field name='note' id='11' type='int32'/></group><group name='legs'",
            "breaks", "Order"],
        ["package=\"test\"", "package=\"other\"", "renames", "schema"],
        ["id=\"7\"", "id=\"8\"", "breaks", "schema"],
        ["byteOrder=\"littleEndian\"", "byteOrder=\"bigEndian\"", "breaks", "schema"],
        ["<type name=\"templateId\" primitiveType=\"uint16\"/>", "<type name=\"templateId\" primitiveType=\"uint32\"/>",
            "breaks", "header"],
    ];

    [TestCaseSource(nameof(Changes))]
    public void A_change_is_told_with_what_it_does(string old, string @new, string kind, string element)
    {
        string before = TestSchemas.Of(Messages, Types).Content;
        string after = TestSchemas.Of(Messages, Types, version: 1).Content;
        Assert.That(after, Does.Contain(old));
        string changed = Replace(after, old, @new);
        if (@new.StartsWith("<group name='notes'", StringComparison.Ordinal))
        {
            int second = changed.LastIndexOf("<group name='notes'", StringComparison.Ordinal);
            changed = changed.Remove(second, changed.IndexOf("</group>", second, StringComparison.Ordinal) + 8 - second);
        }

        IReadOnlyList<SchemaChange> changes = Compare(before, changed);
        ChangeKind expected = Enum.Parse<ChangeKind>(kind, ignoreCase: true);
        Assert.That(changes.Select(change => (change.Kind, change.Element)), Has.Member((expected, element)), Words(changes));
        bool breaks = changes.Any(change => change.Kind is ChangeKind.Breaks or ChangeKind.Renames);
        Assert.That(breaks, Is.EqualTo(expected is ChangeKind.Breaks or ChangeKind.Renames), Words(changes));
    }

    [Test]
    public void Additions_need_a_higher_version()
    {
        string before = TestSchemas.Of(Messages, Types).Content;
        string after = Replace(before, "<message name='Plain'", "<message name='New' id='9'/><message name='Plain'");
        Assert.That(Words(Compare(before, after)), Does.Contain("raise it"));
    }

    [Test]
    public void Versions_never_go_back() => Assert.That(
        Words(Compare(TestSchemas.Of(Messages, Types, version: 2).Content, TestSchemas.Of(Messages, Types, version: 1).Content)),
        Does.Contain("versions only grow"));

    [Test]
    public void A_type_in_many_places_is_told_once()
    {
        string messages = Messages + "<message name='Other' id='3'><field name='side' id='1' type='Side'/></message>";
        string after = Replace(TestSchemas.Of(messages, Types, version: 1).Content, "name='Buy'>1<", "name='Bid'>1<");
        IReadOnlyList<SchemaChange> changes = Compare(TestSchemas.Of(messages, Types).Content, after);
        Assert.That(changes.Count(change => change.Kind == ChangeKind.Renames), Is.EqualTo(1), Words(changes));
    }

    [Test]
    public void The_verdict_is_the_exit_code()
    {
        using var folder = new SchemaFolder();
        string old = folder.Write("old.xml", TestSchemas.Of(Messages, Types).Content);
        string wider = folder.Write("wider.xml", Replace(TestSchemas.Of(Messages, Types, version: 1).Content,
            "<message name='Plain'", "<message name='New' id='9'/><message name='Plain'"));
        string broken = folder.Write("broken.xml", Replace(TestSchemas.Of(Messages, Types).Content,
            "name='a' id='1' type='int32'", "name='a' id='1' type='int64'"));
        Run good = Run.Of("schema", "diff", old, wider);
        Assert.That(good.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(good.Lines[^1], Does.StartWith("compatible: 1 adds"));
        Run bad = Run.Of("schema", "diff", old, broken);
        Assert.That(bad.ExitCode, Is.EqualTo(ExitCode.SchemaIncompatible));
        Assert.That(bad.Output, Does.Contain("Order.a: type was int32 and is int64").And.Contain("incompatible"));
        Run json = Run.Of("schema", "diff", old, broken, "--output", "json");
        Assert.That(json.Json.GetProperty("compatible").GetBoolean(), Is.False);
        Assert.That(json.Json.GetProperty("changes").EnumerateArray().Select(one => one.GetProperty("kind").GetString()),
            Has.Member("breaks"));
    }

    private static IReadOnlyList<SchemaChange> Compare(string old, string @new) => SchemaComparison.Compare(
        SchemaFiles.Parse(new("old.xml", old)), SchemaFiles.Parse(new("new.xml", @new)));

    private static string Replace(string text, string old, string @new)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        return text.Remove(at, old.Length).Insert(at, @new);
    }

    private static string Words(IReadOnlyList<SchemaChange> changes) =>
        string.Join('\n', changes.Select(change => $"{change.Kind} {change.Element}: {change.What}"));
}

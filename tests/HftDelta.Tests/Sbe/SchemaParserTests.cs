using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>What the parser makes of a schema, and where it says a fault is.</summary>
[CancelAfter(20_000)]
public sealed class SchemaParserTests
{
    [Test]
    public void A_fault_names_file_line_element_and_remedy()
    {
        const string content =
            "<messageSchema id='1'>\n<types>\n  <type name='T' primitiveType='int9'/>\n</types></messageSchema>";
        SchemaProblem fault = Faults(new SchemaText("orders.xml", content))[0];
        Assert.That(fault.Point, Is.EqualTo(new SourcePoint("orders.xml", 3, 4)));
        Assert.That(fault.Element, Is.EqualTo("type 'T'"));
        Assert.That(fault.Message, Does.Contain("int9").And.Contain("write char"));
    }

    [Test]
    public void An_unfinished_document_is_refused_at_its_line()
    {
        SchemaProblem fault = Faults(new SchemaText("a.xml", "<messageSchema>\n<types>\n</messageSchema>")).Single();
        Assert.That(fault.Point.Line, Is.EqualTo(3));
    }

    [Test]
    public void Entities_are_refused_before_they_are_expanded()
    {
        const string bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><messageSchema>&b;</messageSchema>";
        Assert.That(Faults(new SchemaText("a.xml", bomb)).Single().Message, Does.Contain("DOCTYPE"));
    }

    [Test]
    public void A_document_nested_without_end_is_refused()
    {
        string deep = "<messageSchema>" + string.Concat(Enumerable.Repeat("<types>", 100_000));
        Assert.That(Faults(new SchemaText("a.xml", deep)).Single().Message, Does.Contain("nested deeper"));
    }

    [Test]
    public void Faults_are_capped()
    {
        string types = string.Concat(Enumerable.Range(0, 5000).Select(i => $"<type name='T{i}' primitiveType='none'/>"));
        Assert.That(Faults(TestSchemas.Of("<message name='M' id='1'/>", types)), Has.Count.EqualTo(ProblemList.Capacity + 1));
    }

    [TestCase("<field name='a' id='1' type='uint8' offset='4'/><field name='b' id='2' type='uint8' offset='2'/>", "lies inside")]
    [TestCase("<field name='a' id='1' type='uint8'/><field name='a' id='2' type='uint8'/>", "has this name")]
    [TestCase("<field name='a' id='1' type='uint8'/><field name='b' id='1' type='uint8'/>", "used twice")]
    [TestCase("<field name='a' id='1' type='nothing'/>", "does not exist")]
    [TestCase("<field name='a' id='1' type='text'/>", "no fixed length")]
    [TestCase("<field name='a' id='1' type='uint8' sinceVersion='1'/>", "above the schema's version")]
    [TestCase("<field name='a b' id='1' type='uint8'/>", "letters, digits and underscores")]
    [TestCase("<field name='a' id='1' type='uint8' presence='constant'/>", "no value")]
    [TestCase("<data name='d' id='1' type='groupSizeEncoding'/>", "no member length")]
    [TestCase("<data name='d' id='1' type='text'/><field name='a' id='2' type='uint8'/>", "cannot stand after")]
    [TestCase("<group name='g' id='1' dimensionType='text'/>", "no member blockLength")]
    [TestCase("<thing/>", "does not belong here")]
    public void A_faulty_block_is_refused_at_its_line(string content, string expected)
    {
        List<SchemaProblem> faults = Faults(TestSchemas.Of($"<message name='M' id='1'>{content}</message>"));
        Assert.That(faults.Select(fault => fault.Message), Has.Some.Contains(expected));
        Assert.That(faults.Select(fault => fault.Point.Line), Is.All.EqualTo(faults[0].Point.Line));
        Assert.That(faults[0].Point.Line, Is.GreaterThan(1));
    }

    [Test]
    public void A_block_too_short_for_its_fields_is_refused()
    {
        SchemaText text = TestSchemas.Of(
            "<message name='M' id='1' blockLength='3'><field name='a' id='1' type='uint32'/></message>");
        Assert.That(Faults(text).Single().Message, Does.Contain("blockLength='3'"));
    }

    [Test]
    public void A_template_id_that_the_header_cannot_hold_is_refused()
    {
        SchemaText text = TestSchemas.Of("<message name='M' id='65536'/>");
        Assert.That(Faults(text).Single().Message, Does.Contain("does not fit templateId"));
    }

    [Test]
    public void Layout_follows_offsets_block_length_and_presence()
    {
        MessageSchema schema = SchemaFiles.Parse(TestSchemas.Of(
            """
            <message name="M" id="1" blockLength="40">
              <field name="a" id="1" type="uint8"/>
              <field name="k" id="2" type="K"/>
              <field name="b" id="3" type="Spaced" offset="4"/>
              <field name="c" id="4" type="uint16"/>
            </message>
            """,
            """
            <type name="K" primitiveType="int32" presence="constant">9</type>
            <composite name="Spaced">
              <type name="x" primitiveType="uint8"/><type name="y" primitiveType="int64" offset="8"/>
            </composite>
            """));
        Message message = schema.Messages.Single();
        Assert.That(message.Fields.ConvertAll(field => field.OffsetBytes), Is.EqualTo(new[] { 0, 1, 4, 20 }));
        Assert.That(message.BlockLength, Is.EqualTo(40));
        Assert.That(message.Fields[1].Constant!.Bits, Is.EqualTo(9UL));
    }

    [Test]
    public void Includes_come_from_the_resolver_and_keep_their_own_lines()
    {
        var main = new SchemaText("main.xml",
            "<messageSchema id='1' xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='common.xml'/></messageSchema>");
        var common = new SchemaText("common.xml", "<types>\n<type name='T' primitiveType='wrong'/>\n</types>");
        var problems = new ProblemList();
        SchemaParser.Parse(main, (_, href) => href == "common.xml" ? common : null, problems);
        Assert.That(problems.Items.Select(problem => problem.Point), Does.Contain(new SourcePoint("common.xml", 2, 2)));
    }

    [Test]
    public void A_file_that_includes_itself_is_refused()
    {
        var main = new SchemaText("main.xml",
            "<messageSchema id='1' xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='main.xml'/></messageSchema>");
        var problems = new ProblemList();
        Assert.That(SchemaParser.Parse(main, (_, _) => main, problems), Is.Null);
        Assert.That(problems.Items[0].Message, Does.Contain("includes itself"));
    }

    [Test]
    public void An_include_that_was_not_given_is_refused()
    {
        var main = new SchemaText("main.xml",
            "<messageSchema id='1' xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd'/></messageSchema>");
        var problems = new ProblemList();
        SchemaParser.Parse(main, (_, _) => null, problems);
        Assert.That(problems.Items[0].Message, Does.Contain("AdditionalFiles"));
    }

    private static List<SchemaProblem> Faults(SchemaText text)
    {
        var problems = new ProblemList();
        Assert.That(SchemaParser.Parse(text, (_, _) => null, problems), Is.Null);
        return [.. problems.Items];
    }
}

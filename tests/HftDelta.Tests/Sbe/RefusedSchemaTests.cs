using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Faults beyond those of the collection. The official tool (1.41) refuses those marked so; the others it lets through to
/// code that does not build, to codecs that write other bytes than they should, or to the value of one overflow.
/// </summary>
[CancelAfter(20_000)]
public sealed class RefusedSchemaTests
{
    private const string OneEnum = "<enum name='E' encodingType='uint8'><validValue name='X'>1</validValue></enum>";

    // The official tool refuses these too.
    [TestCase("<field name='a' id='1' type='T' semanticType='Qty'/>",
        "<type name='T' primitiveType='uint8' semanticType='Price'/>", "differs from 'Price'")]
    [TestCase("<data name='d' id='1' type='text' presence='optional'/>", "", "neither optional nor constant")]
    [TestCase("<data name='d' id='1' type='text' presence='maybe'/>", "", "presence='maybe' is unknown")]
    [TestCase("<field name='a' id='1' type='T'/>",
        OneEnum + "<type name='T' primitiveType='uint8' valueRef='E.X'/>", "is not constant")]
    [TestCase("<field name='a' id='1' type='T'/>",
        OneEnum + "<type name='T' primitiveType='uint16' presence='constant' valueRef='E.X'/>", "no single uint16")]
    [TestCase("<field name='a' id='1' type='uint16' presence='constant' valueRef='E.X'/>", OneEnum, "does not fit the type")]
    [TestCase("<field name='a' id='1' type='uint8' valueRef='E.Y'/>", OneEnum, "no value 'Y'")]
    [TestCase("<field name='a' id='1' type='E' presence='constant'/>", OneEnum, "no value; give valueRef")]
    [TestCase("<field name='a' id='1' type='C'/>",
        "<composite name='C'><ref name='r' type='uint8'/></composite>", "not declared")]
    [TestCase("<field name='a' id='1' type='C'/>",
        "<composite name='I'><composite name='J'><type name='x' primitiveType='uint8'/></composite></composite>"
        + "<composite name='C'><ref name='r' type='J'/></composite>", "not declared")]
    [TestCase("<field name='a' id='1' type='C'/>",
        "<composite name='C'><type name='x' primitiveType='uint8'/><type name='y' primitiveType='uint8' offset='0'/></composite>",
        "lies inside")]
    [TestCase("<field name='a' id='1' type='E'/>",
        "<enum name='E' encodingType='uint8' nullValue='0'><validValue name='X'>255</validValue></enum>", "outside the minValue")]
    [TestCase("<field name='a' id='1' type='S'/>",
        "<set name='S' encodingType='uint64'><choice name='x'>64</choice></set>", "from 0 to 63")]
    [TestCase("<group name='g' id='1' dimensionType='D'/>",
        Dimension + "uint16'/><type name='numInGroup' primitiveType='int16'/></composite>",
        "is signed")]
    [TestCase("<group name='g' id='1' dimensionType='D'/>",
        Dimension + "uint32'/><type name='numInGroup' primitiveType='uint8'/></composite>",
        "beyond 2147483647")]
    [TestCase("<data name='d' id='1' type='D'/>",
        "<composite name='D'><type name='length' primitiveType='uint32'/>"
        + "<type name='varData' primitiveType='uint8' length='0'/></composite>",
        "beyond 2147483647")]
    [TestCase("<field name='a' id='1' type='T'/>",
        "<type name='T' primitiveType='uint64' presence='constant'>18446744073709551616</type>", "no value of uint64")]
    [TestCase("<field name='a' id='1' type='uint8' offset='4294967296'/>", "", "not a whole number")]
    [TestCase("<group name='g' id='1'><field name='a' id='1' type='uint8'/></group><field name='b' id='2' type='uint8'/>", "",
        "cannot stand after")]

    // These it lets through.
    [TestCase("<field name='a' id='1' type='T'/>",
        "<type name='T' primitiveType='uint8' presence='constant'>256</type>", "no value of uint8")]
    [TestCase("<field name='a' id='1' type='T'/>",
        "<type name='T' primitiveType='double' presence='constant'>1e400</type>", "no value of double")]
    [TestCase("<field name='a' id='1' type='T'/>", "<type name='T' primitiveType='int64' length='2147483647'/>", "out of range")]
    [TestCase("<field name='a' id='1' type='T'/>",
        "<type name='T' primitiveType='char' presence='constant'>caf\u00e9</type>", "characterEncoding")]
    [TestCase("<group name='g' id='1' dimensionType='D'><field name='a' id='1' type='T'/></group>",
        "<type name='T' primitiveType='char' length='300'/>"
        + Dimension + "uint8'/><type name='numInGroup' primitiveType='uint8'/></composite>",
        "does not fit blockLength of 8 bits")]
    [TestCase("<field name='a-b' id='1' type='uint8'/>", "", "letters, digits and underscores")]
    [TestCase("<field name='1a' id='1' type='uint8'/>", "", "letters, digits and underscores")]
    [TestCase("<field name='a' id='1' type='T'/>",
        "<type name='T' primitiveType='uint8'/><set name='T' encodingType='uint8'/>", "name is taken")]
    [TestCase("<field name='a' id='1' type='C'/>", "<composite name='C'/>", "no usable members")]
    [TestCase("<field name='a' id='1' type='uint8'/><field name='b' id='2' type='uint8' offset='0'/>", "", "lies inside")]
    public void A_fault_is_told_once_at_its_line(string content, string types, string expected)
    {
        List<SchemaProblem> faults = Faults(TestSchemas.Of($"<message name='M' id='1'>{content}</message>", types));
        Assert.That(faults[0].Message, Does.Contain(expected));
        Assert.That(faults, Has.Count.EqualTo(1), string.Join('\n', faults));
        Assert.That(faults[0].Point.Line, Is.GreaterThan(1));
    }

    [TestCase("<!DOCTYPE x>\n<messageSchema id='1'/>", 1)]
    [TestCase("<!-- first -->\n  <!DOCTYPE x SYSTEM 'file:///etc/passwd'>\n<messageSchema id='1'/>", 2)]
    [TestCase("<!DOCTYPE x [<!ENTITY one '1'>]>\n<messageSchema id='&one;'/>", 1)]
    public void A_document_type_is_refused_at_its_line(string content, int line)
    {
        SchemaProblem fault = Faults(new SchemaText("a.xml", content)).Single();
        Assert.That(fault.Element, Is.EqualTo("DOCTYPE"));
        Assert.That(fault.Point.Line, Is.EqualTo(line));
    }

    [TestCase("")]
    [TestCase("   \n ")]
    [TestCase("<messageSchema id='&nothing;'/>")]
    [TestCase("<messageSchema id='1'>&#0;</messageSchema>")]
    [TestCase("<x:messageSchema id='1'/>")]
    [TestCase("\ufeff\ufeffnot a schema")]
    public void What_is_no_document_is_refused_with_a_place(string content)
    {
        SchemaProblem fault = Faults(new SchemaText("a.xml", content)).Single();
        Assert.That(fault.Message, Does.Contain("not readable as XML"));
        Assert.That(fault.Point.Line, Is.GreaterThan(0));
    }

    private const string Dimension = "<composite name='D'><type name='blockLength' primitiveType='";

    private static List<SchemaProblem> Faults(SchemaText text)
    {
        var problems = new ProblemList();
        Assert.That(SchemaParser.Parse(text, (_, _) => null, problems), Is.Null);
        return [.. problems.Items];
    }
}

using HftDelta.Sbe.Schema;

namespace HftDelta.Tests.Sbe;

/// <summary>Schemas that are right and unlike any that a venue publishes.</summary>
internal static class OddSchemas
{
    private const string Keywords = "abstract as base bool break byte case catch char checked class const continue decimal "
        + "default delegate do double else enum event explicit extern false finally fixed float for foreach goto if implicit in "
        + "int interface internal is lock long namespace new null object operator out override params private protected public "
        + "readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint "
        + "ulong unchecked unsafe ushort using virtual void volatile while var dynamic record required field value get set";

    private const string Generated = "TemplateId SchemaId SchemaVersion BlockLength HeaderLength FrameLength SizeBytes Frame "
        + "FrameHeader ActingVersion ActingBlockLength MinimumBlockLength Validate TryValidate Trusted Wrap EncodedLength "
        + "Enumerator Next Count Absent SkipSections ValidateSections Equals GetHashCode GetType ToString MemberwiseClone "
        + "ReferenceEquals Finalize SemanticType SinceVersion DeprecatedSince MaximumCount _start _frame _version _initial "
        + "_absent Absence GetEnumerator Current MoveNext Item Skip M MDecoder MEncoder System SbeBytes price PriceId "
        + "PriceOffset PriceNull PriceMin PriceMax PriceSince HasPrice SetPrice PriceSizeBytes PRICE Price Price_ SetSetPrice";

    public static IEnumerable<(string Name, SchemaText Text)> All =>
    [
        ("keywords", TestSchemas.Of(Message(Fields(Keywords, "")))),
        ("names of generated members", TestSchemas.Of(
            Message(Fields(Generated, "presence='optional' sinceVersion='1'") + GeneratedGroup), version: 2)),
        ("names of generated members in a composite", TestSchemas.Of(
            Message("<field name='c' id='1' type='C' sinceVersion='1'/>"),
            "<composite name='C'>" + string.Concat(Generated.Split(' ').Select(name =>
                $"<type name='{name}' primitiveType='uint8' presence='optional'/>")) + "</composite>", version: 2)),
        ("names of types and messages alike", TestSchemas.Of(Alike, AlikeTypes)),
        ("groups of one name nested", TestSchemas.Of(Message(
            "<group name='g' id='1'><field name='g' id='9' type='uint8'/><group name='h' id='2'><group name='h' id='3'>"
            + "<field name='h' id='9' type='uint16'/><data name='Next' id='10' type='text'/></group></group></group>"))),
        ("letters of other scripts", TestSchemas.Of(
            "<message name='\u03a9mega' id='1'><field name='gr\u00f6\u00dfe' id='1' type='uint8'/>"
            + "<field name='\u4ef7\u683c' id='2' type='int64' presence='optional'/></message>")),
        ("counts and lengths of every width", TestSchemas.Of(Widths(out string widths), widths, byteOrder: "bigEndian")),
        ("headers of signed and wide members", Header("uint32", "int32", "int16", "int8", "littleEndian")),
        ("headers of eight bytes each", Header("uint64", "uint64", "uint64", "uint64", "bigEndian")),
        ("refs with offsets", TestSchemas.Of(Message("<field name='a' id='1' type='C' sinceVersion='1'/>"),
            "<composite name='C'><ref name='p' type='T' offset='3'/><ref name='q' type='I' offset='10'/><ref name='r' type='I'/>"
            + "<type name='z' primitiveType='double'/></composite><type name='T' primitiveType='uint8' presence='optional'/>"
            + "<composite name='I'><type name='x' primitiveType='uint16'/><type name='y' primitiveType='uint8' offset='7'/>"
            + "</composite>", version: 1)),
        ("composites twenty deep", TestSchemas.Of(Message("<field name='a' id='1' type='C0'/>"), string.Concat(
            Enumerable.Range(0, 20).Select(i => $"<composite name='C{i}'><type name='x' primitiveType='uint8'/>"
                + $"<ref name='n' type='C{i + 1}' offset='4'/></composite>"))
            + "<composite name='C20'><type name='x' primitiveType='int64' presence='optional'/></composite>")),
        ("enums of every encoding", TestSchemas.Of(Enums(out string enums), enums, version: 2)),
        ("constants of every type", TestSchemas.Of(Constants(out string constants), constants)),
        ("everything newer", TestSchemas.Of(Newer, NewerTypes, version: 3)),
        ("everything newer in the other order", TestSchemas.Of(Newer, NewerTypes, version: 3, byteOrder: "bigEndian")),
        ("texts that try to leave their comment", TestSchemas.Of(
            "<message name='M' id='1' description=']]&gt; &lt;!-- {0} $&quot;' semanticType='&quot;\\&#10;'><field name='a' "
            + "id='1' type='uint8' deprecated='0' description='&lt;/summary&gt; */ // &#10; #error x&#13; &quot; \\u000a; "
            + "&amp;'/></message>")),
        ("a composite too long to spell out", TestSchemas.Of(Message("<field name='a' id='1' type='C' sinceVersion='1'/>"),
            "<composite name='C'><type name='t' primitiveType='char' length='3000'/><type name='v' primitiveType='int64' "
            + "presence='optional'/></composite>", version: 1)),
        ("a block of all that its header can say", TestSchemas.Of(
            "<message name='M' id='65535' blockLength='65535'><field name='a' id='2147483647' type='uint8'/></message>")),
    ];

    private static string Message(string content) => $"<message name='M' id='1'>{content}</message>";

    private static string Fields(string names, string more) => string.Concat(names.Split(' ').Select((name, index) =>
        $"<field name='{name}' id='{index}' type='uint8' {more}/>"));

    private static string GeneratedGroup => "<group name='Entry' id='900'>" + Fields(Generated, "sinceVersion='2'")
        + "<group name='Frame_' id='901'/><data name='GGroupDecoder' id='902' type='text'/></group><data name='_sections' "
        + "id='903' type='text'/>";

    private const string Alike =
        "<message name='E' id='1'><field name='E' id='1' type='E'/></message><message name='e' id='2'/>"
        + "<message name='C' id='3'><field name='C' id='1' type='C'/><group name='C2' id='2'><field name='C' id='1' type='C'/>"
        + "</group></message><message name='EDecoder' id='4'/><message name='Test' id='5'/><message name='TestSchema' id='6'/>"
        + "<message name='System' id='7'><field name='System' id='1' type='System'/><field name='global' id='2' type='T'/>"
        + "<data name='Compiled' id='3' type='text'/></message><message name='global' id='8'/><message name='_' id='9'/>"
        + "<message name='Codecs' id='10'><field name='Codecs' id='1' type='Codecs'/></message>";

    private const string AlikeTypes =
        "<enum name='E' encodingType='uint8'><validValue name='E'>1</validValue></enum><composite name='C'><type name='C' "
        + "primitiveType='uint8'/></composite><set name='TestSchema' encodingType='uint8'><choice name='TestSchema'>1</choice>"
        + "</set><enum name='System' encodingType='uint8'><validValue name='System'>1</validValue></enum><enum name="
        + "'ValidationCode' encodingType='uint8'><validValue name='Valid'>1</validValue></enum><enum name='Codecs' encodingType="
        + "'uint8'><validValue name='Valid'>1</validValue></enum><enum name='ITestVisitor' encodingType='uint8'><validValue "
        + "name='Valid'>1</validValue></enum><type name='T' primitiveType='char' length='4'/>";

    private static string Widths(out string types)
    {
        string[] counts =
        [
            "uint8' minValue='1' maxValue='5", "uint16", "uint32' maxValue='100", "uint64", "int8' minValue='0",
            "int16' minValue='0", "int32' minValue='0", "int64' minValue='0' maxValue='100",
        ];
        string[] lengths = ["uint8", "uint16", "uint32' maxValue='2147483647", "uint64"];
        types = string.Concat(counts.Select((count, i) => $"<composite name='G{i}'><type name='numInGroup' "
            + $"primitiveType='{count}' offset='{i}'/>"
            + $"<type name='blockLength' primitiveType='{(i % 2 == 0 ? "uint8" : "uint64")}'/></composite>"))
            + string.Concat(lengths.Select((length, i) => $"<composite name='D{i}'><type name='length' primitiveType='{length}'/>"
                + "<type name='kind' primitiveType='int16'/><type name='varData' primitiveType='char' length='0' "
                + "offset='16'/></composite>"));
        return Message(string.Concat(counts.Select((_, i) => $"<group name='g{i}' id='{i}' dimensionType='G{i}'><field name='x' "
            + "id='1' type='int16'/><data name='d' id='2' type='D1'/></group>"))
            + string.Concat(lengths.Select((_, i) => $"<data name='d{i}' id='{50 + i}' type='D{i}'/>")));
    }

    private static SchemaText Header(string blockLength, string templateId, string schemaId, string version, string byteOrder) =>
        new("test.xml", $"<messageSchema id='7' version='2' byteOrder='{byteOrder}' headerType='H'><types><composite name='H'>"
            + $"<type name='version' primitiveType='{version}'/><type name='seq' primitiveType='uint64' offset='8'/>"
            + $"<type name='schemaId' primitiveType='{schemaId}'/><type name='templateId' "
            + $"primitiveType='{templateId}' offset='24'/><type name='blockLength' primitiveType='{blockLength}'/></composite>"
            + "</types><message name='M' id='100'>"
            + "<field name='a' id='1' type='uint8'/><field name='b' id='2' type='float' sinceVersion='1'/></message>"
            + "</messageSchema>");

    private static string Enums(out string types)
    {
        string[] encodings = ["char", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "Named"];
        types = "<type name='Named' primitiveType='char' presence='optional' nullValue='0'/>" + string.Concat(encodings.Select(
            (encoding, i) => $"<enum name='E{i}' encodingType='{encoding}' presence='{(i % 2 == 0 ? "optional" : "required")}'>"
                + "<validValue name='class'>0</validValue><validValue name='value__'>1</validValue><validValue name='Equals' "
                + "sinceVersion='1' deprecated='2'>9</validValue></enum>"))
            + "<set name='S' encodingType='uint64'>" + string.Concat(
                Enumerable.Range(0, 64).Select(i => $"<choice name='b{i}'>{i}</choice>"))
            + "</set><set name='Empty' encodingType='uint8'/>";
        return Message(string.Concat(encodings.Select((_, i) =>
                $"<field name='e{i}' id='{i}' type='E{i}' sinceVersion='{i % 3}'/>"))
            + "<field name='s' id='50' type='S' presence='optional'/><field name='empty' id='51' type='Empty'/>"
            + "<field name='k' id='52' type='E2' presence='constant' valueRef='E2.class'/>");
    }

    private static string Constants(out string types)
    {
        (string Type, string Value)[] values =
        [
            ("int8", "-128"), ("uint8", "255"), ("int16", "-32768"), ("uint16", "65535"), ("int32", "-2147483648"),
            ("uint32", "4294967295"), ("int64", "-9223372036854775808"), ("uint64", "18446744073709551615"), ("float", "1e-45"),
            ("double", "-1.7976931348623157E308"), ("float", "NaN"), ("double", "-Infinity"), ("char", "&lt;"),
            ("char' length='3", " A "), ("char' length='8", "USD"), ("char", "a&amp;b"),
            ("char' characterEncoding='UTF-8", "gr\u00f6\u00dfe"),
            ("char' characterEncoding='ISO-8859-1", "\u00e9t\u00e9"),
            ("char' length='3", "\n   EUR\n  "), ("uint64", "+7"),
        ];
        types = string.Concat(values.Select((value, i) => $"<type name='T{i}' primitiveType='{value.Type}' presence='constant'>"
            + $"{value.Value}</type>"))
            + "<composite name='C'><type name='m' primitiveType='int64'/><ref name='e' type='T0'/><ref name='t' type='T15'/>"
            + "<type name='after' primitiveType='uint8'/></composite>"
            + "<composite name='OnlyConstants'><ref name='e' type='T0'/></composite>";
        return Message(string.Concat(values.Select((_, i) => $"<field name='f{i}' id='{i}' type='T{i}'/>"))
            + "<field name='c' id='50' type='C'/><field name='o' id='51' type='OnlyConstants'/>");
    }

    private const string Newer =
        "<message name='M' id='1' sinceVersion='1'><field name='a' id='1' type='uint8'/><field name='b' id='2' type='C' "
        + "sinceVersion='1'/><field name='e' id='6' type='T' sinceVersion='2' presence='optional'/><field name='n' id='7' type="
        + "'Numbers' sinceVersion='2'/><field name='s' id='8' type='S' sinceVersion='3'/><field name='f' id='9' type='float' "
        + "presence='optional' sinceVersion='3'/><group name='g' id='3' sinceVersion='2'><field name='x' id='1' type='uint8'/>"
        + "<field name='y' id='2' type='C' sinceVersion='3'/><group name='h' id='5' sinceVersion='3'><field name='z' id='1' "
        + "type='uint8' sinceVersion='3'/></group><data name='d' id='4' type='text' sinceVersion='3'/></group><data name='d' "
        + "id='4' type='text' sinceVersion='1'/><data name='late' id='10' type='text' sinceVersion='3'/></message>";

    private const string NewerTypes =
        "<type name='T' primitiveType='char' length='5' sinceVersion='1'/><type name='Numbers' primitiveType='int16' length='3'/>"
        + "<set name='S' encodingType='uint16'><choice name='x'>0</choice><choice name='y' sinceVersion='2'>15</choice></set>"
        + "<composite name='C' sinceVersion='1'><type name='x' primitiveType='uint8'/><type name='y' primitiveType='uint16' "
        + "sinceVersion='2'/><enum name='k' encodingType='uint8' sinceVersion='3'><validValue name='A'>1</validValue></enum>"
        + "</composite>";
}

using System.Globalization;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// Writes the read side of fixed fields: one property each, with the constants that describe it. The struct around it has
/// <c>_start</c>, a reference to the first byte, and <c>_version</c>, the version of whoever wrote the message.
/// </summary>
internal sealed class DecoderFields
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;
    private readonly FieldNames _names;
    private readonly int _origin;

    public DecoderFields(EmitPlan plan, CodeWriter code, FieldNames names, int origin)
    {
        _plan = plan;
        _code = code;
        _names = names;
        _origin = origin;
    }

    public void Write(Field field)
    {
        string name = _names[field];
        _code.Line();
        WriteConstants(field, name);
        if (field.Presence == Presence.Constant)
        {
            WriteConstant(field, name);
            return;
        }

        switch (field.Type)
        {
            case EncodedType { Length: 1 } encoded:
                WriteSingle(field, name, encoded);
                break;
            case EncodedType encoded:
                WriteArray(field, name, encoded);
                break;
            case EnumType type:
                WriteEnum(field, name, type);
                break;
            case SetType type:
                string set = _plan.Qualified(type);
                Property(field, set, name, $"({set}){Read(field, type.Primitive)}", "default");
                WriteHas(field, name, "");
                break;
            case CompositeType type:
                string composite = _plan.DecoderOf(type);
                string at = $"in {_plan.SupportPrefix}SbeBytes.At(in _start, {At(field)})";
                _code.Summary(field.Notes);
                _code.Open($"public {composite} {name}");
                _code.Line(FileHead.Inline);
                _code.Line($"get => {Guard(field, $"new {composite}({at}, _version)", $"{composite}.Absent")};");
                _code.Close();
                WriteHas(field, name, "");
                break;
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private string At(Field field) => Number(_origin + field.OffsetBytes);

    private string Read(Field field, Primitive primitive) => Access.Read(_plan, primitive, "_start", At(field));

    private string Derived(string wish) => _names.Decoder.Take(wish);

    private void Property(Field field, string type, string name, string value, string absent)
    {
        _code.Summary(field.Notes);
        _code.Line($"public {type} {name} => {Guard(field, value, absent)};");
    }

    private static string Guard(Field field, string value, string absent) =>
        field.Notes.Since > 0 ? $"_version >= {field.Notes.Since} ? {value} : {absent}" : value;

    private void WriteConstants(Field field, string name)
    {
        if (field.Id >= 0)
            Constant("int", name + "Id", Number(field.Id));
        Constant("int", name + "Offset", Number(field.OffsetBytes));
        Constant("int", name + "SizeBytes", Number(field.SizeBytes));
        Constant("int", name + "Since", Number(field.Notes.Since));
        if (field.Notes.Deprecated >= 0)
            Constant("int", name + "Deprecated", Number(field.Notes.Deprecated));
        if (field.Notes.SemanticType.Length > 0)
            Constant("string", name + "SemanticType", Literals.Text(field.Notes.SemanticType));
        if (field.Type is EncodedType { CharacterEncoding.Length: > 0 } text)
            Constant("string", name + "CharacterEncoding", Literals.Text(text.CharacterEncoding));
    }

    /// <summary>A public constant, or what C# has for one; returns its name, which may have got an underscore.</summary>
    private string Constant(string type, string wish, string value)
    {
        string name = Derived(wish);
        _code.Line(Literals.IsConstant(value)
            ? $"public const {type} {name} = {value};"
            : $"public static {type} {name} => {value};");
        return name;
    }

    private string WriteRange(string name, EncodedType type)
    {
        string clr = Literals.TypeOf(type.Primitive);
        Constant(clr, name + "Min", Literals.Value(type.Primitive, type.Range.Min));
        Constant(clr, name + "Max", Literals.Value(type.Primitive, type.Range.Max));
        return Constant(clr, name + "Null", Literals.Value(type.Primitive, type.Range.Null));
    }

    /// <summary>Whether the field is there: newer than the message it is not, and optional it may hold its null.</summary>
    private void WriteHas(Field field, string name, string notNull)
    {
        int since = field.Notes.Since;
        if (since == 0 && notNull.Length == 0)
            return;
        string version = since > 0 ? $"_version >= {since}" : "";
        string both = version.Length > 0 && notNull.Length > 0 ? $"{version} && {notNull}" : version + notNull;
        _code.Line($"public bool {_names.TakeHas(field)} => {both};");
    }

    private void WriteSingle(Field field, string name, EncodedType type)
    {
        string clr = Literals.TypeOf(type.Primitive);
        string none = WriteRange(name, type);
        Property(field, clr, name, Read(field, type.Primitive), none);
        string notNull = field.Presence != Presence.Optional ? ""
            : PrimitiveRules.IsFloating(type.Primitive) && double.IsNaN(PrimitiveRules.ToDouble(type.Primitive, type.Range.Null))
                ? $"!{clr}.IsNaN({name})"
                : $"{name} != {none}";
        WriteHas(field, name, notNull);
    }

    private void WriteEnum(Field field, string name, EnumType type)
    {
        string clr = _plan.Qualified(type);
        string none = Constant(clr, name + "Null", $"({clr})({Literals.Value(type.Primitive, type.NullBits)})");
        Property(field, clr, name, $"({clr}){Read(field, type.Primitive)}", none);
        WriteHas(field, name, field.Presence == Presence.Optional ? $"{name} != {none}" : "");
    }

    private void WriteArray(Field field, string name, EncodedType type)
    {
        Constant("int", name + "Length", Number(type.Length));
        string span = $"{_plan.SupportPrefix}SbeBytes.Span(in _start, {At(field)}, {type.SizeBytes})";
        if (type.Primitive is Primitive.Char or Primitive.UInt8)
        {
            Property(field, "global::System.ReadOnlySpan<byte>", name, span, "default");
            WriteText(name, type);
        }
        else
        {
            WriteRange(name, type);
            string array = $"{_plan.SupportPrefix}SbeArray<{Literals.TypeOf(type.Primitive)}>";
            string order = _plan.BigEndian ? "true" : "false";
            Property(field, array, name, $"new {array}({span}, {order})", "default");
        }

        WriteHas(field, name, "");
    }

    private void WriteText(string name, EncodedType type)
    {
        string? decoding = TextEncodings.DecodingOf(type);
        if (decoding is null)
            return;
        _code.Line("/// <summary>The text up to the first zero byte.</summary>");
        _code.Line($"public string {Derived(name + "Text")} => "
            + $"{_plan.SupportPrefix}SbeText.UpToZero({name}, {decoding});");
    }

    private void WriteConstant(Field field, string name)
    {
        ConstantValue constant = field.Constant!;
        _code.Summary(field.Notes);
        switch (field.Type)
        {
            case EnumType type:
                string clr = _plan.Qualified(type);
                string value = Constant(clr, name + "Value", $"({clr})({Literals.Value(type.Primitive, constant.Bits)})");
                _code.Line($"public {clr} {name} => {value};");
                break;
            case EncodedType when constant.Text is { } text:
                string bytes = Literals.Bytes(text, 0, text.Length);
                _code.Line($"public global::System.ReadOnlySpan<byte> {name} => {bytes};");
                WriteText(name, (EncodedType)field.Type);
                break;
            case EncodedType type:
                string literal = Literals.Value(type.Primitive, constant.Bits);
                string number = Constant(Literals.TypeOf(type.Primitive), name + "Value", literal);
                _code.Line($"public {Literals.TypeOf(type.Primitive)} {name} => {number};");
                break;
        }
    }
}

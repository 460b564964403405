using System.Collections.Generic;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// Writes the printer of a schema: any frame as one line of JSON, with the names of the schema. For tools; it allocates.
/// Null and absent fields are null, enum values unknown to the schema are numbers, unknown bits of a set are left out.
/// </summary>
internal sealed class PrinterEmitter
{
    private readonly EmitPlan _plan;
    private readonly Queue<(Group Group, string Type, string Method)> _groups = new();
    private CodeWriter _code = new();
    private int _methods;

    public PrinterEmitter(EmitPlan plan) => _plan = plan;

    private string Json => _plan.SupportPrefix + "SbeJson";

    private const string Builder = "global::System.Text.StringBuilder text";

    public void Write(CodeWriter code)
    {
        _code = code;
        string codes = _plan.SupportPrefix + "ValidationCode";
        _code.Line("/// <summary>Prints frames as JSON, for tools.</summary>");
        _code.Open($"public static class {_plan.Options.SchemaName}Printer");
        _code.Line("/// <summary>Appends the message as a JSON object; nothing when the frame proves unsound.</summary>");
        _code.Open($"public static {codes} Print(global::System.ReadOnlySpan<byte> frame, {Builder})");
        _code.Line("var visitor = new Visitor(text);");
        _code.Line($"return {_plan.Options.SchemaName}Schema.Dispatch(frame, ref visitor);");
        _code.Close();
        _code.Line();
        _code.Open($"private readonly struct Visitor : I{_plan.Options.SchemaName}Visitor");
        _code.Line("private readonly global::System.Text.StringBuilder _text;");
        _code.Line();
        _code.Line($"internal Visitor({Builder}) => _text = text;");
        for (int i = 0; i < _plan.Schema.Messages.Count; i++)
        {
            Message message = _plan.Schema.Messages[i];
            string name = _plan.NameOf(message);
            _code.Line($"public void On{name}({name}Decoder message) => PrintMessage{i}(_text, message);");
        }

        _code.Close();
        for (int i = 0; i < _plan.Schema.Messages.Count; i++)
            WriteMessage(_plan.Schema.Messages[i], i);
        while (_groups.Count > 0)
            WriteGroup(_groups.Dequeue());
        foreach (SchemaType type in _plan.Emitted)
            WriteType(type);
        _code.Close();
    }

    private void WriteMessage(Message message, int index)
    {
        string name = _plan.NameOf(message);
        FieldNames names = _plan.NamesOf(message);
        _code.Line();
        _code.Open($"private static void PrintMessage{index}({Builder}, {name}Decoder value)");
        _code.Line($"text.Append({Literals.Text($"{{\"message\":\"{message.Name}\"")});");
        WriteContent(message.Fields, names, first: false);
        WriteSections(message, names, $"{name}Decoder.");
        _code.Line("text.Append('}');");
        _code.Close();
    }

    private void WriteGroup((Group Group, string Type, string Method) item)
    {
        FieldNames names = _plan.NamesOf(item.Group);
        _code.Line();
        _code.Open($"private static void {item.Method}({Builder}, {item.Type} group)");
        _code.Line("text.Append('[');");
        _code.Line("bool more = false;");
        _code.Open($"foreach ({item.Type}.Entry value in group)");
        _code.Line("if (more) text.Append(',');");
        _code.Line("more = true;");
        _code.Line("text.Append('{');");
        bool first = WriteContent(item.Group.Fields, names, first: true);
        WriteSections(item.Group, names, $"{item.Type}.Entry.", first);
        _code.Line("text.Append('}');");
        _code.Close();
        _code.Line("text.Append(']');");
        _code.Close();
    }

    private bool WriteContent(IReadOnlyList<Field> fields, FieldNames names, bool first)
    {
        foreach (Field field in fields)
        {
            Name(field.Name, ref first);
            WriteValue(field, $"value.{names[field]}", names);
        }

        return first;
    }

    private void WriteSections(Block block, FieldNames names, string owner, bool first = false)
    {
        foreach (Group group in block.Groups)
        {
            string method = $"PrintGroup{_methods++}";
            _groups.Enqueue((group, owner + names.DecoderTypeOf(group), method));
            Name(group.Name, ref first);
            _code.Line($"{method}(text, value.{names[group]});");
        }

        foreach (VariableData data in block.Data)
        {
            Name(data.Name, ref first);
            WriteBytes(data.Content, $"value.{names[data]}", upToZero: false);
        }
    }

    private void Name(string name, ref bool first)
    {
        _code.Line($"text.Append({Literals.Text($"{(first ? "" : ",")}\"{name}\":")});");
        first = false;
    }

    private void WriteValue(Field field, string value, FieldNames names)
    {
        bool constant = field.Presence == Presence.Constant;
        bool number = field.Type is EncodedType { Length: 1 };
        bool maybe = !constant && (field.Notes.Since > 0 || (number && field.Presence == Presence.Optional));
        if (maybe)
        {
            _code.Line($"if (!value.{names.HasOf(field)}) text.Append(\"null\");");
            _code.Line("else");
        }

        switch (field.Type)
        {
            case EncodedType type when constant && field.Constant!.Text is not null:
                WriteBytes(type, value, upToZero: true);
                break;
            case EncodedType when number || constant:
                _code.Line($"{Json}.Number(text, {value});");
                break;
            case EncodedType { Primitive: Primitive.Char or Primitive.UInt8 } type:
                WriteBytes(type, value, upToZero: true);
                break;
            case EncodedType:
                _code.Line($"{Json}.Array(text, {value});");
                break;
            default:
                _code.Line($"Print{_plan.NameOf(field.Type)}(text, {value});");
                break;
        }
    }

    private void WriteBytes(EncodedType type, string value, bool upToZero)
    {
        string method = TextEncodings.DecodingOf(type) is { } decoding
            ? $"{Json}.Text(text, {value}, {decoding}, {(upToZero ? "true" : "false")});"
            : type.Primitive == Primitive.UInt8 && upToZero ? $"{Json}.Numbers(text, {value});" : $"{Json}.Hex(text, {value});";
        _code.Line(method);
    }

    private void WriteType(SchemaType type)
    {
        string name = _plan.NameOf(type);
        _code.Line();
        switch (type)
        {
            case EnumType values:
                _code.Open($"private static void Print{name}({Builder}, {_plan.Qualified(type)} value)");
                string clr = Literals.TypeOf(values.Primitive);
                _code.Open($"switch (({clr})value)");
                foreach (EnumValue one in values.Values)
                {
                    string bits = Literals.Value(values.Primitive, one.Bits);
                    _code.Line($"case {bits}: text.Append({Literals.Text($"\"{one.Name}\"")}); break;");
                }

                // A char enum may declare the value that means null; it is printed by its name then.
                if (!values.Values.Exists(one => one.Bits == values.NullBits))
                    _code.Line($"case {Literals.Value(values.Primitive, values.NullBits)}: text.Append(\"null\"); break;");
                _code.Line($"default: {Json}.Number(text, ({clr})value); break;");
                _code.Close();
                _code.Close();
                break;
            case SetType choices:
                WriteSet(choices, name);
                break;
            case CompositeType composite:
                FieldNames names = _plan.NamesOf(composite);
                _code.Open($"private static void Print{name}({Builder}, {_plan.DecoderOf(composite)} value)");
                _code.Line("text.Append('{');");
                WriteContent(composite.Members, names, first: true);
                _code.Line("text.Append('}');");
                _code.Close();
                break;
        }
    }

    private void WriteSet(SetType type, string name)
    {
        string clr = Literals.TypeOf(type.Primitive);
        _code.Open($"private static void Print{name}({Builder}, {_plan.Qualified(type)} value)");
        _code.Line("text.Append('[');");
        _code.Line("bool more = false;");
        foreach (SetChoice choice in type.Choices)
        {
            string bit = Literals.Value(type.Primitive, 1UL << choice.Bit);
            _code.Line($"if ((({clr})value & {bit}) != 0) {Json}.Choice(text, {Literals.Text(choice.Name)}, ref more);");
        }

        _code.Line("text.Append(']');");
        _code.Close();
    }
}

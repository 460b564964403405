using System.Globalization;
using System.Text.Json.Nodes;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// The values of one message in the form of the golden files. From them: the statements that encode them with the generated
/// encoder, and the text that the generated printer must give for them.
/// </summary>
internal sealed class ValueTree
{
    private readonly EmitPlan _plan;
    private readonly System.Text.StringBuilder _text = new();
    private int _variables;

    private ValueTree(EmitPlan plan) => _plan = plan;

    public static string Statements(EmitPlan plan, string message, JsonArray values)
    {
        var tree = new ValueTree(plan);
        Message block = plan.Schema.Messages.Single(candidate => candidate.Name == message);
        string name = $"{CompiledSchema.Namespace}.{plan.NameOf(block)}Encoder";
        tree._text.Append(CultureInfo.InvariantCulture, $"var message = {name}.Wrap(buffer);\n");
        tree.EncodeBlock("message", block, values);
        return tree._text.Append("return message.EncodedLength;\n").ToString();
    }

    public static string Printed(EmitPlan plan, string message, JsonArray values)
    {
        var tree = new ValueTree(plan);
        Message block = plan.Schema.Messages.Single(candidate => candidate.Name == message);
        tree._text.Append(CultureInfo.InvariantCulture, $"{{\"message\":\"{message}\"");
        tree.PrintBlock(block, values, first: false);
        return tree._text.Append('}').ToString();
    }

    private void EncodeBlock(string target, Block block, JsonArray values)
    {
        FieldNames names = _plan.NamesOf(block);
        foreach (Field field in block.Fields)
            EncodeField(target, field, names, Find(values, field.Name));
        foreach (Group group in block.Groups)
        {
            string variable = $"v{_variables++}";
            JsonArray entries = Find(values, group.Name)["entries"] as JsonArray ?? [];
            Line($"var {variable} = {target}.{names.SetterOf(group)}({entries.Count});");
            foreach (JsonNode? entry in entries)
            {
                Line($"{variable}.Next();");
                Line("{");
                EncodeBlock(variable, group, (JsonArray)entry!);
                Line("}");
            }
        }

        foreach (VariableData data in block.Data)
            Line($"{target}.{names.SetterOf(data)}({Hex((string?)Find(values, data.Name)["bytes"] ?? "")});");
    }

    private void EncodeField(string target, Field field, FieldNames names, JsonNode value)
    {
        if (field.Presence == Presence.Constant)
            return;
        string setter = $"{target}.{names.SetterOf(field)}";
        switch (field.Type)
        {
            case EncodedType { Length: 1 } type:
                Line($"{setter}({Number(type.Primitive, value, null)});");
                break;
            case EncodedType { Primitive: Primitive.Char } type:
                Line($"{setter}({Hex((string)value["bytes"]!)});");
                break;
            case EncodedType type:
                int count = ((JsonArray)value["value"]!).Count;
                IEnumerable<string> items = Enumerable.Range(0, count).Select(i => Number(type.Primitive, value, i));
                Line($"{setter}(new {Literals.TypeOf(type.Primitive)}[] {{ {string.Join(", ", items)} }});");
                break;
            case EnumType type:
                Line($"{setter}(({_plan.Qualified(type)})({Literals.TypeOf(type.Primitive)})({(string)value["raw"]!}));");
                break;
            case SetType type:
                Line($"{setter}(({_plan.Qualified(type)}){(string)value["raw"]!});");
                break;
            case CompositeType type:
                string variable = $"v{_variables++}";
                Line($"var {variable} = {target}.{names[field]};");
                foreach (Field member in type.Members)
                    EncodeField(variable, member, _plan.NamesOf(type), Find((JsonArray)value["fields"]!, member.Name));
                break;
        }
    }

    /// <summary>A C# expression of a number; floats by their bits, so that no decimal stands between.</summary>
    private static string Number(Primitive primitive, JsonNode value, int? index)
    {
        JsonNode? bits = index is { } i && value["bits"] is JsonArray all ? all[i] : value["bits"];
        if (primitive == Primitive.Float)
            return $"BitConverter.UInt32BitsToSingle(0x{bits})";
        if (primitive == Primitive.Double)
            return $"BitConverter.UInt64BitsToDouble(0x{bits})";
        JsonNode? number = index is { } j ? value["value"]![j] : value["value"] ?? value["raw"];
        return $"unchecked(({Literals.TypeOf(primitive)})({number}))";
    }

    private void PrintBlock(Block block, JsonArray values, bool first)
    {
        foreach (Field field in block.Fields)
            PrintField(field, Find(values, field.Name), ref first);
        foreach (Group group in block.Groups)
        {
            Name(group.Name, ref first);
            JsonArray entries = Find(values, group.Name)["entries"] as JsonArray ?? [];
            _text.Append('[');
            for (int i = 0; i < entries.Count; i++)
            {
                _text.Append(i > 0 ? ",{" : "{");
                PrintBlock(group, (JsonArray)entries[i]!, first: true);
                _text.Append('}');
            }

            _text.Append(']');
        }

        foreach (VariableData data in block.Data)
        {
            Name(data.Name, ref first);
            byte[] bytes = Convert.FromHexString((string?)Find(values, data.Name)["bytes"] ?? "");
            PrintBytes(data.Content, bytes);
        }
    }

    private void PrintField(Field field, JsonNode value, ref bool first)
    {
        Name(field.Name, ref first);
        if (value["absent"] is not null)
        {
            _text.Append("null");
            return;
        }

        switch (field.Type)
        {
            case EncodedType when field.Constant?.Text is { } text:
                PrintText(System.Text.Encoding.Latin1.GetString(text));
                break;
            case EncodedType { Length: 1 } type:
                _text.Append(Printed(type.Primitive, value, null));
                break;
            case EncodedType { Primitive: Primitive.Char } type:
                PrintBytes(type, UpToZero(type, Convert.FromHexString((string)value["bytes"]!)));
                break;
            case EncodedType { Primitive: Primitive.UInt8, CharacterEncoding.Length: > 0 } type:
                byte[] items = ((JsonArray)value["value"]!).Select(one => (byte)(int)one!).ToArray();
                PrintBytes(type, UpToZero(type, items), numbers: true);
                break;
            case EncodedType type:
                int count = ((JsonArray)value["value"]!).Count;
                _text.Append('[').AppendJoin(',', Enumerable.Range(0, count).Select(i => Printed(type.Primitive, value, i)));
                _text.Append(']');
                break;
            case EnumType:
                bool unknown = value["unknown"] is not null;
                _text.Append(unknown ? (string)value["raw"]! : value["value"] is null ? "null" : $"\"{value["value"]}\"");
                break;
            case SetType:
                _text.Append('[').AppendJoin(',', ((JsonArray)value["value"]!).Select(one => $"\"{one}\"")).Append(']');
                break;
            case CompositeType type:
                _text.Append('{');
                bool firstMember = true;
                foreach (Field member in type.Members)
                    PrintField(member, Find((JsonArray)value["fields"]!, member.Name), ref firstMember);
                _text.Append('}');
                break;
        }
    }

    private static string Printed(Primitive primitive, JsonNode value, int? index)
    {
        JsonNode? number = index is { } j ? value["value"]![j] : value["value"];
        if (number is null && value["optional"] is not null)
            return "null";
        JsonNode? bits = index is { } i && value["bits"] is JsonArray all ? all[i] : value["bits"];
        string text = primitive switch
        {
            Primitive.Float => BitConverter.UInt32BitsToSingle(uint.Parse((string)bits!, NumberStyles.HexNumber,
                CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture),
            Primitive.Double => BitConverter.UInt64BitsToDouble(ulong.Parse((string)bits!, NumberStyles.HexNumber,
                CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture),
            _ => number!.ToString(),
        };
        return char.IsDigit(text[^1]) ? text : $"\"{text}\"";
    }

    private void PrintBytes(EncodedType type, byte[] bytes, bool numbers = false)
    {
        string? decoding = TextEncodings.DecodingOf(type);
        if (decoding is null && numbers)
            _text.Append('[').AppendJoin(',', bytes).Append(']');
        else if (decoding is null)
            _text.Append('"').Append(Convert.ToHexStringLower(bytes)).Append('"');
        else
            PrintText(EncodingOf(decoding).GetString(bytes));
    }

    private static System.Text.Encoding EncodingOf(string decoding) =>
        decoding.EndsWith("UTF8", StringComparison.Ordinal) ? System.Text.Encoding.UTF8 : System.Text.Encoding.Latin1;

    private static byte[] UpToZero(EncodedType type, byte[] bytes) =>
        TextEncodings.DecodingOf(type) is null ? bytes : bytes.TakeWhile(one => one != 0).ToArray();

    private void PrintText(string text)
    {
        _text.Append('"');
        foreach (char letter in text)
        {
            if (letter is '"' or '\\')
                _text.Append('\\').Append(letter);
            else if (letter is >= ' ' and <= '~')
                _text.Append(letter);
            else
                _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        _text.Append('"');
    }

    private void Name(string name, ref bool first)
    {
        _text.Append(first ? "" : ",").Append('"').Append(name).Append("\":");
        first = false;
    }

    private void Line(string text) => _text.Append(text).Append('\n');

    private static string Hex(string bytes) => $"Convert.FromHexString(\"{bytes}\")";

    private static JsonNode Find(JsonArray values, string name) =>
        values.Single(value => (string)value!["name"]! == name)!;
}

using System.Globalization;
using System.Text;
using HftDelta.Node.Cli;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Decoding;

/// <summary>A message for people: one line an element, with the offset and the length of its bytes.</summary>
internal static class DecodedText
{
    private const int NameColumns = 34;

    public static void Write(TextWriter output, MessageSchema schema, DecodedMessage message)
    {
        var version = message.Version == schema.Version ? "" : $" (this schema: {schema.Version})";
        output.WriteLine($"{message.Name}: template {message.TemplateId}, schema {message.SchemaId}, version {message.Version}"
            + $"{version}, {TextOutput.Number(message.LengthBytes)} bytes");
        output.WriteLine($"{"offset",8} {"bytes",6}  element");
        Write(output, message.Header, 0);
        foreach (var field in message.Fields)
        {
            Write(output, field, 0);
        }

        if (message.UnknownBlockBytes > 0)
        {
            output.WriteLine($"{message.UnknownBlockBytes} bytes at the end of the block are not in this schema");
        }

        if (message.UnknownTailBytes > 0)
        {
            output.WriteLine($"{message.UnknownTailBytes} bytes behind the message are not in this schema");
        }
    }

    /// <summary>The value alone, as both the columns and the comparison of tests have it.</summary>
    public static string ValueOf(DecodedElement element) => element.State switch
    {
        ElementState.Absent => $"absent, since version {element.Since}",
        ElementState.Null => "null",
        ElementState.Constant => $"{Plain(element.Value)} (constant)",
        _ => Plain(element.Value),
    };

    private static void Write(TextWriter output, DecodedElement element, int depth)
    {
        var name = new string(' ', 2 * depth) + element.Name;
        var isGroup = element.Type.StartsWith("group", StringComparison.Ordinal);
        var value = isGroup && element.State == ElementState.Present
            ? element.Children.Count == 1 ? "1 entry" : $"{TextOutput.Number(element.Children.Count)} entries"
            : ValueOf(element);
        var bytes = element.State is ElementState.Absent or ElementState.Constant
            ? $"{"-",8} {"-",6}"
            : string.Create(CultureInfo.InvariantCulture, $"{element.OffsetBytes,8} {element.LengthBytes,6}");
        output.WriteLine($"{bytes}  {name.PadRight(NameColumns)} {value}".TrimEnd());
        foreach (var child in element.Children)
        {
            Write(output, child, depth + 1);
        }
    }

    private static string Plain(DecodedValue? value) => value switch
    {
        NumberValue number => TypeText.Value(number.Primitive, number.Bits),
        NumbersValue numbers => string.Join(' ', numbers.Bits.Select(bits => TypeText.Value(numbers.Primitive, bits))),
        TextValue text => Quote(text.Text),
        BytesValue bytes => bytes.Bytes.Length == 0 ? "empty" : $"0x{Convert.ToHexStringLower(bytes.Bytes)}",
        EnumValueRead { Name: { } name } one => $"{name} ({Plain(one.Raw)})",
        EnumValueRead one => $"{Plain(one.Raw)}{(one.IsUnknown ? ", not in this schema" : "")}",
        SetValue set => Plain(set),
        _ => "",
    };

    private static string Plain(SetValue set)
    {
        var names = set.Names.Count == 0 ? "none" : string.Join('|', set.Names);
        return set.UnknownBits == 0 ? names : $"{names}, bits 0x{set.UnknownBits:x} are not in this schema";
    }

    /// <summary>Control characters would move a terminal's cursor.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                _ when char.IsControl(letter) || char.IsSurrogate(letter) => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}

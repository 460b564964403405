using System.Text;

namespace HftDelta.Sbe.Schema;

/// <summary>Parses a <c>type</c> element: primitive, length, presence, range and constant value.</summary>
internal sealed class EncodedTypeParser
{
    private readonly TypeParser _types;

    public EncodedTypeParser(TypeParser types) => _types = types;

    public EncodedType? Parse(Element element)
    {
        Notes notes = element.ReadNotes();
        string primitiveName = element.Text("primitiveType") ?? "";
        if (!PrimitiveRules.TryParseName(primitiveName, out Primitive primitive))
        {
            element.Fault($"primitiveType='{primitiveName}' is unknown; write char, int8 to int64, uint8 to uint64, "
                + "float or double");
            return null;
        }

        Presence presence = element.PresenceOr(Presence.Required);
        int length = element.Number("length", 1, 0, Blocks.LongestBlock);
        if (element.Text("variableLength") == "true")
            length = 0;
        string text = ConstantText(element, primitive, length);
        if (element.Has("valueRef") && presence != Presence.Constant)
            element.Fault("has a valueRef and is not constant; write presence='constant' or leave the valueRef out");
        if (presence == Presence.Constant && primitive == Primitive.Char && !element.Has("length") && text.Length > 1)
            length = CharacterBytes(element, text)?.Length ?? text.Length;

        var type = new EncodedType(element.Name, element.Point, notes, primitive, length, ReadRange(element, primitive))
        {
            Presence = presence,
            CharacterEncoding = (element.Text("characterEncoding") ?? "").Trim(),
        };
        if (presence != Presence.Constant)
            return type;
        type.Constant = ReadConstant(element, type, text);
        return type.Constant is null ? null : type;
    }

    private static ValueRange ReadRange(Element element, Primitive primitive)
    {
        var range = new ValueRange(primitive);
        if (ReadBound(element, "nullValue", primitive) is { } none)
            range.Null = none;
        if (ReadBound(element, "minValue", primitive) is { } min)
        {
            range.Min = min;
            range.HasOwnMin = true;
        }

        if (ReadBound(element, "maxValue", primitive) is { } max)
        {
            range.Max = max;
            range.HasOwnMax = true;
        }

        if ((range.HasOwnMin || range.HasOwnMax) && PrimitiveRules.Compare(primitive, range.Min, range.Max) > 0)
            element.Fault("minValue is above maxValue; exchange them");
        return range;
    }

    private static ulong? ReadBound(Element element, string attribute, Primitive primitive)
    {
        if (element.Text(attribute) is not { } text)
            return null;
        if (PrimitiveRules.TryParseValue(primitive, text.Trim(), out ulong bits))
            return bits;
        element.Fault($"{attribute}='{text}' is no value of {PrimitiveRules.NameOf(primitive)}; write one that fits the type");
        return null;
    }

    /// <summary>The text between the tags: spaces count in a char constant, line ends and indentation around it do not.</summary>
    private static string ConstantText(Element element, Primitive primitive, int length)
    {
        string text = element.Value;
        string trimmed = text.Trim();
        bool asWritten = primitive == Primitive.Char && text.IndexOf('\n') < 0
            && (!element.Has("length") || Encoding.UTF8.GetByteCount(text) <= length);
        return asWritten ? text : trimmed;
    }

    private ConstantValue? ReadConstant(Element element, EncodedType type, string text)
    {
        if (element.Text("valueRef") is { } reference)
        {
            EnumValue? value = _types.ResolveValueRef(reference, element, out EnumType? owner);
            if (value is null)
                return null;
            if (owner!.Primitive == type.Primitive && type.Length == 1)
                return new ConstantValue(value.Bits);
            element.Fault($"the value of '{reference}' is no single {PrimitiveRules.NameOf(type.Primitive)}; "
                + $"make the type a {PrimitiveRules.NameOf(owner.Primitive)} as the enum is");
            return null;
        }

        if (text.Length == 0)
        {
            element.Fault("is constant and has no value; write the value between the tags or give valueRef");
            return null;
        }

        if (type.Primitive == Primitive.Char && type.Length != 1)
            return ReadText(element, type, text);
        if (type.Length != 1)
        {
            element.Fault("a constant array of numbers is not in the language; make it a single value");
            return null;
        }

        if (PrimitiveRules.TryParseValue(type.Primitive, text, out ulong bits))
            return new ConstantValue(bits);
        element.Fault($"the constant '{text}' is no value of {PrimitiveRules.NameOf(type.Primitive)}; "
            + "write one that fits the type");
        return null;
    }

    private static ConstantValue? ReadText(Element element, EncodedType type, string text)
    {
        byte[]? bytes = CharacterBytes(element, text);
        if (bytes is null)
        {
            element.Fault($"the constant '{text}' has letters that its characterEncoding lacks; write characterEncoding='UTF-8'");
            return null;
        }

        if (bytes.Length <= type.Length)
            return new ConstantValue(bytes);
        element.Fault($"the constant '{text}' is longer than its length {type.Length}; raise the length");
        return null;
    }

    /// <summary>The bytes of a text in the type's encoding, ASCII unless it says otherwise; null where it has none.</summary>
    private static byte[]? CharacterBytes(Element element, string text)
    {
        string encoding = (element.Text("characterEncoding") ?? "").Trim().ToUpperInvariant();
        if (encoding is "UTF-8" or "UTF8")
            return Encoding.UTF8.GetBytes(text);
        int highest = encoding is "ISO-8859-1" or "ISO_8859_1" or "LATIN1" ? 0xff : 0x7f;
        var bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] > highest)
                return null;
            bytes[i] = (byte)text[i];
        }

        return bytes;
    }
}

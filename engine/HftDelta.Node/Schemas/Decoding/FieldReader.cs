using System.Text;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Decoding;

/// <summary>Reads single fields whose bytes were proved to be there.</summary>
internal sealed class FieldReader(byte[] bytes, bool bigEndian)
{
    /// <summary>A header's member: one unsigned number, on the wire or constant.</summary>
    public ulong Unsigned(Field member, int offset) =>
        member.Presence == Presence.Constant ? member.Constant!.Bits : Bits(((EncodedType)member.Type).Primitive, offset);

    public DecodedElement Read(Field field, int offset, bool isAbsent)
    {
        var value = isAbsent ? null : ValueOf(field, offset);
        return new DecodedElement
        {
            Name = field.Name,
            Id = field.Id,
            Type = TypeText.Of(field.Type),
            OffsetBytes = offset,
            LengthBytes = isAbsent ? 0 : field.SizeBytes,
            Since = field.Notes.Since,
            Value = value,
            State = isAbsent ? ElementState.Absent
                : field.Presence == Presence.Constant ? ElementState.Constant
                : IsNull(field, value) ? ElementState.Null
                : ElementState.Present,
        };
    }

    /// <summary>Text where the encoding is one that can be read, the bytes themselves otherwise.</summary>
    /// <param name="type">Of the bytes.</param>
    /// <param name="text">Those that are read.</param>
    /// <param name="all">Those that are there.</param>
    public static DecodedValue TextOrBytes(EncodedType type, byte[] text, byte[] all)
    {
        Encoding? encoding = type.CharacterEncoding.ToUpperInvariant() switch
        {
            "" => type.Primitive == Primitive.Char ? Encoding.Latin1 : null,
            "ASCII" or "US-ASCII" or "ISO-8859-1" or "ISO_8859_1" or "LATIN1" => Encoding.Latin1,
            "UTF-8" or "UTF8" => Encoding.UTF8,
            _ => CodePageOf(type.CharacterEncoding),
        };
        return encoding is null ? new BytesValue(all) : new TextValue(encoding.GetString(text), all);
    }

    /// <summary>An encoding in which a zero byte is a zero; null for others and for names that nobody knows.</summary>
    private static Encoding? CodePageOf(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private DecodedValue? ValueOf(Field field, int offset) => field.Type switch
    {
        EncodedType type when field.Presence == Presence.Constant => ConstantOf(type, field.Constant!),
        EncodedType { Length: 1 } type => new NumberValue(type.Primitive, Bits(type.Primitive, offset)),
        EncodedType type => ArrayOf(type, offset),
        EnumType type => EnumOf(type, field.Constant?.Bits ?? Bits(type.Primitive, offset)),
        SetType type => SetOf(type, Bits(type.Primitive, offset)),
        _ => null,
    };

    private static DecodedValue ConstantOf(EncodedType type, ConstantValue constant) => constant.Text is { } text
        ? TextOrBytes(type, UpToZero(text), text)
        : new NumberValue(type.Primitive, constant.Bits);

    private DecodedValue ArrayOf(EncodedType type, int offset)
    {
        var own = bytes.AsSpan(offset, type.SizeBytes).ToArray();
        if (type.Primitive == Primitive.Char)
        {
            return TextOrBytes(type, UpToZero(own), own);
        }

        var size = PrimitiveRules.SizeOf(type.Primitive);
        var numbers = new ulong[type.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Bits(type.Primitive, offset + (i * size));
        }

        return new NumbersValue(type.Primitive, numbers);
    }

    private static EnumValueRead EnumOf(EnumType type, ulong bits)
    {
        var name = type.Values.Find(value => value.Bits == bits)?.Name;
        return new EnumValueRead(name, new NumberValue(type.Primitive, bits), name is null && bits != type.NullBits);
    }

    private static SetValue SetOf(SetType type, ulong bits)
    {
        var known = 0UL;
        var names = new List<string>();
        foreach (var choice in type.Choices)
        {
            known |= 1UL << choice.Bit;
            if ((bits & (1UL << choice.Bit)) != 0)
            {
                names.Add(choice.Name);
            }
        }

        return new SetValue(names, new NumberValue(type.Primitive, bits), bits & ~known);
    }

    private static bool IsNull(Field field, DecodedValue? value) => (field.Type, value) switch
    {
        (EnumType, EnumValueRead { Name: null, IsUnknown: false }) => true,
        (EncodedType type, NumberValue number) when field.Presence == Presence.Optional => IsNull(type, number.Bits),
        _ => false,
    };

    /// <summary>Every NaN is null where the null value is one: which one it is does not survive all machines.</summary>
    private static bool IsNull(EncodedType type, ulong bits) => bits == type.Range.Null
        || (PrimitiveRules.IsFloating(type.Primitive)
            && double.IsNaN(PrimitiveRules.ToDouble(type.Primitive, type.Range.Null))
            && double.IsNaN(PrimitiveRules.ToDouble(type.Primitive, bits)));

    private static byte[] UpToZero(byte[] text)
    {
        var end = Array.IndexOf(text, (byte)0);
        return end < 0 ? text : text[..end];
    }

    /// <summary>The raw bits of one value, sign-extended where the type is signed.</summary>
    private ulong Bits(Primitive primitive, int offset)
    {
        var size = PrimitiveRules.SizeOf(primitive);
        var bits = 0UL;
        for (var i = 0; i < size; i++)
        {
            bits = (bits << 8) | bytes[offset + (bigEndian ? i : size - 1 - i)];
        }

        var shift = 64 - (8 * size);
        return PrimitiveRules.IsSigned(primitive) ? (ulong)((long)(bits << shift) >> shift) : bits;
    }
}

using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas;

/// <summary>Types and values of a schema in words.</summary>
internal static class TypeText
{
    public static string Of(SchemaType type) => type switch
    {
        EncodedType encoded => Of(encoded),
        EnumType values => $"{type.Name}: enum {PrimitiveRules.NameOf(values.Primitive)}",
        SetType choices => $"{type.Name}: set {PrimitiveRules.NameOf(choices.Primitive)}",
        _ => $"{type.Name}: composite",
    };

    public static string KindOf(SchemaType type) => type switch
    {
        EncodedType => "type",
        EnumType => "enum",
        SetType => "set",
        _ => "composite",
    };

    /// <summary>A value by its raw bits, in decimal; characters as themselves where they can be seen.</summary>
    public static string Value(Primitive primitive, ulong bits) => primitive switch
    {
        Primitive.Char => bits is > 0x20 and < 0x7f ? $"'{(char)bits}'" : Invariant($"0x{bits:x2}"),
        Primitive.Float => Invariant($"{(float)PrimitiveRules.ToDouble(primitive, bits)}"),
        Primitive.Double => Invariant($"{PrimitiveRules.ToDouble(primitive, bits)}"),
        _ when PrimitiveRules.IsSigned(primitive) => Invariant($"{(long)bits}"),
        _ => Invariant($"{bits}"),
    };

    private static string Of(EncodedType type)
    {
        var name = PrimitiveRules.NameOf(type.Primitive);
        return type.Length switch
        {
            1 => name,
            0 => $"{name}[]",
            _ => $"{name}[{type.Length}]",
        };
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Comparison;

/// <summary>Whether two types put the same values at the same bytes, whatever they are called.</summary>
internal static class Shapes
{
    public static bool AreSame(CompositeType old, CompositeType @new) =>
        old.SizeBytes == @new.SizeBytes && old.Members.Count == @new.Members.Count
        && old.Members.Zip(@new.Members).All(pair => pair.First.Name == pair.Second.Name
            && (pair.First.OffsetBytes == pair.Second.OffsetBytes || pair.First.Presence == Presence.Constant)
            && pair.First.Presence == pair.Second.Presence
            && IsSame(pair.First.Constant, pair.Second.Constant)
            && IsSame(pair.First.Type, pair.Second.Type));

    public static bool IsSame(ConstantValue? old, ConstantValue? @new) =>
        old is null || @new is null
            ? old is null && @new is null
            : old.Bits == @new.Bits && (old.Text ?? []).AsSpan().SequenceEqual(@new.Text ?? []);

    private static bool IsSame(SchemaType old, SchemaType @new) => (old, @new) switch
    {
        (EncodedType a, EncodedType b) => a.Primitive == b.Primitive && a.Length == b.Length
            && a.CharacterEncoding == b.CharacterEncoding && a.Range.Null == b.Range.Null && a.Range.Max == b.Range.Max,
        (EnumType a, EnumType b) => a.Primitive == b.Primitive,
        (SetType a, SetType b) => a.Primitive == b.Primitive,
        (CompositeType a, CompositeType b) => AreSame(a, b),
        _ => false,
    };
}

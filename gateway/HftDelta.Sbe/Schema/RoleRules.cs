using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>What a composite must hold to serve as message header, as group dimension or as variable data.</summary>
internal static class RoleRules
{
    private static readonly string[] HeaderMembers = ["blockLength", "templateId", "schemaId", "version"];
    private static readonly string[] DimensionMembers = ["blockLength", "numInGroup"];

    /// <summary>Composites already reported, so that one bad dimension is told once and not at every group.</summary>
    public static bool IsHeader(CompositeType type, Element user)
    {
        bool good = true;
        foreach (string name in HeaderMembers)
            good &= HasUnsigned(type, name, user, constantAllowed: name is "schemaId" or "version");
        return good;
    }

    public static bool IsDimension(CompositeType type, Element user)
    {
        bool good = true;
        foreach (string name in DimensionMembers)
            good &= HasUnsigned(type, name, user, constantAllowed: false);
        if (!good)
            return false;
        var count = (EncodedType)type.Member("numInGroup")!.Type;
        if (PrimitiveRules.SizeOf(count.Primitive) < 4 || count.Range.Max <= int.MaxValue)
            return true;
        user.Fault($"numInGroup of '{type.Name}' counts beyond 2147483647; give it a maxValue of at most that");
        return false;
    }

    public static bool IsVariableData(CompositeType type, Element user)
    {
        if (!HasUnsigned(type, "length", user, constantAllowed: false))
            return false;
        if (type.Member("varData") is not { } content)
        {
            user.Fault($"the composite '{type.Name}' has no member varData; add one of length 0");
            return false;
        }

        if (content.Type is not EncodedType { Primitive: Primitive.Char or Primitive.UInt8 or Primitive.Int8 } encoded
            || encoded.Presence == Presence.Constant)
        {
            user.Fault($"varData of '{type.Name}' must be char or uint8; change its primitiveType");
            return false;
        }

        if (type.Members[type.Members.Count - 1] == content)
            return true;
        user.Fault($"varData must be the last member of '{type.Name}'; move it to the end");
        return false;
    }

    private static bool HasUnsigned(CompositeType type, string name, Element user, bool constantAllowed)
    {
        if (type.Member(name) is not { } member)
        {
            user.Fault($"the composite '{type.Name}' has no member {name}; add it");
            return false;
        }

        if (member.Type is EncodedType { Length: 1 } encoded && PrimitiveRules.IsUnsignedInteger(encoded.Primitive)
            && (constantAllowed || member.Presence != Presence.Constant))
        {
            return true;
        }

        user.Fault($"{name} of '{type.Name}' must be a single uint8, uint16, uint32 or uint64; change its type");
        return false;
    }

    /// <summary>The members of a header that the language gives a meaning to.</summary>
    public static IReadOnlyList<string> MeaningfulHeaderMembers => HeaderMembers;
}

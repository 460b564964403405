using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>
/// What a composite must hold to serve as message header, as group dimension or as variable data. Lengths and counts are read
/// as an int, so 32 bits of them need a maxValue that says so; the official tool has the same rule.
/// </summary>
internal static class RoleRules
{
    private static readonly string[] HeaderMembers = ["blockLength", "templateId", "schemaId", "version"];

    /// <summary>The members of a header that the language gives a meaning to.</summary>
    public static IReadOnlyList<string> MeaningfulHeaderMembers => HeaderMembers;

    public static bool IsHeader(CompositeType type, Element user)
    {
        bool good = true;
        foreach (string name in HeaderMembers)
        {
            bool constantAllowed = name is "schemaId" or "version";
            good &= HasInteger(type, name, user, signedAllowed: name != "blockLength", constantAllowed) is not null;
        }

        return good;
    }

    public static bool IsDimension(CompositeType type, Element user)
    {
        EncodedType? block = HasInteger(type, "blockLength", user, signedAllowed: false);
        EncodedType? count = HasInteger(type, "numInGroup", user, signedAllowed: true);
        if (block is null || count is null)
            return false;
        if (!PrimitiveRules.IsSigned(count.Primitive))
            return FitsInt(type, "blockLength", block, user) & FitsInt(type, "numInGroup", count, user);
        if (count.Range.HasOwnMin && PrimitiveRules.Compare(count.Primitive, count.Range.Min, 0) >= 0)
            return FitsInt(type, "blockLength", block, user);
        user.Fault($"numInGroup of '{type.Name}' is signed; make it unsigned, or give it a minValue of 0 or above");
        return false;
    }

    public static bool IsVariableData(CompositeType type, Element user)
    {
        if (HasInteger(type, "length", user, signedAllowed: false) is not { } length
            || !FitsInt(type, "length", length, user))
        {
            return false;
        }

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

    private static bool FitsInt(CompositeType type, string name, EncodedType member, Element user)
    {
        if (member.Primitive != Primitive.UInt32 || (member.Range.HasOwnMax && member.Range.Max <= int.MaxValue))
            return true;
        user.Fault($"{name} of '{type.Name}' counts beyond 2147483647; give it a maxValue of at most that");
        return false;
    }

    private static EncodedType? HasInteger(
        CompositeType type, string name, Element user, bool signedAllowed, bool constantAllowed = false)
    {
        if (type.Member(name) is not { } member)
        {
            user.Fault($"the composite '{type.Name}' has no member {name}; add it");
            return null;
        }

        if (member.Type is EncodedType { Length: 1 } encoded && (constantAllowed || member.Presence != Presence.Constant)
            && (PrimitiveRules.IsUnsignedInteger(encoded.Primitive)
                || (signedAllowed && PrimitiveRules.IsSigned(encoded.Primitive))))
        {
            return encoded;
        }

        user.Fault($"{name} of '{type.Name}' must be a single uint8, uint16, uint32 or uint64; change its type");
        return null;
    }
}

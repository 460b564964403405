using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Tables;

/// <summary>Every type of a schema that has a table of its own, those declared inside composites behind their owner.</summary>
internal static class NamedTypes
{
    public static IReadOnlyList<SchemaType> Of(MessageSchema schema)
    {
        var seen = new HashSet<SchemaType>();
        var types = new List<SchemaType>();
        foreach (var type in schema.Types)
        {
            Add(type, seen, types);
        }

        return types;
    }

    private static void Add(SchemaType type, HashSet<SchemaType> seen, List<SchemaType> types)
    {
        if (type is EncodedType || !seen.Add(type))
        {
            return;
        }

        types.Add(type);
        if (type is CompositeType composite)
        {
            composite.Members.ForEach(member => Add(member.Type, seen, types));
        }
    }
}

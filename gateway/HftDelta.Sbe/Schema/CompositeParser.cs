using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>Parses a <c>composite</c>: members in place or by <c>ref</c>, in a row or at given offsets.</summary>
internal sealed class CompositeParser
{
    private readonly TypeParser _types;

    public CompositeParser(TypeParser types) => _types = types;

    public CompositeType Parse(Element element)
    {
        var type = new CompositeType(element.Name, element.Point, element.ReadNotes());
        element.PresenceOr(Presence.Required);
        var names = new HashSet<string>();
        int faults = element.FaultCount;
        foreach (Element child in element.Children)
        {
            if (child.Kind is not ("type" or "ref" or "composite" or "enum" or "set"))
            {
                child.Fault("does not belong in a composite; use type, ref, composite, enum or set");
            }
            else if (child.CheckName())
            {
                if (!names.Add(child.Name))
                    child.Fault("two members have this name; rename one");
                else if (ParseMember(child) is { } member)
                    Place(child, type, member);
            }
        }

        if (type.Members.Count == 0 && element.FaultCount == faults)
            element.Fault("has no usable members; declare at least one");
        return type;
    }

    private Field? ParseMember(Element element)
    {
        if (element.Kind != "ref")
        {
            SchemaType? inPlace = _types.ParseType(element);
            return inPlace is null ? null : MemberOf(element, inPlace, inPlace.Notes);
        }

        Notes notes = element.ReadNotes();
        if (element.Text("type") is not { } name)
        {
            element.Fault("a ref needs the attribute type; name a declared type");
            return null;
        }

        if (!_types.IsDeclared(name))
        {
            element.Fault($"the type '{name}' is not declared; a ref names a type of the schema, a primitive is written as type");
            return null;
        }

        SchemaType? type = _types.Resolve(name, element);
        return type is null ? null : MemberOf(element, type, notes.Or(type.Notes));
    }

    private static Field MemberOf(Element element, SchemaType type, Notes notes)
    {
        var member = new Field(element.Name, -1, type, element.Point, notes);
        if (type is EncodedType encoded)
        {
            member.Presence = encoded.Presence;
            member.Constant = encoded.Constant;
        }
        else if (type is EnumType values)
        {
            member.Presence = values.Presence;
        }

        return member;
    }

    private static void Place(Element element, CompositeType type, Field member)
    {
        bool variable = member.Type is EncodedType { Length: 0 } or CompositeType { IsVariable: true };
        if (type.IsVariable)
            element.Fault("stands after a member of variable length; that one must be the last");
        type.IsVariable |= variable;
        int offset = element.Number("offset", type.EndBytes, 0, int.MaxValue - Blocks.LongestBlock);
        if (offset < type.EndBytes)
            element.Fault($"offset='{offset}' lies inside the member before it, which ends at {type.EndBytes}; raise it");
        member.OffsetBytes = System.Math.Max(offset, type.EndBytes);
        if (member.EndBytes > Blocks.LongestBlock)
        {
            element.Fault($"ends beyond {Blocks.LongestBlock} bytes; shorten the composite");
            return;
        }

        // A constant takes no bytes, and an offset given to one moves nothing.
        if (member.Presence != Presence.Constant)
            type.EndBytes = member.EndBytes;
        type.Members.Add(member);
    }
}

using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>
/// Parses a message with its groups: fields first, then groups, then variable data. Something newer may stand before something
/// older, as published schemas have it: each is read at its place in this schema, and a block too short for that is refused.
/// </summary>
internal sealed class MessageParser
{
    /// <summary>The standard gives field ids 16 bits; the official tool takes more, and no byte depends on them.</summary>
    private const int HighestId = int.MaxValue;

    private readonly TypeParser _types;

    public MessageParser(TypeParser types) => _types = types;

    public Message? Parse(Element element)
    {
        int id = element.RequiredNumber("id", 0, int.MaxValue);
        Notes notes = element.ReadNotes();
        var message = new Message(element.Name, id, element.Point, notes);
        ParseContent(element, message);
        return id < 0 ? null : message;
    }

    private void ParseContent(Element element, Block block)
    {
        var names = new HashSet<string>();
        var ids = new HashSet<int>();
        int end = 0;
        foreach (Element child in element.Children)
        {
            switch (child.Kind)
            {
                case "field":
                    if (block.HasSections)
                        child.Fault("a field cannot stand after a group or data; move it up");
                    if (Begin(child, names, ids, out int id) && ParseField(child, id) is { } field)
                        Place(child, block, field, ref end);
                    break;
                case "group":
                    if (block.Data.Count > 0)
                        child.Fault("a group cannot stand after data; move it up");
                    if (Begin(child, names, ids, out int groupId))
                        ParseGroup(child, block, groupId);
                    break;
                case "data":
                    if (Begin(child, names, ids, out int dataId))
                        ParseData(child, block, dataId);
                    break;
                default:
                    child.Fault("does not belong here; use field, group or data");
                    break;
            }
        }

        FinishBlock(element, block, end);
    }

    private static bool Begin(Element element, HashSet<string> names, HashSet<int> ids, out int id)
    {
        bool named = element.CheckName();
        if (named && !names.Add(element.Name))
        {
            element.Fault("another element of this block has this name; rename one");
            named = false;
        }

        id = element.RequiredNumber("id", 0, HighestId);
        if (id >= 0 && !ids.Add(id))
            element.Fault($"id='{id}' is used twice in this block; give each field, group and data its own");
        return named;
    }

    private Field? ParseField(Element element, int id)
    {
        Notes notes = element.ReadNotes();
        Presence? declared = element.Has("presence") ? element.PresenceOr(Presence.Required) : null;
        string? typeName = element.Text("type");
        if (typeName is null && declared == Presence.Constant && element.Text("valueRef") is { } reference)
            typeName = reference.Split('.')[0];
        if (typeName is null)
        {
            element.Fault("has no type; name a primitive or a declared type");
            return null;
        }

        SchemaType? type = _types.Resolve(typeName, element);
        if (type is null)
            return null;
        if (type is EncodedType { Length: 0, Presence: not Presence.Constant } or CompositeType { IsVariable: true })
        {
            element.Fault($"the type '{type.Name}' has no fixed length; use data for it");
            return null;
        }

        CheckSemanticType(element, notes, type);
        if (declared != Presence.Constant && element.Text("valueRef") is { } unused)
            _types.ResolveValueRef(unused, element, out _);
        var field = new Field(element.Name, id, type, element.Point, notes);
        return Classify(element, field, declared) ? field : null;
    }

    /// <summary>A field may repeat what its type means, and not contradict it.</summary>
    private static void CheckSemanticType(Element element, Notes notes, SchemaType type)
    {
        string own = notes.SemanticType;
        string other = type.Notes.SemanticType;
        if (own.Length > 0 && other.Length > 0 && own != other)
            element.Fault($"semanticType='{own}' differs from '{other}' of its type '{type.Name}'; say it in one place");
    }

    private bool Classify(Element element, Field field, Presence? declared)
    {
        if (field.Type is EncodedType { Presence: Presence.Constant } constant)
        {
            field.Presence = Presence.Constant;
            field.Constant = constant.Constant;
            return true;
        }

        if (declared == Presence.Constant)
            return ReadConstant(element, field);
        bool typeOptional = field.Type is EncodedType { Presence: Presence.Optional }
            || (declared is null && field.Type is EnumType { Presence: Presence.Optional });
        field.Presence = declared == Presence.Optional || typeOptional ? Presence.Optional : Presence.Required;
        return true;
    }

    private bool ReadConstant(Element element, Field field)
    {
        field.Presence = Presence.Constant;
        if (element.Text("valueRef") is not { } reference)
        {
            element.Fault("is constant and has no value; give valueRef or a constant type");
            return false;
        }

        EnumValue? value = _types.ResolveValueRef(reference, element, out EnumType? owner);
        if (value is null)
            return false;
        bool fits = field.Type switch
        {
            EnumType own => ReferenceEquals(own, owner),
            EncodedType { Length: 1 } encoded => encoded.Primitive == owner!.Primitive,
            _ => false,
        };
        if (!fits)
        {
            element.Fault($"valueRef='{reference}' does not fit the type '{field.Type.Name}'; name a value of that type");
            return false;
        }

        field.Constant = new ConstantValue(value.Bits);
        return true;
    }

    private static void Place(Element element, Block block, Field field, ref int end)
    {
        int offset = element.Number("offset", end, 0, int.MaxValue - Blocks.LongestBlock);
        if (field.Presence == Presence.Constant)
        {
            field.OffsetBytes = end;
            block.Fields.Add(field);
            return;
        }

        if (offset < end)
            element.Fault($"offset='{offset}' lies inside the field before it, which ends at {end}; raise it");
        field.OffsetBytes = System.Math.Max(offset, end);
        if (field.OffsetBytes > Blocks.LongestBlock || field.EndBytes > Blocks.LongestBlock)
        {
            element.Fault($"ends beyond {Blocks.LongestBlock} bytes; shorten the block");
            return;
        }

        end = field.EndBytes;
        block.Fields.Add(field);
    }

    private void ParseGroup(Element element, Block parent, int id)
    {
        Notes notes = element.ReadNotes();
        string dimensionName = element.Text("dimensionType") ?? "groupSizeEncoding";
        SchemaType? type = _types.Resolve(dimensionName, element);
        if (type is not CompositeType dimension)
        {
            if (type is not null)
                element.Fault($"dimensionType '{dimensionName}' is no composite; name one with blockLength and numInGroup");
            dimension = new CompositeType(dimensionName, element.Point, Notes.None);
        }
        else
        {
            RoleRules.IsDimension(dimension, element);
        }

        var group = new Group(element.Name, id, element.Point, notes, dimension);
        parent.Groups.Add(group);
        ParseContent(element, group);
        CheckFits(element, dimension.Member("blockLength"), group.BlockLength, "its blockLength");
    }

    private void ParseData(Element element, Block block, int id)
    {
        Notes notes = element.ReadNotes();
        if (element.PresenceOr(Presence.Required) != Presence.Required)
            element.Fault("data is neither optional nor constant: data without bytes says as much; leave presence out");
        if (element.Text("type") is not { } name)
        {
            element.Fault("has no type; name a composite of length and varData");
            return;
        }

        SchemaType? type = _types.Resolve(name, element);
        if (type is not CompositeType composite)
        {
            if (type is not null)
                element.Fault($"the type '{name}' is no composite; name one of length and varData");
            return;
        }

        CheckSemanticType(element, notes, composite);
        if (RoleRules.IsVariableData(composite, element))
            block.Data.Add(new VariableData(element.Name, id, element.Point, notes, composite));
    }

    private static void FinishBlock(Element element, Block block, int end)
    {
        int declared = element.Number("blockLength", end, 0, Blocks.LongestBlock);
        if (declared < end)
            element.Fault($"blockLength='{declared}' is less than the {end} bytes of its fields; raise it or leave it out");
        block.BlockLength = System.Math.Max(declared, end);
    }

    public static void CheckFits(Element element, Field? member, int value, string what)
    {
        if (member?.Type is not EncodedType encoded || member.Presence == Presence.Constant)
            return;
        int bits = PrimitiveRules.SizeOf(encoded.Primitive) * 8 - (PrimitiveRules.IsSigned(encoded.Primitive) ? 1 : 0);
        if (bits < 31 && value >= 1 << bits)
        {
            element.Fault($"{what} is {value}, which does not fit {member.Name} of {bits} bits; "
                + "make it smaller or use a wider type");
        }
    }
}

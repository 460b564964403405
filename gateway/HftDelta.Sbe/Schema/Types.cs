using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>Something that a field can be made of: a primitive encoding, an enum, a set or a composite.</summary>
public abstract class SchemaType
{
    protected SchemaType(string name, SourcePoint point, Notes notes)
    {
        Name = name;
        Point = point;
        Notes = notes;
    }

    public string Name { get; }

    public SourcePoint Point { get; }

    public Notes Notes { get; }

    /// <summary>Bytes on the wire; 0 for constants.</summary>
    public abstract int SizeBytes { get; }
}

/// <summary>What the schema says about an element for readers: no effect on bytes but for the version.</summary>
public sealed class Notes
{
    public static readonly Notes None = new("", "", 0, -1);

    public Notes(string description, string semanticType, int since, int deprecated)
    {
        Description = description;
        SemanticType = semanticType;
        Since = since;
        Deprecated = deprecated;
    }

    public string Description { get; }

    public string SemanticType { get; }

    /// <summary>The first version of the schema that has the element.</summary>
    public int Since { get; }

    /// <summary>The version that gave the element up, or -1.</summary>
    public int Deprecated { get; }

    /// <summary>These notes, and the other's for what these leave unsaid.</summary>
    public Notes Or(Notes other) => new(
        Description.Length > 0 ? Description : other.Description,
        SemanticType.Length > 0 ? SemanticType : other.SemanticType,
        Since > 0 ? Since : other.Since,
        Deprecated >= 0 ? Deprecated : other.Deprecated);
}

/// <summary>A primitive, a fixed array of them, or a constant.</summary>
public sealed class EncodedType : SchemaType
{
    public EncodedType(string name, SourcePoint point, Notes notes, Primitive primitive, int length, ValueRange range)
        : base(name, point, notes)
    {
        Primitive = primitive;
        Length = length;
        Range = range;
    }

    public Primitive Primitive { get; }

    /// <summary>1 for a single value, more for an array, 0 for the variable part of variable data.</summary>
    public int Length { get; }

    public ValueRange Range { get; }

    public Presence Presence { get; set; }

    public string CharacterEncoding { get; set; } = "";

    /// <summary>The value where <see cref="Presence"/> is constant.</summary>
    public ConstantValue? Constant { get; set; }

    public override int SizeBytes =>
        Presence == Presence.Constant ? 0 : checked(PrimitiveRules.SizeOf(Primitive) * Length);
}

/// <summary>Null, lowest and highest value of a primitive encoding, as raw bits.</summary>
public sealed class ValueRange
{
    public ValueRange(Primitive primitive)
    {
        Null = PrimitiveRules.DefaultNull(primitive);
        Min = PrimitiveRules.DefaultMin(primitive);
        Max = PrimitiveRules.DefaultMax(primitive);
    }

    public ulong Null { get; set; }

    public ulong Min { get; set; }

    public ulong Max { get; set; }

    /// <summary>Whether the schema itself states a bound.</summary>
    public bool HasOwnMin { get; set; }

    public bool HasOwnMax { get; set; }
}

/// <summary>A value that is in the schema instead of on the wire: raw bits, or the bytes of a text.</summary>
public sealed class ConstantValue
{
    public ConstantValue(ulong bits) => Bits = bits;

    public ConstantValue(byte[] text) => Text = text;

    public ulong Bits { get; }

    public byte[]? Text { get; }
}

public sealed class EnumType : SchemaType
{
    public EnumType(string name, SourcePoint point, Notes notes, Primitive primitive, ulong nullBits)
        : base(name, point, notes)
    {
        Primitive = primitive;
        NullBits = nullBits;
    }

    public Primitive Primitive { get; }

    public ulong NullBits { get; }

    /// <summary>What a field has that says nothing of its own; an enum is never constant by itself.</summary>
    public Presence Presence { get; set; }

    public List<EnumValue> Values { get; } = [];

    public override int SizeBytes => PrimitiveRules.SizeOf(Primitive);
}

public sealed class EnumValue
{
    public EnumValue(string name, ulong bits, Notes notes)
    {
        Name = name;
        Bits = bits;
        Notes = notes;
    }

    public string Name { get; }

    public ulong Bits { get; }

    public Notes Notes { get; }
}

public sealed class SetType : SchemaType
{
    public SetType(string name, SourcePoint point, Notes notes, Primitive primitive)
        : base(name, point, notes) => Primitive = primitive;

    public Primitive Primitive { get; }

    public List<SetChoice> Choices { get; } = [];

    public override int SizeBytes => PrimitiveRules.SizeOf(Primitive);
}

public sealed class SetChoice
{
    public SetChoice(string name, int bit, Notes notes)
    {
        Name = name;
        Bit = bit;
        Notes = notes;
    }

    public string Name { get; }

    public int Bit { get; }

    public Notes Notes { get; }
}

public sealed class CompositeType : SchemaType
{
    public CompositeType(string name, SourcePoint point, Notes notes)
        : base(name, point, notes)
    {
    }

    public List<Field> Members { get; } = [];

    public int EndBytes { get; set; }

    /// <summary>Whether a member has no length of its own, so that only variable data can use the type.</summary>
    public bool IsVariable { get; set; }

    public override int SizeBytes => EndBytes;

    public Field? Member(string name) => Members.Find(member => member.Name == name);
}

using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>A fixed field of a message or of a group entry, or a member of a composite.</summary>
public sealed class Field
{
    public Field(string name, int id, SchemaType type, SourcePoint point, Notes notes)
    {
        Name = name;
        Id = id;
        Type = type;
        Point = point;
        Notes = notes;
    }

    public string Name { get; }

    /// <summary>The field id, or -1 for a member of a composite.</summary>
    public int Id { get; }

    public SchemaType Type { get; }

    public SourcePoint Point { get; }

    public Notes Notes { get; }

    public int OffsetBytes { get; set; }

    public Presence Presence { get; set; }

    public ConstantValue? Constant { get; set; }

    public int SizeBytes => Presence == Presence.Constant ? 0 : Type.SizeBytes;

    public int EndBytes => OffsetBytes + SizeBytes;
}

/// <summary>A fixed block followed by groups and variable data: a message, or an entry of a group.</summary>
public abstract class Block
{
    protected Block(string name, int id, SourcePoint point, Notes notes)
    {
        Name = name;
        Id = id;
        Point = point;
        Notes = notes;
    }

    public string Name { get; }

    public int Id { get; }

    public SourcePoint Point { get; }

    public Notes Notes { get; }

    public List<Field> Fields { get; } = [];

    public List<Group> Groups { get; } = [];

    public List<VariableData> Data { get; } = [];

    /// <summary>Bytes of the fixed block, with the padding that the schema asks for.</summary>
    public int BlockLength { get; set; }

    public bool HasSections => Groups.Count + Data.Count > 0;

    public int SectionCount => Groups.Count + Data.Count;
}

public sealed class Message : Block
{
    public Message(string name, int id, SourcePoint point, Notes notes)
        : base(name, id, point, notes)
    {
    }
}

public sealed class Group : Block
{
    public Group(string name, int id, SourcePoint point, Notes notes, CompositeType dimension)
        : base(name, id, point, notes) => Dimension = dimension;

    public CompositeType Dimension { get; }
}

public sealed class VariableData
{
    public VariableData(string name, int id, SourcePoint point, Notes notes, CompositeType type)
    {
        Name = name;
        Id = id;
        Point = point;
        Notes = notes;
        Type = type;
    }

    public string Name { get; }

    public int Id { get; }

    public SourcePoint Point { get; }

    public Notes Notes { get; }

    public CompositeType Type { get; }

    public Field Length => Type.Member("length")!;

    public EncodedType Content => (EncodedType)Type.Member("varData")!.Type;
}

public sealed class MessageSchema
{
    public MessageSchema(string package, int id, int version, bool bigEndian, CompositeType header)
    {
        Package = package;
        Id = id;
        Version = version;
        BigEndian = bigEndian;
        Header = header;
    }

    public string Package { get; }

    public int Id { get; }

    public int Version { get; }

    public bool BigEndian { get; }

    public CompositeType Header { get; }

    public string SemanticVersion { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>The named types in the order of the file.</summary>
    public List<SchemaType> Types { get; } = [];

    public List<Message> Messages { get; } = [];
}

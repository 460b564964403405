namespace HftDelta.Node.Schemas.Decoding;

/// <summary>What an element of a message turned out to be.</summary>
internal enum ElementState
{
    Present,

    /// <summary>Its bytes are its null value.</summary>
    Null,

    /// <summary>The writer's version is older than the element: there are no bytes.</summary>
    Absent,

    /// <summary>The schema holds the value: there are no bytes.</summary>
    Constant,
}

/// <summary>One element of a message with the bytes that it came from: a field, a member, a group, an entry or data.</summary>
internal sealed class DecodedElement
{
    public required string Name { get; init; }

    /// <summary>Of a field, a group or data; -1 for what has none.</summary>
    public int Id { get; init; } = -1;

    /// <summary>As in <c>uint32</c>, <c>char[4]</c>, <c>Side: enum uint8</c>.</summary>
    public required string Type { get; init; }

    public ElementState State { get; init; }

    /// <summary>Where its bytes begin in the message; for what has none, where they would.</summary>
    public int OffsetBytes { get; init; }

    /// <summary>How many they are, with the length before data and the dimension before a group.</summary>
    public int LengthBytes { get; set; }

    /// <summary>The first version that has it.</summary>
    public int Since { get; init; }

    /// <summary>Its value where it has one; null for composites, groups, entries and what is absent.</summary>
    public DecodedValue? Value { get; init; }

    /// <summary>Members of a composite, entries of a group, the content of an entry.</summary>
    public List<DecodedElement> Children { get; } = [];
}

/// <summary>A whole message.</summary>
internal sealed class DecodedMessage
{
    public required string Name { get; init; }

    public required DecodedElement Header { get; init; }

    public required int TemplateId { get; init; }

    public required int SchemaId { get; init; }

    /// <summary>Of whoever wrote it.</summary>
    public required int Version { get; init; }

    public required int BlockLength { get; init; }

    /// <summary>Bytes of the block that this schema does not know.</summary>
    public int UnknownBlockBytes { get; init; }

    /// <summary>Bytes read, header included.</summary>
    public int LengthBytes { get; set; }

    /// <summary>Bytes behind it that a newer version may have written.</summary>
    public int UnknownTailBytes { get; set; }

    public List<DecodedElement> Fields { get; } = [];
}

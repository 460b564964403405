using System.Diagnostics.CodeAnalysis;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Decoding;

/// <summary>
/// Reads any message of any schema from the schema alone, without generated code. It follows the lengths and the version on
/// the wire, proves each length in 64 bits before it reads what the length covers, and refuses by the rules of the generated
/// validators and with their reasons. What it builds is bounded by the length of the bytes.
/// </summary>
internal sealed class MessageReader
{
    /// <summary>Entries without bytes cost the writer nothing, so they are bounded by themselves.</summary>
    private const ulong EmptyEntriesMax = 65_535;

    private readonly MessageSchema _schema;
    private readonly byte[] _bytes;
    private readonly FieldReader _fields;
    private int _version;
    private long _position;

    private MessageReader(MessageSchema schema, byte[] bytes)
    {
        _schema = schema;
        _bytes = bytes;
        _fields = new FieldReader(bytes, schema.BigEndian);
    }

    /// <summary>Reads the message that the bytes begin with; those behind it are its tail.</summary>
    /// <param name="schema">That the message is of.</param>
    /// <param name="bytes">Header first.</param>
    /// <param name="mayFollow">Whether other messages may stand behind it.</param>
    public static DecodedMessage Read(MessageSchema schema, byte[] bytes, bool mayFollow)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(bytes);
        return new MessageReader(schema, bytes).Read(mayFollow);
    }

    private DecodedMessage Read(bool mayFollow)
    {
        var header = _schema.Header;
        if (_bytes.Length < header.SizeBytes)
        {
            Refuse("FrameTooShort", _bytes.Length, $"a header has {header.SizeBytes} bytes; there are {_bytes.Length}");
        }

        var template = HeaderMember("templateId");
        var schemaId = HeaderMember("schemaId");
        if (header.Member("schemaId")!.Presence != Presence.Constant && schemaId != (ulong)_schema.Id)
        {
            Refuse("UnknownSchema", OffsetOf("schemaId"), $"the message is of schema {schemaId}; this is schema {_schema.Id}");
        }

        var message = _schema.Messages.Find(candidate => (ulong)candidate.Id == template);
        if (message is null)
        {
            Refuse("UnknownTemplate", OffsetOf("templateId"), $"the schema has no message of template id {template}");
        }

        _version = (int)Math.Min(HeaderMember("version"), int.MaxValue);
        return ReadMessage(message, HeaderMember("blockLength"), mayFollow);
    }

    private DecodedMessage ReadMessage(Message message, ulong blockLength, bool mayFollow)
    {
        var header = _schema.Header;
        var least = Least(message.Fields, 0);
        if (blockLength < (ulong)least)
        {
            Refuse("BlockTooShort", OffsetOf("blockLength"),
                $"the block of {message.Name} has {blockLength} bytes; version {_version} has at least {least}");
        }

        Take("BlockTruncated", header.SizeBytes, blockLength, $"the block of {message.Name}");
        var decoded = new DecodedMessage
        {
            Name = message.Name,
            Header = HeaderElement(),
            TemplateId = message.Id,
            SchemaId = _schema.Id,
            Version = _version,
            BlockLength = (int)blockLength,
            UnknownBlockBytes = Math.Max(0, (int)blockLength - message.BlockLength),
        };
        ReadFields(message.Fields, header.SizeBytes, 0, decoded.Fields);
        ReadSections(message, decoded.Fields);
        var left = _bytes.Length - (int)_position;
        if (left > 0 && !mayFollow && _version <= _schema.Version)
        {
            Refuse("TrailingBytes", _position, $"{left} bytes stand behind the message");
        }

        decoded.LengthBytes = (int)_position;
        decoded.UnknownTailBytes = mayFollow ? 0 : left;
        return decoded;
    }

    private DecodedElement HeaderElement()
    {
        var element = new DecodedElement
        {
            Name = "header",
            Type = $"{_schema.Header.Name}: composite",
            LengthBytes = _schema.Header.SizeBytes,
        };
        ReadFields(_schema.Header.Members, 0, 0, element.Children, ignoreVersion: true);
        return element;
    }

    private void ReadFields(List<Field> fields, int origin, int since, List<DecodedElement> into, bool ignoreVersion = false)
    {
        foreach (var field in fields)
        {
            var own = Math.Max(since, field.Notes.Since);
            var isAbsent = !ignoreVersion && field.Presence != Presence.Constant && _version < own;
            var element = _fields.Read(field, origin + field.OffsetBytes, isAbsent);
            into.Add(element);
            if (field.Type is CompositeType composite && !isAbsent)
            {
                ReadFields(composite.Members, origin + field.OffsetBytes, own, element.Children, ignoreVersion);
            }
        }
    }

    private void ReadSections(Block block, List<DecodedElement> into)
    {
        foreach (var group in block.Groups)
        {
            into.Add(ReadGroup(group));
        }

        foreach (var data in block.Data)
        {
            into.Add(ReadData(data));
        }
    }

    private DecodedElement ReadGroup(Group group)
    {
        var element = Section(group.Name, group.Id, $"group of {group.Dimension.Name}", group.Notes);
        if (element.State == ElementState.Absent)
        {
            return element;
        }

        var start = (int)_position;
        var what = $"the group {group.Name}";
        Take("GroupHeaderTruncated", start, (ulong)group.Dimension.SizeBytes, $"the dimension of {what}");
        var length = group.Dimension.Member("blockLength")!;
        var counter = group.Dimension.Member("numInGroup")!;
        var blockLength = _fields.Unsigned(length, start + length.OffsetBytes);
        var count = _fields.Unsigned(counter, start + counter.OffsetBytes);
        var range = ((EncodedType)counter.Type).Range;
        var most = Math.Min(range.Max, blockLength == 0 ? EmptyEntriesMax : int.MaxValue);
        var fewest = range.HasOwnMin ? range.Min : 0;
        if (count > most || count < fewest)
        {
            Refuse("GroupCountOutOfRange", start + counter.OffsetBytes,
                $"{what} has {(long)count} entries; it may have {fewest} to {most}");
        }

        var least = Least(group.Fields, 0);
        if (count > 0 && blockLength < (ulong)least)
        {
            Refuse("GroupBlockTooShort", start + length.OffsetBytes,
                $"entries of {what} have {blockLength} bytes; version {_version} has at least {least}");
        }

        for (var index = 0UL; index < count; index++)
        {
            element.Children.Add(ReadEntry(group, index, blockLength));
        }

        element.LengthBytes = (int)_position - start;
        return element;
    }

    private DecodedElement ReadEntry(Group group, ulong index, ulong blockLength)
    {
        var start = (int)_position;
        Take("GroupTruncated", start, blockLength, $"entry {index} of the group {group.Name}");
        var entry = new DecodedElement { Name = $"{group.Name}[{index}]", Type = "entry", OffsetBytes = start };
        ReadFields(group.Fields, start, 0, entry.Children);
        ReadSections(group, entry.Children);
        entry.LengthBytes = (int)_position - start;
        return entry;
    }

    private DecodedElement ReadData(VariableData data)
    {
        var absent = Section(data.Name, data.Id, $"{data.Type.Name}: data", data.Notes);
        if (absent.State == ElementState.Absent)
        {
            return absent;
        }

        var start = (int)_position;
        var header = data.Type.Member("varData")!.OffsetBytes;
        Take("DataLengthTruncated", start, (ulong)header, $"the length of the data {data.Name}");
        var length = _fields.Unsigned(data.Length, start + data.Length.OffsetBytes);
        var range = ((EncodedType)data.Length.Type).Range;
        if (range.HasOwnMax && length > range.Max)
        {
            Refuse("DataTooLong", start + data.Length.OffsetBytes,
                $"the data {data.Name} has {length} bytes; it may have {range.Max}");
        }

        Take("DataTruncated", start + header, length, $"the data {data.Name}");
        var bytes = _bytes[(start + header)..(int)_position];
        return new DecodedElement
        {
            Name = data.Name,
            Id = data.Id,
            Type = absent.Type,
            OffsetBytes = start,
            LengthBytes = bytes.Length + header,
            Since = data.Notes.Since,
            Value = FieldReader.TextOrBytes(data.Content, bytes, bytes),
        };
    }

    private DecodedElement Section(string name, int id, string type, Notes notes) => new()
    {
        Name = name,
        Id = id,
        Type = type,
        OffsetBytes = (int)_position,
        Since = notes.Since,
        State = _version < notes.Since ? ElementState.Absent : ElementState.Present,
    };

    /// <summary>Moves behind so many bytes, which must be there.</summary>
    private void Take(string reason, int start, ulong length, string what)
    {
        if (length > (ulong)(_bytes.Length - start))
        {
            Refuse(reason, _bytes.Length,
                $"{what} begins at {start} and has {length} bytes; the message ends at {_bytes.Length}");
        }

        _position = start + (long)length;
    }

    /// <summary>Where the last field ends that a writer of the version has.</summary>
    private int Least(List<Field> fields, int since)
    {
        var end = 0;
        foreach (var field in fields)
        {
            var own = Math.Max(since, field.Notes.Since);
            if (field.Presence == Presence.Constant || _version < own)
            {
                continue;
            }

            end = Math.Max(end, field.Type is CompositeType composite
                ? field.OffsetBytes + Least(composite.Members, own)
                : field.EndBytes);
        }

        return end;
    }

    private int OffsetOf(string member) => _schema.Header.Member(member)!.OffsetBytes;

    private ulong HeaderMember(string member)
    {
        var field = _schema.Header.Member(member)!;
        return _fields.Unsigned(field, field.OffsetBytes);
    }

    [DoesNotReturn]
    private static void Refuse(string reason, long offsetBytes, string what) =>
        throw new MalformedMessageException(reason, offsetBytes, what);
}

using System.Text.Json;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Tables;

/// <summary>A schema as byte tables in JSON: the same content as in Markdown.</summary>
internal static class JsonTables
{
    public static void Write(Utf8JsonWriter json, MessageSchema schema)
    {
        json.WriteString("package", schema.Package);
        json.WriteNumber("id", schema.Id);
        json.WriteNumber("version", schema.Version);
        json.WriteString("semanticVersion", schema.SemanticVersion);
        json.WriteString("description", schema.Description);
        json.WriteString("byteOrder", schema.BigEndian ? "bigEndian" : "littleEndian");
        json.WriteStartObject("header");
        json.WriteString("name", schema.Header.Name);
        json.WriteNumber("lengthBytes", schema.Header.SizeBytes);
        Fields(json, schema.Header.Members);
        json.WriteEndObject();
        json.WriteStartArray("messages");
        foreach (var message in schema.Messages)
        {
            json.WriteStartObject();
            Content(json, message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("types");
        foreach (var type in NamedTypes.Of(schema))
        {
            Type(json, type);
        }

        json.WriteEndArray();
    }

    private static void Content(Utf8JsonWriter json, Block block)
    {
        json.WriteString("name", block.Name);
        json.WriteNumber("id", block.Id);
        Notes(json, block.Notes);
        if (block is Group { Dimension: { } dimension })
        {
            json.WriteStartObject("dimension");
            json.WriteString("name", dimension.Name);
            json.WriteNumber("lengthBytes", dimension.SizeBytes);
            Fields(json, dimension.Members);
            json.WriteEndObject();
        }

        json.WriteNumber("blockLength", block.BlockLength);
        Fields(json, block.Fields);
        json.WriteStartArray("groups");
        foreach (var group in block.Groups)
        {
            json.WriteStartObject();
            Content(json, group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("data");
        foreach (var data in block.Data)
        {
            json.WriteStartObject();
            json.WriteString("name", data.Name);
            json.WriteNumber("id", data.Id);
            json.WriteString("type", data.Type.Name);
            json.WriteString("lengthType", TypeText.Of(data.Length.Type));
            json.WriteNumber("lengthOffsetBytes", data.Length.OffsetBytes);
            json.WriteNumber("contentOffsetBytes", data.Type.Member("varData")!.OffsetBytes);
            json.WriteString("characterEncoding", data.Content.CharacterEncoding);
            Notes(json, data.Notes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Fields(Utf8JsonWriter json, IReadOnlyList<Field> fields)
    {
        json.WriteStartArray("fields");
        foreach (var row in FieldRow.Of(fields))
        {
            json.WriteStartObject();
            json.WriteString("name", row.Path);
            if (row.Field.Id >= 0)
            {
                json.WriteNumber("id", row.Field.Id);
            }

            if (row.OffsetBytes >= 0)
            {
                json.WriteNumber("offsetBytes", row.OffsetBytes);
                json.WriteNumber("lengthBytes", row.LengthBytes);
            }

            json.WriteString("type", TypeText.Of(row.Field.Type));
            json.WriteString("presence", row.PresenceText());
            json.WriteString("range", row.RangeText());
            Notes(json, row.Field.Notes, row.Since, row.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Type(Utf8JsonWriter json, SchemaType type)
    {
        json.WriteStartObject();
        json.WriteString("name", type.Name);
        json.WriteString("kind", TypeText.KindOf(type));
        Notes(json, type.Notes);
        switch (type)
        {
            case EnumType values:
                json.WriteString("encoding", PrimitiveRules.NameOf(values.Primitive));
                json.WriteString("null", TypeText.Value(values.Primitive, values.NullBits));
                Names(json, "values", values.Values.Select(one =>
                    (one.Name, "value", TypeText.Value(values.Primitive, one.Bits), one.Notes)));
                break;
            case SetType choices:
                json.WriteString("encoding", PrimitiveRules.NameOf(choices.Primitive));
                Names(json, "choices", choices.Choices.Select(one =>
                    (one.Name, "bit", TypeText.Value(Primitive.UInt8, (ulong)one.Bit), one.Notes)));
                break;
            case CompositeType composite:
                json.WriteNumber("lengthBytes", composite.SizeBytes);
                json.WriteBoolean("variable", composite.IsVariable);
                Fields(json, composite.Members);
                break;
        }

        json.WriteEndObject();
    }

    private static void Names(
        Utf8JsonWriter json, string title, IEnumerable<(string Name, string Key, string Value, Notes Notes)> all)
    {
        json.WriteStartArray(title);
        foreach (var (name, key, value, notes) in all)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString(key, value);
            Notes(json, notes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Notes(Utf8JsonWriter json, Notes notes) => Notes(json, notes, notes.Since, notes.Description);

    private static void Notes(Utf8JsonWriter json, Notes notes, int since, string description)
    {
        json.WriteNumber("since", since);
        if (notes.Deprecated >= 0)
        {
            json.WriteNumber("deprecated", notes.Deprecated);
        }

        json.WriteString("semanticType", notes.SemanticType);
        json.WriteString("description", description);
    }
}

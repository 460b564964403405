using System.Globalization;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Tables;

/// <summary>A schema as byte tables in Markdown: header, messages with their groups and data, types.</summary>
internal static class MarkdownTables
{
    public static void Write(TextWriter output, MessageSchema schema)
    {
        output.WriteLine($"# {Or(schema.Package, "schema")}: schema {schema.Id}, version {schema.Version}");
        output.WriteLine();
        Paragraph(output, schema.Description);
        var version = schema.SemanticVersion.Length > 0 ? $" Semantic version {Escape(schema.SemanticVersion)}." : "";
        output.WriteLine($"All numbers are {(schema.BigEndian ? "big" : "little")} endian.{version} Every message begins with "
            + $"the header below; offsets of a message count from the end of the header, {schema.Header.SizeBytes} bytes.");
        output.WriteLine();
        output.WriteLine($"## Header: `{schema.Header.Name}`, {schema.Header.SizeBytes} bytes");
        output.WriteLine();
        Table(output, schema.Header.Members, withIds: false);
        foreach (var message in schema.Messages)
        {
            output.WriteLine();
            output.WriteLine($"## {message.Name}: template {message.Id}");
            output.WriteLine();
            Paragraph(output, Describe(message.Notes));
            output.WriteLine($"Block: {message.BlockLength} bytes.");
            Content(output, message, "");
        }

        Types(output, schema);
    }

    private static void Content(TextWriter output, Block block, string path)
    {
        if (block.Fields.Count > 0)
        {
            output.WriteLine();
            Table(output, block.Fields, withIds: true);
        }

        foreach (var group in block.Groups)
        {
            output.WriteLine();
            output.WriteLine($"### Group `{path}{group.Name}`, id {group.Id}");
            output.WriteLine();
            Paragraph(output, Describe(group.Notes));
            var dimension = group.Dimension;
            var members = string.Join(", ", dimension.Members.Where(member => member.Presence != Presence.Constant)
                .Select(member => $"{member.Name} {TypeText.Of(member.Type)} at {member.OffsetBytes}"));
            output.WriteLine($"Dimension `{dimension.Name}`, {dimension.SizeBytes} bytes: {members}. "
                + $"Each entry: {group.BlockLength} bytes.");
            Content(output, group, $"{path}{group.Name}.");
        }

        foreach (var data in block.Data)
        {
            output.WriteLine();
            output.WriteLine($"### Data `{path}{data.Name}`, id {data.Id}");
            output.WriteLine();
            Paragraph(output, Describe(data.Notes));
            var encoding = data.Content.CharacterEncoding.Length > 0 ? $", {Escape(data.Content.CharacterEncoding)}" : "";
            var limit = ((EncodedType)data.Length.Type).Range is { HasOwnMax: true } range
                ? string.Create(CultureInfo.InvariantCulture, $", at most {range.Max} bytes") : "";
            output.WriteLine($"`{data.Type.Name}`: length {TypeText.Of(data.Length.Type)} at {data.Length.OffsetBytes}, "
                + $"then the bytes at {data.Type.Member("varData")!.OffsetBytes}{encoding}{limit}.");
        }
    }

    private static void Table(TextWriter output, IReadOnlyList<Field> fields, bool withIds)
    {
        var id = withIds ? " Id |" : "";
        output.WriteLine($"| Offset | Bytes | Field |{id} Type | Presence | Range | Since | Description |");
        output.WriteLine($"|---:|---:|---|{(withIds ? "---:|" : "")}---|---|---|---:|---|");
        foreach (var row in FieldRow.Of(fields))
        {
            var isPlaced = row.OffsetBytes >= 0;
            var number = !withIds ? "" : row.Field.Id >= 0 ? $" {row.Field.Id} |" : " |";
            var described = Escape(Describe(row.Description, row.Field.Notes));
            var place = isPlaced ? $"{row.OffsetBytes} | {row.LengthBytes}" : " | ";
            var type = Escape(TypeText.Of(row.Field.Type));
            output.WriteLine($"| {place} | `{row.Path}` |{number} {type} | {Escape(row.PresenceText())} | "
                + $"{Escape(row.RangeText())} | {row.Since} | {described} |");
        }
    }

    private static void Types(TextWriter output, MessageSchema schema)
    {
        foreach (var type in NamedTypes.Of(schema))
        {
            switch (type)
            {
                case EnumType values:
                    Heading(output, type, $"`{PrimitiveRules.NameOf(values.Primitive)}`, "
                        + $"null {TypeText.Value(values.Primitive, values.NullBits)}");
                    output.WriteLine("| Value | Name | Since | Description |\n|---:|---|---:|---|");
                    values.Values.ForEach(one => output.WriteLine($"| {Escape(TypeText.Value(values.Primitive, one.Bits))} | "
                        + $"`{one.Name}` | {one.Notes.Since} | {Escape(Describe(one.Notes.Description, one.Notes))} |"));
                    break;
                case SetType choices:
                    Heading(output, type, $"`{PrimitiveRules.NameOf(choices.Primitive)}`");
                    output.WriteLine("| Bit | Name | Since | Description |\n|---:|---|---:|---|");
                    choices.Choices.ForEach(one => output.WriteLine($"| {one.Bit} | "
                        + $"`{one.Name}` | {one.Notes.Since} | {Escape(Describe(one.Notes.Description, one.Notes))} |"));
                    break;
                case CompositeType composite:
                    Heading(output, type, composite.IsVariable ? "of variable length" : $"{composite.SizeBytes} bytes");
                    Table(output, composite.Members, withIds: false);
                    break;
            }
        }
    }

    private static void Heading(TextWriter output, SchemaType type, string what)
    {
        output.WriteLine();
        var kind = TypeText.KindOf(type);
        output.WriteLine($"## {char.ToUpperInvariant(kind[0])}{kind[1..]} `{type.Name}`: {what}");
        output.WriteLine();
        Paragraph(output, Describe(type.Notes));
    }

    private static void Paragraph(TextWriter output, string text)
    {
        if (text.Length > 0)
        {
            output.WriteLine(Escape(text));
            output.WriteLine();
        }
    }

    private static string Describe(Notes notes)
    {
        var since = notes.Since > 0 ? $" Since version {notes.Since}." : "";
        return (Describe(notes.Description, notes) + since).Trim();
    }

    private static string Describe(string description, Notes notes)
    {
        var semantic = notes.SemanticType.Length > 0 ? $" Semantic type {notes.SemanticType}." : "";
        var deprecated = notes.Deprecated >= 0 ? $" Deprecated since version {notes.Deprecated}." : "";
        var full = semantic.Length + deprecated.Length > 0 && description.Length > 0 && description[^1] is not ('.' or '!' or '?')
            ? description + "."
            : description;
        return (full + semantic + deprecated).Trim();
    }

    private static string Or(string text, string otherwise) => text.Length > 0 ? Escape(text) : otherwise;

    /// <summary>One line in which Markdown and HTML see nothing of their own.</summary>
    private static string Escape(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);
}

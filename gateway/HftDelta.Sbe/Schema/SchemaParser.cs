using System;
using System.Collections.Generic;
using System.Xml.Linq;

namespace HftDelta.Sbe.Schema;

/// <summary>Reads a message schema and its includes into the model, or says everything that is wrong with it.</summary>
public static class SchemaParser
{
    /// <summary>
    /// Parses the text. Includes are asked of <paramref name="resolve"/> by the including path and the href; null from it means
    /// unknown. The result is null exactly when <paramref name="problems"/> holds something.
    /// </summary>
    public static MessageSchema? Parse(SchemaText text, Func<string, string, SchemaText?> resolve, ProblemList problems)
    {
        XElement? xml = new SchemaXml(resolve, problems).Load(text);
        if (xml is null)
            return null;
        var context = new ParseContext(xml, problems);
        var root = new Element(xml, context);
        if (root.Kind != "messageSchema")
        {
            root.Fault("the root of a schema is messageSchema; this is another kind of file");
            return null;
        }

        MessageSchema schema = ParseRoot(root, context);
        return problems.Any ? null : schema;
    }

    private static MessageSchema ParseRoot(Element root, ParseContext context)
    {
        int id = root.RequiredNumber("id", 0, int.MaxValue);
        context.Version = root.Number("version", 0, 0, int.MaxValue);
        string byteOrder = root.Text("byteOrder") ?? "littleEndian";
        if (byteOrder is not ("littleEndian" or "bigEndian"))
            root.Fault($"byteOrder='{byteOrder}' is unknown; write littleEndian or bigEndian");

        var types = new TypeParser();
        var messages = new List<Element>();
        foreach (Element child in root.Children)
        {
            if (child.Kind == "types")
                types.Declare(child);
            else if (child.Kind == "message")
                messages.Add(child);
            else
                child.Fault("does not belong in a schema; use types or message");
        }

        List<SchemaType> resolved = types.ResolveAll();
        // A schema without its header is refused, but not before its messages have told their own faults.
        CompositeType header = FindHeader(root, types) ?? new CompositeType("", root.Point, Notes.None);
        var schema = new MessageSchema(root.Text("package") ?? "", id, context.Version, byteOrder == "bigEndian", header)
        {
            SemanticVersion = root.Text("semanticVersion") ?? "",
            Description = root.Text("description") ?? "",
        };
        schema.Types.AddRange(resolved);
        MessageParser.CheckFits(root, header.Member("schemaId"), id, "its id");
        MessageParser.CheckFits(root, header.Member("version"), context.Version, "its version");
        ParseMessages(root, messages, types, schema);
        return schema;
    }

    private static CompositeType? FindHeader(Element root, TypeParser types)
    {
        string name = root.Text("headerType") ?? "messageHeader";
        SchemaType? type = types.Resolve(name, root);
        if (type is CompositeType composite)
        {
            if (RoleRules.IsHeader(composite, root) && composite.IsVariable)
                root.Fault($"the header '{name}' has a member of variable length; give each a length");
            return composite;
        }

        if (type is not null)
            root.Fault($"the header '{name}' is no composite; declare one with blockLength, templateId, schemaId and version");
        return null;
    }

    private static void ParseMessages(Element root, List<Element> elements, TypeParser types, MessageSchema schema)
    {
        var names = new HashSet<string>();
        var ids = new Dictionary<int, string>();
        foreach (Element element in elements)
        {
            bool named = element.CheckName();
            Message? message = new MessageParser(types).Parse(element);
            if (message is null || !named)
                continue;
            if (!names.Add(message.Name))
                element.Fault("another message has this name; rename one");
            if (ids.TryGetValue(message.Id, out string? other))
                element.Fault($"id='{message.Id}' is the message '{other}' already; give each message its own");
            else
                ids[message.Id] = message.Name;
            MessageParser.CheckFits(element, schema.Header.Member("templateId"), message.Id, "its id");
            MessageParser.CheckFits(element, schema.Header.Member("blockLength"), message.BlockLength, "its blockLength");
            schema.Messages.Add(message);
        }

        if (elements.Count == 0)
            root.Fault("declares no message; declare at least one, or include the file from a schema that does");
    }
}

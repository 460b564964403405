using System;
using System.Collections.Generic;
using System.IO;
using System.Xml;
using System.Xml.Linq;

namespace HftDelta.Sbe.Schema;

/// <summary>
/// Turns the text of a schema into elements that know their file and line, with every XInclude put in its place. Refuses
/// document type definitions, so that no entity is ever expanded or fetched; files come from the given resolver alone.
/// </summary>
internal sealed class SchemaXml
{
    /// <summary>Deeper nesting is no schema; the walks below recurse.</summary>
    public const int DepthLimit = 64;

    private static readonly XNamespace Include = "http://www.w3.org/2001/XInclude";

    private static readonly HashSet<string> OwnNamespaces =
    [
        "",
        "http://fixprotocol.io/2016/sbe",
        "http://fixprotocol.io/2017/sbe",
        "http://fixprotocol.io/sbe/rc2",
        "http://fixprotocol.io/sbe/rc3",
        "http://fixprotocol.io/sbe/rc4",
        "http://www.fixprotocol.org/ns/simple/1.0",
    ];

    private readonly Func<string, string, SchemaText?> _resolve;
    private readonly ProblemList _problems;
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private int _includeCount;

    public SchemaXml(Func<string, string, SchemaText?> resolve, ProblemList problems)
    {
        _resolve = resolve;
        _problems = problems;
    }

    public XElement? Load(SchemaText text)
    {
        XElement? root = Parse(text);
        if (root is null)
            return null;
        _open.Add(text.Path);
        ExpandIncludes(root, text);
        _open.Remove(text.Path);
        return root;
    }

    /// <summary>The hrefs that a schema includes, in order; empty when the text cannot be read.</summary>
    public static List<string> IncludesOf(SchemaText text)
    {
        var hrefs = new List<string>();
        try
        {
            using XmlReader reader = Reader(text);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "include"
                    && reader.NamespaceURI == Include.NamespaceName && reader.GetAttribute("href") is { } href)
                {
                    hrefs.Add(href);
                }
            }
        }
        catch (XmlException)
        {
            // The compiler proper reports it with its line.
        }

        return hrefs;
    }

    /// <summary>Whether the root element is a message schema; false as well when there is no root to be read.</summary>
    public static bool LooksLikeSchema(SchemaText text)
    {
        try
        {
            using XmlReader reader = Reader(text);
            return reader.MoveToContent() == XmlNodeType.Element && reader.LocalName == "messageSchema";
        }
        catch (XmlException)
        {
            return text.Content.Contains("messageSchema");
        }
    }

    /// <summary>Whether the element belongs to the language; others are extensions of somebody else and are skipped.</summary>
    public static bool IsOwn(XElement element, XElement root) =>
        OwnNamespaces.Contains(element.Name.NamespaceName) || element.Name.Namespace == root.Name.Namespace;

    public static SourcePoint PointOf(XElement element)
    {
        string file = "";
        for (XElement? at = element; at is not null && file.Length == 0; at = at.Parent)
            file = at.Annotation<SchemaText>()?.Path ?? "";
        var info = (IXmlLineInfo)element;
        return info.HasLineInfo()
            ? new SourcePoint(file, info.LineNumber, info.LinePosition)
            : new SourcePoint(file, 0, 0);
    }

    private static XmlReader Reader(SchemaText text) =>
        XmlReader.Create(new StringReader(text.Content.TrimStart('\ufeff')), Settings());

    private static XmlReaderSettings Settings() => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = 32 * 1024 * 1024,
    };

    private XElement? Parse(SchemaText text)
    {
        try
        {
            if (!WithinDepth(text))
                return null;
            using XmlReader reader = Reader(text);
            XElement? root = XDocument.Load(reader, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace).Root;
            // Out of its document: an element that has a parent is copied when it is put elsewhere, and copies forget lines.
            root?.Remove();
            root?.AddAnnotation(text);
            return root;
        }
        catch (XmlException fault)
        {
            Report(text, fault);
            return null;
        }
    }

    /// <summary>Says what the reader found, at its line; the reader gives none for a DOCTYPE and for an empty file.</summary>
    private void Report(SchemaText text, XmlException fault)
    {
        int doctype = text.Content.IndexOf("<!DOCTYPE", StringComparison.Ordinal);
        if (doctype >= 0 && fault.LineNumber == 0)
        {
            int line = 1;
            int begin = 0;
            for (int i = 0; i < doctype; i++)
            {
                if (text.Content[i] != '\n')
                    continue;
                line++;
                begin = i + 1;
            }

            _problems.Add(new SourcePoint(text.Path, line, doctype - begin + 1), "DOCTYPE",
                "a DOCTYPE is refused, as its entities could expand without end or read other files; remove it");
            return;
        }

        var point = new SourcePoint(text.Path, Math.Max(fault.LineNumber, 1), Math.Max(fault.LinePosition, 1));
        _problems.Add(point, "document", $"not readable as XML: {fault.Message}; correct the XML");
    }

    private bool WithinDepth(SchemaText text)
    {
        using XmlReader reader = Reader(text);
        while (reader.Read())
        {
            if (reader.Depth <= DepthLimit)
                continue;
            var info = (IXmlLineInfo)reader;
            _problems.Add(new SourcePoint(text.Path, info.LineNumber, info.LinePosition), "document",
                $"elements are nested deeper than {DepthLimit}; flatten the schema");
            return false;
        }

        return true;
    }

    private void ExpandIncludes(XElement root, SchemaText text)
    {
        foreach (XElement include in new List<XElement>(root.Descendants(Include + "include")))
        {
            // An include inside a fallback that was not needed is gone with it.
            if (include.Parent is null)
                continue;
            XElement? included = LoadInclude(include, text, out XElement? fallback);
            if (included is not null)
                include.ReplaceWith(included);
            else if (fallback is not null)
                include.ReplaceWith(fallback.Elements());
            else
                include.Remove();
        }
    }

    private XElement? LoadInclude(XElement include, SchemaText text, out XElement? fallback)
    {
        fallback = null;
        SourcePoint point = PointOf(include);
        string href = (string?)include.Attribute("href") ?? "";
        if (href.Length == 0 || include.Attribute("xpointer") is not null
            || ((string?)include.Attribute("parse") ?? "xml") != "xml")
        {
            _problems.Add(point, "include", "only a whole XML file can be included; give href alone");
            return null;
        }

        SchemaText? target = _resolve(text.Path, href);
        if (target is null && (fallback = include.Element(Include + "fallback")) is not null)
            return null;
        if (target is null)
        {
            _problems.Add(point, $"include '{href}'",
                "there is no such file; correct href, and in a build add the file to AdditionalFiles");
            return null;
        }

        if (!_open.Add(target.Path) || ++_includeCount > 1000)
        {
            _problems.Add(point, $"include '{href}'", "the file includes itself; break the circle");
            return null;
        }

        XElement? root = Parse(target);
        if (root is not null)
            ExpandIncludes(root, target);
        _open.Remove(target.Path);
        return root;
    }
}

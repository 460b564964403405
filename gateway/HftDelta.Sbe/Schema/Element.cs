using System.Collections.Generic;
using System.Globalization;
using System.Xml.Linq;

namespace HftDelta.Sbe.Schema;

/// <summary>An element under parsing: attributes with their rules, and faults reported at its line.</summary>
internal sealed class Element
{
    private readonly XElement _xml;
    private readonly ParseContext _context;

    public Element(XElement xml, ParseContext context)
    {
        _xml = xml;
        _context = context;
        Point = SchemaXml.PointOf(xml);
        Kind = xml.Name.LocalName;
        Name = (string?)xml.Attribute("name") ?? "";
    }

    public string Kind { get; }

    public string Name { get; }

    public SourcePoint Point { get; }

    public string Value => _xml.Value;

    public string Title => Name.Length == 0 ? Kind : $"{Kind} '{Name}'";

    public IEnumerable<Element> Children
    {
        get
        {
            foreach (XElement child in _xml.Elements())
            {
                if (SchemaXml.IsOwn(child, _context.Root))
                    yield return new Element(child, _context);
            }
        }
    }

    /// <summary>How many faults the whole parse has found: lets a caller tell a fault of its own from a consequence.</summary>
    public int FaultCount => _context.Problems.Items.Count;

    public void Fault(string message) => _context.Problems.Add(Point, Title, message);

    public string? Text(string attribute) => (string?)_xml.Attribute(attribute);

    public bool Has(string attribute) => _xml.Attribute(attribute) is not null;

    /// <summary>The name, checked to be a symbolic name of the language; reports what is wrong with it.</summary>
    public bool CheckName()
    {
        if (Name.Length == 0)
        {
            Fault("has no name; give it one");
            return false;
        }

        for (int i = 0; i < Name.Length; i++)
        {
            if (IsLetter(Name[i]) || (i > 0 && IsDigitOrMark(Name[i])))
                continue;
            Fault("the name may hold letters, digits and underscores only and does not begin with a digit; rename it");
            return false;
        }

        return true;
    }

    /// <summary>The standard has ASCII alone; the official tool and C# take letters of any script, and so does this.</summary>
    private static bool IsLetter(char letter) => letter == '_' || CharUnicodeInfo.GetUnicodeCategory(letter)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber;

    private static bool IsDigitOrMark(char letter) => CharUnicodeInfo.GetUnicodeCategory(letter)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>An integer attribute; the fallback where it is absent; no number or one out of range is a fault.</summary>
    public int Number(string attribute, int fallback, int min, int max)
    {
        if (Text(attribute) is not { } text)
            return fallback;
        if (!int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
        {
            Fault($"{attribute}='{text}' is not a whole number; write one from {min} to {max}");
            return fallback;
        }

        if (value >= min && value <= max)
            return value;
        Fault($"{attribute}='{text}' is out of range; write a number from {min} to {max}");
        return fallback;
    }

    public int RequiredNumber(string attribute, int min, int max)
    {
        if (!Has(attribute))
            Fault($"has no {attribute}; give it a number from {min} to {max}");
        return Number(attribute, -1, min, max);
    }

    public Presence PresenceOr(Presence fallback)
    {
        switch (Text("presence"))
        {
            case null:
                return fallback;
            case "required":
                return Presence.Required;
            case "optional":
                return Presence.Optional;
            case "constant":
                return Presence.Constant;
            case string other:
                Fault($"presence='{other}' is unknown; write required, optional or constant");
                return fallback;
        }
    }

    /// <summary>Description, semantic type and versions; a version above the schema's is a fault.</summary>
    public Notes ReadNotes()
    {
        int since = Number("sinceVersion", 0, 0, int.MaxValue);
        if (since > _context.Version)
        {
            Fault($"sinceVersion='{since}' is above the schema's version {_context.Version}; "
                + "raise the schema's version or lower this one");
            since = _context.Version;
        }

        int deprecated = Number("deprecated", -1, 0, int.MaxValue);
        return new Notes(Text("description") ?? "", Text("semanticType") ?? "", since, deprecated);
    }
}

/// <summary>What every step of one parse shares.</summary>
internal sealed class ParseContext
{
    public ParseContext(XElement root, ProblemList problems)
    {
        Root = root;
        Problems = problems;
    }

    public XElement Root { get; }

    public ProblemList Problems { get; }

    public int Version { get; set; }
}

using System.Collections.Generic;
using System.Globalization;

namespace HftDelta.Sbe.Schema;

/// <summary>Parses an <c>enum</c>: its encoding, by primitive or by a named type, and its values.</summary>
internal sealed class EnumParser
{
    private readonly TypeParser _types;

    public EnumParser(TypeParser types) => _types = types;

    public EnumType? Parse(Element element)
    {
        Notes notes = element.ReadNotes();
        EncodedType? encoding = EncodingOf(element, _types);
        if (encoding is null)
            return null;
        if (PrimitiveRules.IsFloating(encoding.Primitive))
        {
            element.Fault("an enum cannot be encoded as a floating point number; use char or an integer type");
            return null;
        }

        ulong nullBits = encoding.Range.Null;
        if (element.Text("nullValue") is { } text
            && !PrimitiveRules.TryParseValue(encoding.Primitive, text.Trim(), out nullBits))
        {
            element.Fault($"nullValue='{text}' is no value of {PrimitiveRules.NameOf(encoding.Primitive)}");
        }

        var type = new EnumType(element.Name, element.Point, notes, encoding.Primitive, nullBits)
        {
            Presence = element.PresenceOr(Presence.Required),
        };
        if (type.Presence == Presence.Constant)
            element.Fault("an enum is not constant by itself; make the field constant and give it a valueRef");
        int faults = element.FaultCount;
        var names = new HashSet<string>();
        var values = new Dictionary<ulong, string>();
        foreach (Element child in element.Children)
        {
            if (child.Kind != "validValue")
                child.Fault("does not belong in an enum; use validValue");
            else if (child.CheckName())
                AddValue(child, type, encoding, names, values);
        }

        if (type.Values.Count == 0 && element.FaultCount == faults)
            element.Fault("has no usable values; declare at least one validValue");
        return type;
    }

    /// <summary>The encoding that <c>encodingType</c> names: a primitive, or a single value of a declared type.</summary>
    public static EncodedType? EncodingOf(Element element, TypeParser types)
    {
        if (element.Text("encodingType") is not { } name)
        {
            element.Fault("has no encodingType; name a primitive or a declared type");
            return null;
        }

        SchemaType? type = types.Resolve(name, element);
        if (type is null)
            return null;
        if (type is EncodedType { Length: 1, Presence: not Presence.Constant } encoding)
            return encoding;
        element.Fault($"encodingType='{name}' is not a single primitive value; name one that is");
        return null;
    }

    private static void AddValue(
        Element element, EnumType type, EncodedType encoding, HashSet<string> names, Dictionary<ulong, string> values)
    {
        Notes notes = element.ReadNotes();
        bool single = encoding.Primitive == Primitive.Char && element.Value.Length == 1;
        string text = single ? element.Value : element.Value.Trim();
        ulong bits = 0;
        bool parsed = (encoding.Primitive != Primitive.Char || text.Length == 1)
            && PrimitiveRules.TryParseValue(encoding.Primitive, text, out bits);
        string? fault = null;
        if (!parsed)
            fault = $"'{text}' is no value of {PrimitiveRules.NameOf(encoding.Primitive)}; write one that fits the encoding";
        else if (!names.Add(element.Name))
            fault = "two values have this name; rename one";
        else if (values.TryGetValue(bits, out string? other))
            fault = $"has the same value as '{other}'; give each its own";
        else if (bits == type.NullBits && encoding.Primitive != Primitive.Char)
            fault = "the value means null in this encoding; choose another, or give the encoding another nullValue";
        else if (OutOfRange(encoding, bits))
            fault = "the value is outside the minValue and maxValue of the encoding; widen them or change it";
        if (fault is not null)
        {
            element.Fault(fault);
            return;
        }

        values[bits] = element.Name;
        type.Values.Add(new EnumValue(element.Name, bits, notes));
    }

    private static bool OutOfRange(EncodedType encoding, ulong bits)
    {
        // Of a char only bounds of the schema's own count: the default ones leave out control characters alone.
        ValueRange range = encoding.Range;
        bool always = encoding.Primitive != Primitive.Char;
        return ((always || range.HasOwnMin) && PrimitiveRules.Compare(encoding.Primitive, bits, range.Min) < 0)
            || ((always || range.HasOwnMax) && PrimitiveRules.Compare(encoding.Primitive, bits, range.Max) > 0);
    }
}

/// <summary>Parses a <c>set</c>: an unsigned encoding and its bits.</summary>
internal sealed class SetParser
{
    private readonly TypeParser _types;

    public SetParser(TypeParser types) => _types = types;

    public SetType? Parse(Element element)
    {
        Notes notes = element.ReadNotes();
        EncodedType? encoding = EnumParser.EncodingOf(element, _types);
        if (encoding is null)
            return null;
        if (!PrimitiveRules.IsUnsignedInteger(encoding.Primitive))
        {
            element.Fault("a set needs an unsigned encoding; use uint8, uint16, uint32 or uint64");
            return null;
        }

        element.PresenceOr(Presence.Required);
        var type = new SetType(element.Name, element.Point, notes, encoding.Primitive);
        var names = new HashSet<string>();
        var bits = new HashSet<int>();
        int highest = PrimitiveRules.SizeOf(encoding.Primitive) * 8 - 1;
        foreach (Element child in element.Children)
        {
            if (child.Kind != "choice")
                child.Fault("does not belong in a set; use choice");
            else if (child.CheckName())
                AddChoice(child, type, highest, names, bits);
        }

        return type;
    }

    private static void AddChoice(Element element, SetType type, int highest, HashSet<string> names, HashSet<int> bits)
    {
        Notes notes = element.ReadNotes();
        string text = element.Value.Trim();
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int bit)
            || bit < 0 || bit > highest)
        {
            element.Fault($"'{text}' is no bit of this set; write a number from 0 to {highest}");
        }
        else if (!names.Add(element.Name))
        {
            element.Fault("two choices have this name; rename one");
        }
        else if (!bits.Add(bit))
        {
            element.Fault($"bit {bit} is taken by another choice; give each its own");
        }
        else
        {
            type.Choices.Add(new SetChoice(element.Name, bit, notes));
        }
    }
}

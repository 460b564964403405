using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>
/// Parses the named types. Types may be used before they are declared, so a name is resolved when it is first needed; a
/// name that is needed while it is being resolved is a circle.
/// </summary>
internal sealed class TypeParser
{
    private readonly Dictionary<string, Element> _declared = [];
    private readonly Dictionary<string, SchemaType?> _resolved = [];
    private readonly HashSet<string> _open = [];
    private readonly List<string> _order = [];

    public void Declare(Element types)
    {
        foreach (Element element in types.Children)
        {
            if (element.Kind is not ("type" or "composite" or "enum" or "set"))
                element.Fault("is no kind of type; use type, composite, enum or set");
            else if (!element.CheckName())
                continue;
            else if (_declared.TryGetValue(element.Name, out Element? first))
                element.Fault($"the name is taken by the {first.Kind} in line {first.Point.Line}; rename one of them");
            else
                Add(element);
        }
    }

    public List<SchemaType> ResolveAll()
    {
        var types = new List<SchemaType>();
        foreach (string name in _order)
        {
            if (Resolve(name, _declared[name]) is { } type)
                types.Add(type);
        }

        return types;
    }

    /// <summary>Whether the schema itself declares the name.</summary>
    public bool IsDeclared(string name) => _declared.ContainsKey(name);

    /// <summary>The type of that name, or null where none exists or it is faulty; only the former is reported here.</summary>
    public SchemaType? Resolve(string name, Element user)
    {
        if (_resolved.TryGetValue(name, out SchemaType? known))
            return known;
        if (!_declared.TryGetValue(name, out Element? element))
            return ResolvePrimitive(name, user);
        if (!_open.Add(name))
        {
            user.Fault($"the type '{name}' contains itself; break the circle");
            return null;
        }

        if (_open.Count > SchemaXml.DepthLimit)
        {
            user.Fault($"types refer to each other deeper than {SchemaXml.DepthLimit}; flatten them");
            _open.Remove(name);
            return null;
        }

        SchemaType? type = ParseType(element);
        _open.Remove(name);
        _resolved[name] = type;
        return type;
    }

    /// <summary>The value that a reference such as <c>Model.C</c> names, for the user's primitive.</summary>
    public EnumValue? ResolveValueRef(string reference, Element user, out EnumType? type)
    {
        type = null;
        int dot = reference.IndexOf('.');
        if (dot <= 0 || dot == reference.Length - 1)
        {
            user.Fault($"valueRef='{reference}' is no reference; write it as Enum.Value");
            return null;
        }

        string name = reference.Substring(0, dot);
        string valueName = reference.Substring(dot + 1);
        if (!_declared.ContainsKey(name) || Resolve(name, user) is not EnumType found)
        {
            user.Fault($"valueRef='{reference}' names no enum; declare the enum '{name}'");
            return null;
        }

        type = found;
        EnumValue? value = found.Values.Find(candidate => candidate.Name == valueName);
        if (value is null)
            user.Fault($"valueRef='{reference}': the enum '{name}' has no value '{valueName}'; correct the name");
        return value;
    }

    /// <summary>Parses a type declared in place, by name or inside a composite.</summary>
    public SchemaType? ParseType(Element element) => element.Kind switch
    {
        "type" => new EncodedTypeParser(this).Parse(element),
        "enum" => new EnumParser(this).Parse(element),
        "set" => new SetParser(this).Parse(element),
        _ => new CompositeParser(this).Parse(element),
    };

    private void Add(Element element)
    {
        if (PrimitiveRules.TryParseName(element.Name, out _) && element.Kind != "type")
            element.Fault("a primitive type has this name; rename it");
        _declared[element.Name] = element;
        _order.Add(element.Name);
    }

    private EncodedType? ResolvePrimitive(string name, Element user)
    {
        if (!PrimitiveRules.TryParseName(name, out Primitive primitive))
        {
            user.Fault($"the type '{name}' does not exist; declare it or correct the name");
            return null;
        }

        var type = new EncodedType(name, user.Point, Notes.None, primitive, 1, new ValueRange(primitive));
        _resolved[name] = type;
        return type;
    }
}

using System.Collections.Generic;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// The member names of one block. Plain names go first, so that what is derived from one field (<c>PriceId</c>) never takes
/// the name of another field; the derived one gets an underscore then.
/// </summary>
internal sealed class FieldNames
{
    private static readonly string[] Private =
    [
        "_start", "_frame", "_version", "_blockLength", "_sections", "_buffer", "_state", "_stage", "_remaining", "_offset",
        "_count", "_index", "_initial", "_absent", "Absence",
    ];

    private static readonly string[] Public =
    [
        "TemplateId", "SchemaId", "SchemaVersion", "BlockLength", "HeaderLength", "FrameLength", "SizeBytes", "Frame",
        "FrameHeader", "ActingVersion", "ActingBlockLength", "MinimumBlockLength", "Validate", "TryValidate", "Trusted",
        "Wrap", "EncodedLength", "SemanticType", "SinceVersion", "DeprecatedSince", "MaximumCount",
        "Entry", "Enumerator", "Next", "Count", "Absent", "SkipSections", "ValidateSections",
    ];

    private readonly Dictionary<object, string> _names = [];

    private readonly Dictionary<Field, string> _has = [];
    private readonly Dictionary<object, string> _setters = [];
    private readonly Dictionary<Group, string> _decoderTypes = [];

    public FieldNames(string[] structNames, IEnumerable<Field> fields, Block? block)
    {
        Decoder = new NameScope();
        Encoder = new NameScope();
        foreach (string name in structNames)
            Reserve(name);
        foreach (string name in Private)
            Reserve(name);
        foreach (string name in Public)
            Reserve(name);
        foreach (Field field in fields)
            Plain(field, field.Name);
        if (block is null)
            return;
        foreach (Group group in block.Groups)
            Plain(group, group.Name);
        foreach (VariableData data in block.Data)
            Plain(data, data.Name);
    }

    public NameScope Decoder { get; }

    public NameScope Encoder { get; }

    /// <summary>The property name of a field, group or data.</summary>
    public string this[object element] => _names[element];

    /// <summary>The property that says whether a field is there; known once the decoder is written.</summary>
    public string HasOf(Field field) => _has[field];

    public string TakeHas(Field field) => _has[field] = Decoder.Take("Has" + _names[field]);

    /// <summary>The struct that a group's property gives.</summary>
    public string DecoderTypeOf(Group group)
    {
        if (!_decoderTypes.TryGetValue(group, out string? type))
            _decoderTypes[group] = type = Decoder.Take(_names[group] + "GroupDecoder");
        return type;
    }

    /// <summary>The method that sets a field, group or data; its overloads share the name.</summary>
    public string SetterOf(object element)
    {
        if (!_setters.TryGetValue(element, out string? setter))
            _setters[element] = setter = Encoder.Take("Set" + _names[element]);
        return setter;
    }

    private void Reserve(string name)
    {
        if (Decoder.IsFree(name))
            Decoder.Take(name);
        if (Encoder.IsFree(name))
            Encoder.Take(name);
    }

    private void Plain(object element, string name)
    {
        string wish = NameScope.Pascal(name);
        while (!Decoder.IsFree(wish) || !Encoder.IsFree(wish))
            wish += "_";
        Reserve(wish);
        _names[element] = wish;
    }
}

using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// Writes what finds groups and variable data behind a block. Nothing is remembered: each property walks over what stands
/// before it, so that any order of reading is right; flat groups are stepped over in one multiplication.
/// </summary>
internal sealed class SectionReader
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;
    private readonly FieldNames _names;
    private readonly Block _block;

    public SectionReader(EmitPlan plan, CodeWriter code, FieldNames names, Block block)
    {
        _plan = plan;
        _code = code;
        _names = names;
        _block = block;
        foreach (Group group in block.Groups)
            names.DecoderTypeOf(group);
    }

    public void WriteAll()
    {
        for (int i = 0; i < _block.Groups.Count; i++)
            WriteGroupProperty(i);
        for (int i = 0; i < _block.Data.Count; i++)
            WriteDataProperty(i);
        WriteSkip();
        WriteValidate();
        foreach (Group group in _block.Groups)
            new GroupDecoderEmitter(_plan, _code).Write(group, _names.DecoderTypeOf(group));
    }

    /// <summary>The most entries that the dimension can say and an int can count.</summary>
    public static string MaximumCount(Group group)
    {
        ulong max = ((EncodedType)group.Dimension.Member("numInGroup")!.Type).Range.Max;
        return Literals.Value(Primitive.Int32, System.Math.Min(max, int.MaxValue));
    }

    /// <summary>What follows a condition on <c>count</c> where the schema asks for a number of entries; else nothing.</summary>
    public static string BelowMinimum(Group group)
    {
        var counter = (EncodedType)group.Dimension.Member("numInGroup")!.Type;
        return counter.Range.HasOwnMin && counter.Range.Min > 0
            ? $" || count < {Literals.Value(Primitive.Int32, System.Math.Min(counter.Range.Min, int.MaxValue))}"
            : "";
    }

    private void WriteGroupProperty(int index)
    {
        Group group = _block.Groups[index];
        string type = _names.DecoderTypeOf(group);
        _code.Line();
        Constant(_names[group] + "Id", group.Id);
        WriteNotes(_names[group], group.Notes);
        _code.Summary(group.Notes);
        _code.Open($"public {type} {_names[group]}");
        _code.Open("get");
        OpenGetter(group.Notes.Since);
        WriteStepsOver(index, "_frame", "_version");
        _code.Line($"return new {type}(_frame, offset, _version);");
        _code.Close();
        _code.Close();
    }

    private void WriteDataProperty(int index)
    {
        VariableData data = _block.Data[index];
        string name = _names[data];
        ulong longest = System.Math.Min(((EncodedType)data.Length.Type).Range.Max, int.MaxValue);
        _code.Line();
        Constant(name + "Id", data.Id);
        Constant(name + "HeaderLength", DataHeader(data));
        Constant(name + "MaximumLength", (int)longest);
        if (data.Content.CharacterEncoding.Length > 0)
            TextConstant(name + "CharacterEncoding", data.Content.CharacterEncoding);
        WriteNotes(name, data.Notes);
        _code.Summary(data.Notes);
        _code.Open($"public global::System.ReadOnlySpan<byte> {name}");
        _code.Open("get");
        OpenGetter(data.Notes.Since);
        WriteStepsOver(_block.Groups.Count + index, "_frame", "_version");
        _code.Line($"int length = {ReadLength(data, "_frame")};");
        _code.Line($"return _frame.Slice(offset + {DataHeader(data)}, length);");
        _code.Close();
        _code.Close();
        if (TextEncodings.DecodingOf(data.Content) is { } decoding)
            _code.Line($"public string {_names.Decoder.Take(name + "Text")} => {decoding}.GetString({name});");
    }

    private void WriteNotes(string name, Notes notes)
    {
        Constant(name + "Since", notes.Since);
        if (notes.Deprecated >= 0)
            Constant(name + "Deprecated", notes.Deprecated);
        if (notes.SemanticType.Length > 0)
            TextConstant(name + "SemanticType", notes.SemanticType);
    }

    private void Constant(string name, int value) =>
        _code.Line($"public const int {_names.Decoder.Take(name)} = {Literals.Value(Primitive.Int32, (ulong)value)};");

    private void TextConstant(string name, string text) =>
        _code.Line($"public const string {_names.Decoder.Take(name)} = {Literals.Text(text)};");

    private static int DataHeader(VariableData data) => data.Type.Member("varData")!.OffsetBytes;

    private string ReadLength(VariableData data, string frame)
    {
        string at = $"{_plan.SupportPrefix}SbeBytes.First({frame})";
        string from = $"{_plan.SupportPrefix}SbeBytes.At(in {at}, offset)";
        return Access.ReadSaturated(_plan, data.Length, from, 0);
    }

    private void OpenGetter(int since)
    {
        if (since > 0)
            _code.Line($"if (_version < {since}) return default;");
        _code.Line("int offset = _sections;");
    }

    private void WriteStepsOver(int count, string frame, string version)
    {
        for (int i = 0; i < count && i < _block.Groups.Count; i++)
        {
            Group group = _block.Groups[i];
            string step = $"offset = {_names.DecoderTypeOf(group)}.Skip({frame}, offset, {version});";
            _code.Line(Guard(group.Notes.Since, version) + step);
        }

        for (int i = 0; i < count - _block.Groups.Count; i++)
        {
            VariableData data = _block.Data[i];
            _code.Line($"{Guard(data.Notes.Since, version)}offset += {DataHeader(data)} + {ReadLength(data, frame)};");
        }
    }

    private static string Guard(int since, string version) => since > 0 ? $"if ({version} >= {since}) " : "";

    private void WriteSkip()
    {
        _code.Line();
        _code.Open("internal static int SkipSections(global::System.ReadOnlySpan<byte> frame, int offset, int version)");
        WriteStepsOver(_block.SectionCount, "frame", "version");
        _code.Line("return offset;");
        _code.Close();
    }

    private void WriteValidate()
    {
        string code = _plan.SupportPrefix + "ValidationCode";
        _code.Line();
        _code.Open($"internal static {code} ValidateSections("
            + "global::System.ReadOnlySpan<byte> frame, ref long position, int version)");
        if (_block.Groups.Count > 0)
            _code.Line($"{code} code;");
        foreach (Group group in _block.Groups)
        {
            string call = $"{_names.DecoderTypeOf(group)}.Validate(frame, ref position, version)";
            _code.Open(group.Notes.Since > 0 ? $"if (version >= {group.Notes.Since})" : "");
            _code.Line($"code = {call};");
            _code.Line($"if (code != {code}.Valid) return code;");
            _code.Close();
        }

        foreach (VariableData data in _block.Data)
            WriteValidateData(data, code);
        _code.Line($"return {code}.Valid;");
        _code.Close();
    }

    private void WriteValidateData(VariableData data, string code)
    {
        int header = DataHeader(data);
        var length = (EncodedType)data.Length.Type;
        _code.Open(data.Notes.Since > 0 ? $"if (version >= {data.Notes.Since})" : "");
        _code.Line($"if (position + {header} > frame.Length) return {code}.DataLengthTruncated;");
        _code.Line("int offset = (int)position;");
        _code.Line($"int length = {ReadLength(data, "frame")};");
        ulong max = length.Range.Max;
        if (max < int.MaxValue && (PrimitiveRules.SizeOf(length.Primitive) > 2 || length.Range.HasOwnMax))
            _code.Line($"if (length > {max}) return {code}.DataTooLong;");
        _code.Line($"position += {header} + (long)length;");
        _code.Line($"if (position > frame.Length) return {code}.DataTruncated;");
        _code.Close();
    }
}

using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Writes the methods that append groups and variable data behind a block, in the order of the schema.</summary>
internal sealed class SectionWriter
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;
    private readonly FieldNames _names;
    private readonly Block _block;
    private readonly EncoderFields _fields;

    public SectionWriter(EmitPlan plan, CodeWriter code, FieldNames names, Block block, EncoderFields fields)
    {
        _plan = plan;
        _code = code;
        _names = names;
        _block = block;
        _fields = fields;
    }

    public void WriteAll()
    {
        int stage = 0;
        foreach (Group group in _block.Groups)
        {
            string type = _names.Encoder.Take(_names[group] + "GroupEncoder");
            // A group in a group of the same name must not be called as the struct around it.
            NameScope inner = _plan.NamesOf(group).Encoder;
            if (inner.IsFree(type))
                inner.Take(type);
            WriteGroupStart(group, type, stage++);
            new GroupEncoderEmitter(_plan, _code).Write(group, type);
        }

        foreach (VariableData data in _block.Data)
            WriteData(data, stage++);
    }

    private void WriteGroupStart(Group group, string type, int stage)
    {
        _code.Line();
        _code.Line("/// <summary>Begins the group; exactly that many entries must follow.</summary>");
        _code.Line("[global::System.Diagnostics.CodeAnalysis.UnscopedRef]");
        _code.Open($"public {type} {_names.SetterOf(group)}(int count)");
        _code.Line(StageCheck(group.Name, stage));
        _code.Line($"return new {type}(_buffer, ref _state, count);");
        _code.Close();
    }

    private string StageCheck(string name, int stage) =>
        $"if (_stage++ != {stage}) {_plan.SupportPrefix}SbeThrow.OutOfOrder({Literals.Text(name)});";

    private void WriteData(VariableData data, int stage)
    {
        var content = data.Type.Member("varData")!;
        var length = (EncodedType)data.Length.Type;
        ulong longest = System.Math.Min(length.Range.Max, int.MaxValue);
        string max = Literals.Value(Primitive.Int32, longest);
        string take = $"{_plan.SupportPrefix}SbeBytes.Take(_buffer, ref _state, {content.OffsetBytes}, length, {max})";
        string cast = $"({Literals.TypeOf(length.Primitive)})length";
        // What stands between the length and the data is zero, and nothing that the buffer held before.
        bool gap = content.OffsetBytes > length.SizeBytes;
        string clear = gap ? $"all.Slice(0, {content.OffsetBytes}).Clear();" : "";
        string header = "global::System.Runtime.InteropServices.MemoryMarshal.GetReference(all)";
        string writeLength = Access.Write(_plan, length.Primitive, header,
            data.Length.OffsetBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), cast);
        _code.Line();
        _code.Summary(data.Notes);
        _fields.Setter(data, "global::System.ReadOnlySpan<byte>",
            StageCheck(data.Name, stage),
            "int length = value.Length;",
            $"global::System.Span<byte> all = {take};",
            clear + writeLength,
            $"value.CopyTo(all.Slice({content.OffsetBytes}));",
            "_state.Owed--;");
        if (TextEncodings.EncodingOf(data.Content) is not { } encoding)
            return;
        _code.Line();
        _fields.Setter(data, "string",
            StageCheck(data.Name, stage),
            $"int length = {encoding}.GetByteCount(value);",
            $"global::System.Span<byte> all = {take};",
            clear + writeLength,
            $"{encoding}.GetBytes(value, all.Slice({content.OffsetBytes}));",
            "_state.Owed--;");
    }
}

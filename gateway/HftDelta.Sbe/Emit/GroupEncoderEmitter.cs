using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Writes the write side of a group: the dimension first, then one entry after another by <c>Next</c>.</summary>
internal sealed class GroupEncoderEmitter
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;

    public GroupEncoderEmitter(EmitPlan plan, CodeWriter code)
    {
        _plan = plan;
        _code = code;
    }

    public void Write(Group group, string name)
    {
        string support = _plan.SupportPrefix;
        FieldNames names = _plan.NamesOf(group);
        _code.Line();
        _code.Summary(group.Notes);
        _code.Open($"public ref struct {name}");
        GroupDecoderEmitter.WriteConstants(_code, group);
        var image = new InitialImage(_plan, _code);
        image.Declare(NullImage.OfBlock(group.Fields, group.BlockLength, _plan.BigEndian));
        _code.Line("private readonly global::System.Span<byte> _buffer;");
        _code.Line($"private readonly ref {support}SbeEncoderState _state;");
        _code.Line("private ref byte _start;");
        _code.Line("private int _remaining;");
        _code.Line("private int _stage;");
        WriteConstructor(group, name);
        WriteNext(group, name, image);
        var fields = new EncoderFields(_plan, _code, names, name, byReference: true, 0);
        foreach (Field field in group.Fields)
            fields.Write(field);
        if (group.HasSections)
            new SectionWriter(_plan, _code, names, group, fields).WriteAll();
        _code.Close();
    }

    private void WriteConstructor(Group group, string name)
    {
        string support = _plan.SupportPrefix;
        int size = group.Dimension.SizeBytes;
        Field blockLength = group.Dimension.Member("blockLength")!;
        Field count = group.Dimension.Member("numInGroup")!;
        _code.Line();
        _code.Open($"internal {name}(global::System.Span<byte> buffer, ref {support}SbeEncoderState state, int count)");
        string max = SectionReader.MaximumCount(group);
        string low = SectionReader.BelowMinimum(group);
        _code.Line($"if ((uint)count > {max}{low}) {support}SbeThrow.OutOfRange(count, {max});");
        _code.Line($"global::System.Span<byte> all = {support}SbeBytes.Take(buffer, ref state, {size}, 0, int.MaxValue);");
        _code.Line("all.Clear();");
        _code.Line("ref byte dimension = ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(all);");
        WriteMember(blockLength, "BlockLength");
        WriteMember(count, "count");
        _code.Line("_buffer = buffer;");
        _code.Line("_state = ref state;");
        _code.Line("_start = ref dimension;");
        _code.Line("_remaining = count;");
        _code.Line($"_stage = {group.SectionCount};");
        _code.Line("state.Owed += count - 1;");
        _code.Close();
    }

    private void WriteMember(Field member, string value)
    {
        Primitive primitive = ((EncodedType)member.Type).Primitive;
        string at = member.OffsetBytes.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _code.Line(Access.Write(_plan, primitive, "dimension", at, $"({Literals.TypeOf(primitive)}){value}"));
    }

    private void WriteNext(Group group, string name, InitialImage image)
    {
        string support = _plan.SupportPrefix;
        _code.Line();
        _code.Line("/// <summary>Begins the next entry: optional fields are null, all else is zero. Setters belong to it from "
            + "now on; before the first call there is no entry to set.</summary>");
        _code.Line("[global::System.Diagnostics.CodeAnalysis.UnscopedRef]");
        _code.Open($"public ref {name} Next()");
        _code.Line($"if (_remaining-- <= 0) {support}SbeThrow.TooManyEntries();");
        if (group.HasSections)
            _code.Line($"if (_stage != {group.SectionCount}) {support}SbeThrow.Incomplete();");
        string take = $"{support}SbeBytes.Take(_buffer, ref _state, BlockLength, 0, int.MaxValue)";
        _code.Line($"global::System.Span<byte> block = {take};");
        image.WriteCopy("block");
        _code.Line("_start = ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(block);");
        _code.Line("_stage = 0;");
        _code.Line($"_state.Owed += {group.SectionCount} - 1;");
        _code.Line("return ref this;");
        _code.Close();
    }
}

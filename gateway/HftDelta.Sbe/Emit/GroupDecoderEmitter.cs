using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Writes the read side of a group: a view with a count, an enumerator bounded by it, and the entry.</summary>
internal sealed class GroupDecoderEmitter
{
    /// <summary>Entries without any bytes cost the sender nothing, so their number is bounded by rule.</summary>
    private const int EmptyEntryLimit = 65_535;

    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;

    public GroupDecoderEmitter(EmitPlan plan, CodeWriter code)
    {
        _plan = plan;
        _code = code;
    }

    public void Write(Group group, string name)
    {
        string constructor = $"internal {name}(global::System.ReadOnlySpan<byte> frame, int offset, int version)";
        _code.Line();
        _code.Summary(group.Notes);
        _code.Open($"public readonly ref struct {name}");
        WriteConstants(_code, group);
        _code.Line("private readonly global::System.ReadOnlySpan<byte> _frame;");
        _code.Line("private readonly int _offset;");
        _code.Line("private readonly int _count;");
        _code.Line("private readonly int _blockLength;");
        _code.Line("private readonly int _version;");
        _code.Line();
        _code.Open(constructor);
        WriteDimension(group, "offset", "");
        _code.Line("_frame = frame;");
        _code.Line($"_offset = offset + {group.Dimension.SizeBytes};");
        _code.Line("_count = count;");
        _code.Line("_blockLength = blockLength;");
        _code.Line("_version = version;");
        _code.Close();
        _code.Line();
        _code.Line("public int Count => _count;");
        _code.Line();
        _code.Line("public int ActingBlockLength => _blockLength;");
        WriteIndexer(group);
        _code.Line();
        _code.Line("public Enumerator GetEnumerator() => new Enumerator(_frame, _offset, _count, _blockLength, _version);");
        WriteSkip(group);
        WriteValidate(group);
        WriteEnumerator(group);
        WriteEntry(group);
        _code.Close();
    }

    public static void WriteConstants(CodeWriter code, Group group)
    {
        code.Line($"public const int BlockLength = {group.BlockLength};");
        code.Line("/// <summary>Bytes of the dimension, in front of the entries.</summary>");
        code.Line($"public const int HeaderLength = {group.Dimension.SizeBytes};");
        code.Line($"public const int MaximumCount = {SectionReader.MaximumCount(group)};");
    }

    private void WriteDimension(Group group, string offset, string cast)
    {
        string start = $"{_plan.SupportPrefix}SbeBytes.At(in {_plan.SupportPrefix}SbeBytes.First(frame), {cast}{offset})";
        string blockLength = Access.ReadSaturated(_plan, group.Dimension.Member("blockLength")!, start, 0);
        string count = Access.ReadSaturated(_plan, group.Dimension.Member("numInGroup")!, start, 0);
        _code.Line($"int blockLength = {blockLength};");
        _code.Line($"int count = {count};");
    }

    private void WriteIndexer(Group group)
    {
        if (group.HasSections)
            return;
        _code.Line();
        _code.Open("public Entry this[int index]");
        _code.Open("get");
        _code.Line($"if ((uint)index >= (uint)_count) {_plan.SupportPrefix}SbeThrow.OutOfRange(index, _count);");
        _code.Line("return new Entry(_frame, _offset + index * _blockLength, _blockLength, _version);");
        _code.Close();
        _code.Close();
    }

    private void WriteSkip(Group group)
    {
        _code.Line();
        _code.Open("internal static int Skip(global::System.ReadOnlySpan<byte> frame, int offset, int version)");
        WriteDimension(group, "offset", "");
        _code.Line($"offset += {group.Dimension.SizeBytes};");
        if (group.HasSections)
        {
            _code.Line("for (int entry = 0; entry < count; entry++)");
            _code.Line("    offset = Entry.SkipSections(frame, offset + blockLength, version);");
            _code.Line("return offset;");
        }
        else
        {
            _code.Line("return offset + count * blockLength;");
        }

        _code.Close();
    }

    private void WriteValidate(Group group)
    {
        string code = _plan.SupportPrefix + "ValidationCode";
        _code.Line();
        _code.Open($"internal static {code} Validate(global::System.ReadOnlySpan<byte> frame, ref long position, int version)");
        _code.Line($"if (position + {group.Dimension.SizeBytes} > frame.Length) return {code}.GroupHeaderTruncated;");
        WriteDimension(group, "position", "(int)");
        _code.Line($"position += {group.Dimension.SizeBytes};");
        string below = SectionReader.BelowMinimum(group);
        _code.Line($"if (count > {SectionReader.MaximumCount(group)}{below}) return {code}.GroupCountOutOfRange;");
        _code.Line($"if (count == 0) return {code}.Valid;");
        _code.Line($"if (blockLength < Entry.MinimumBlockLength(version)) return {code}.GroupBlockTooShort;");
        _code.Line($"if (blockLength == 0 && count > {EmptyEntryLimit}) return {code}.GroupCountOutOfRange;");
        int firstSince = FirstSection(group);
        if (group.HasSections)
        {
            if (firstSince > 0)
                _code.Open($"if (version >= {firstSince})");
            _code.Open("for (int entry = 0; entry < count; entry++)");
            _code.Line("position += blockLength;");
            _code.Line($"if (position > frame.Length) return {code}.GroupTruncated;");
            _code.Line($"{code} inner = Entry.ValidateSections(frame, ref position, version);");
            _code.Line($"if (inner != {code}.Valid) return inner;");
            _code.Close();
            _code.Line($"return {code}.Valid;");
            if (firstSince > 0)
                _code.Close();
        }

        if (!group.HasSections || firstSince > 0)
        {
            _code.Line("position += (long)count * blockLength;");
            _code.Line($"return position > frame.Length ? {code}.GroupTruncated : {code}.Valid;");
        }

        _code.Close();
    }

    /// <summary>The version from which on an entry has anything behind its block.</summary>
    private static int FirstSection(Group group)
    {
        int first = int.MaxValue;
        foreach (Group inner in group.Groups)
            first = System.Math.Min(first, inner.Notes.Since);
        foreach (VariableData data in group.Data)
            first = System.Math.Min(first, data.Notes.Since);
        return first;
    }

    private void WriteEnumerator(Group group)
    {
        _code.Line();
        _code.Open("public ref struct Enumerator");
        _code.Line("private readonly global::System.ReadOnlySpan<byte> _frame;");
        _code.Line("private readonly int _count;");
        _code.Line("private readonly int _blockLength;");
        _code.Line("private readonly int _version;");
        _code.Line("private int _offset;");
        _code.Line("private int _index;");
        _code.Line();
        _code.Open("internal Enumerator("
            + "global::System.ReadOnlySpan<byte> frame, int offset, int count, int blockLength, int version)");
        _code.Line("_frame = frame;");
        _code.Line("_offset = offset;");
        _code.Line("_count = count;");
        _code.Line("_blockLength = blockLength;");
        _code.Line("_version = version;");
        _code.Line("_index = -1;");
        _code.Close();
        _code.Line();
        _code.Line("public readonly Entry Current => new Entry(_frame, _offset, _blockLength, _version);");
        _code.Line();
        _code.Open("public bool MoveNext()");
        _code.Line("int next = _index + 1;");
        _code.Line("if (next >= _count) return false;");
        string step = group.HasSections
            ? "_offset = Entry.SkipSections(_frame, _offset + _blockLength, _version);"
            : "_offset += _blockLength;";
        _code.Line($"if (_index >= 0) {step}");
        _code.Line("_index = next;");
        _code.Line("return true;");
        _code.Close();
        _code.Close();
    }

    private void WriteEntry(Group group)
    {
        FieldNames names = _plan.NamesOf(group);
        _code.Line();
        _code.Open("public readonly ref struct Entry");
        _code.Line("private readonly ref readonly byte _start;");
        _code.Line("private readonly int _version;");
        if (group.HasSections)
        {
            _code.Line("private readonly global::System.ReadOnlySpan<byte> _frame;");
            _code.Line("private readonly int _sections;");
        }

        _code.Line();
        _code.Open("internal Entry(global::System.ReadOnlySpan<byte> frame, int offset, int blockLength, int version)");
        _code.Line($"_start = ref {_plan.SupportPrefix}SbeBytes.At(in {_plan.SupportPrefix}SbeBytes.First(frame), offset);");
        _code.Line("_version = version;");
        if (group.HasSections)
        {
            _code.Line("_frame = frame;");
            _code.Line("_sections = offset + blockLength;");
        }

        _code.Close();
        _code.Line();
        _code.Line("/// <summary>The fewest bytes that a block of that version can have.</summary>");
        _code.Line($"public static int MinimumBlockLength(int version) => {Access.MinimumLength(group.Fields)};");
        var fields = new DecoderFields(_plan, _code, names, 0);
        foreach (Field field in group.Fields)
            fields.Write(field);
        if (group.HasSections)
            new SectionReader(_plan, _code, names, group).WriteAll();
        _code.Close();
    }
}

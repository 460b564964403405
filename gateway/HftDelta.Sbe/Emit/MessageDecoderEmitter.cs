using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Writes the decoder of a message: constants, the validator, and the view that only the validator makes.</summary>
internal sealed class MessageDecoderEmitter
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;

    public MessageDecoderEmitter(EmitPlan plan, CodeWriter code)
    {
        _plan = plan;
        _code = code;
    }

    public void Write(Message message)
    {
        string name = _plan.NameOf(message) + "Decoder";
        FieldNames names = _plan.NamesOf(message);
        _code.Summary(message.Notes);
        _code.Open($"public readonly ref struct {name}");
        WriteConstants(_plan, _code, message);
        _code.Line("private readonly global::System.ReadOnlySpan<byte> _frame;");
        _code.Line();
        _code.Line($"private {name}(global::System.ReadOnlySpan<byte> frame) => _frame = frame;");
        WriteHeader(message);
        WriteValidate(message, name);
        var fields = new DecoderFields(_plan, _code, names, _plan.HeaderLength);
        foreach (Field field in message.Fields)
            fields.Write(field);
        if (message.HasSections)
            new SectionReader(_plan, _code, names, message).WriteAll();
        _code.Close();
    }

    public static void WriteConstants(EmitPlan plan, CodeWriter code, Message message)
    {
        int frame = plan.HeaderLength + message.BlockLength;
        foreach (Group group in message.Groups)
            frame += group.Dimension.SizeBytes;
        foreach (VariableData data in message.Data)
            frame += data.Type.Member("varData")!.OffsetBytes;
        code.Line($"public const {TypeFor(plan, "templateId")} TemplateId = {message.Id};");
        code.Line($"public const {TypeFor(plan, "schemaId")} SchemaId = {plan.Schema.Id};");
        code.Line($"public const {TypeFor(plan, "version")} SchemaVersion = {plan.Schema.Version};");
        code.Line($"public const {TypeFor(plan, "blockLength")} BlockLength = {message.BlockLength};");
        code.Line($"public const int SinceVersion = {message.Notes.Since};");
        if (message.Notes.Deprecated >= 0)
            code.Line($"public const int DeprecatedSince = {message.Notes.Deprecated};");
        if (message.Notes.SemanticType.Length > 0)
            code.Line($"public const string SemanticType = {Literals.Text(message.Notes.SemanticType)};");
        code.Line($"public const int HeaderLength = {plan.HeaderLength};");
        code.Line("/// <summary>Header and block"
            + (message.HasSections ? " and the headers of empty groups and data" : "") + ", in bytes.</summary>");
        code.Line($"public const int FrameLength = {frame};");
    }

    /// <summary>Small header members are ushort, as the usual header has them; wider ones int.</summary>
    public static string TypeFor(EmitPlan plan, string member) =>
        plan.Header.Member(member)!.Type is EncodedType type && PrimitiveRules.SizeOf(type.Primitive) <= 2 ? "ushort" : "int";

    private void WriteHeader(Message message)
    {
        string header = _plan.DecoderOf(_plan.Header);
        string support = _plan.SupportPrefix;
        _code.Line();
        _code.Line($"private ref readonly byte _start => ref {support}SbeBytes.First(_frame);");
        _code.Line($"private int _version => {Access.ReadSaturated(_plan, _plan.Header.Member("version")!, "_start", 0)};");
        if (message.HasSections)
            _code.Line("private int _sections => HeaderLength + ActingBlockLength;");
        _code.Line();
        _code.Line("/// <summary>The bytes that this is a view of.</summary>");
        _code.Line("public global::System.ReadOnlySpan<byte> Frame => _frame;");
        _code.Line();
        _code.Line($"public {header} FrameHeader => new {header}(in _start, {_plan.Schema.Version});");
        _code.Line();
        _code.Line("/// <summary>The schema version of whoever wrote the message.</summary>");
        _code.Line("public int ActingVersion => _version;");
        _code.Line();
        _code.Line("/// <summary>The length of the block as it is on the wire.</summary>");
        _code.Line("public int ActingBlockLength => "
            + Access.ReadSaturated(_plan, _plan.Header.Member("blockLength")!, "_start", 0) + ";");
    }

    private void WriteValidate(Message message, string name)
    {
        string code = _plan.SupportPrefix + "ValidationCode";
        _code.Line();
        _code.Line("/// <summary>The fewest bytes that a block of that version can have.</summary>");
        _code.Line($"public static int MinimumBlockLength(int version) => {Access.MinimumLength(message.Fields)};");
        _code.Line();
        _code.Line("/// <summary>Proves every length of the frame, in one pass, before any field is read. Bytes left over are "
            + "refused unless the writer's version is above this schema's: that one may have appended something.</summary>");
        _code.Open($"public static {code} Validate(global::System.ReadOnlySpan<byte> frame)");
        _code.Line($"if (frame.Length < HeaderLength) return {code}.FrameTooShort;");
        _code.Line($"ref readonly byte start = ref {_plan.SupportPrefix}SbeBytes.First(frame);");
        if (_plan.Header.Member("schemaId")!.Presence != Presence.Constant)
            _code.Line($"if ({Header("schemaId")} != SchemaId) return {code}.UnknownSchema;");
        _code.Line($"if ({Header("templateId")} != TemplateId) return {code}.UnexpectedTemplate;");
        _code.Line($"int version = {Header("version")};");
        _code.Line($"int blockLength = {Header("blockLength")};");
        _code.Line($"if (blockLength < MinimumBlockLength(version)) return {code}.BlockTooShort;");
        _code.Line("long position = HeaderLength + (long)blockLength;");
        _code.Line($"if (position > frame.Length) return {code}.BlockTruncated;");
        if (message.HasSections)
        {
            _code.Line($"{code} code = ValidateSections(frame, ref position, version);");
            _code.Line($"if (code != {code}.Valid) return code;");
        }

        // A newer writer may have appended groups and data that this schema does not know; anybody else may not.
        _code.Line($"return position == frame.Length || version > SchemaVersion ? {code}.Valid : {code}.TrailingBytes;");
        _code.Close();
        _code.Line();
        _code.Line("/// <summary>The view of a frame that proves sound; an empty one, not to be read, otherwise.</summary>");
        _code.Open($"public static {code} TryValidate(global::System.ReadOnlySpan<byte> frame, out {name} message)");
        _code.Line($"{code} code = Validate(frame);");
        _code.Line($"message = code == {code}.Valid ? new {name}(frame) : default;");
        _code.Line("return code;");
        _code.Close();
        _code.Line();
        _code.Line("/// <summary>The view of a frame that was validated before. Nothing is checked here: on any other bytes "
            + "reading is undefined.</summary>");
        _code.Line($"public static {name} Trusted(global::System.ReadOnlySpan<byte> frame) => new {name}(frame);");
    }

    private string Header(string member) => Access.ReadSaturated(_plan, _plan.Header.Member(member)!, "start", 0);
}

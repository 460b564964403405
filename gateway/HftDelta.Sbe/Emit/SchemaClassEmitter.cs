using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Writes what concerns the schema as a whole: identity, header peek, validation, dispatch.</summary>
internal sealed class SchemaClassEmitter
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;

    public SchemaClassEmitter(EmitPlan plan, CodeWriter code)
    {
        _plan = plan;
        _code = code;
    }

    private string Visitor => $"I{_plan.Options.SchemaName}Visitor";

    private string Code => _plan.SupportPrefix + "ValidationCode";

    private string IdType => MessageDecoderEmitter.TypeFor(_plan, "templateId");

    public void Write()
    {
        WriteVisitor();
        MessageSchema schema = _plan.Schema;
        _code.Line();
        _code.Summary(schema.Description);
        _code.Open($"public static class {_plan.Options.SchemaName}Schema");
        _code.Line($"public const int Id = {schema.Id};");
        _code.Line($"public const int Version = {schema.Version};");
        _code.Line($"public const string SemanticVersion = {Literals.Text(schema.SemanticVersion)};");
        _code.Line($"public const string Package = {Literals.Text(schema.Package)};");
        _code.Line($"public const int HeaderLength = {_plan.HeaderLength};");
        WritePeek();
        WriteValidate();
        WriteDispatch();
        _code.Close();
    }

    private void WriteVisitor()
    {
        _code.Line("/// <summary>One method for each message of the schema.</summary>");
        _code.Open($"public interface {Visitor}");
        foreach (Message message in _plan.Schema.Messages)
            _code.Line($"void {Method(message)}({_plan.NameOf(message)}Decoder message);");
        _code.Close();
    }

    private string Method(Message message) => "On" + _plan.NameOf(message);

    private void WritePeek()
    {
        string header = _plan.SupportPrefix + "SbeHeader";
        _code.Line();
        _code.Line("/// <summary>Reads the header where there are bytes for one; says nothing about the rest.</summary>");
        _code.Open($"public static bool TryPeekHeader(global::System.ReadOnlySpan<byte> frame, out {header} header)");
        _code.Open("if (frame.Length < HeaderLength)");
        _code.Line("header = default;");
        _code.Line("return false;");
        _code.Close();
        _code.Line($"ref readonly byte start = ref {_plan.SupportPrefix}SbeBytes.First(frame);");
        string members = $"{Read("blockLength")}, {Read("templateId")}, {Read("schemaId")}, {Read("version")}";
        _code.Line($"header = new {header}({members});");
        _code.Line("return true;");
        _code.Close();
    }

    private string Read(string member) => Access.ReadSaturated(_plan, _plan.Header.Member(member)!, "start", 0);

    private void WriteValidate()
    {
        _code.Line();
        _code.Line("/// <summary>Proves every length of a frame of any message of the schema.</summary>");
        _code.Open($"public static {Code} Validate(global::System.ReadOnlySpan<byte> frame, out {IdType} templateId)");
        _code.Line("templateId = 0;");
        WriteSwitchHead(Code);
        foreach (Message message in _plan.Schema.Messages)
            _code.Line($"case {message.Id}: return {_plan.NameOf(message)}Decoder.Validate(frame);");
        WriteSwitchTail();
    }

    private void WriteSwitchHead(string code)
    {
        _code.Line($"if (frame.Length < HeaderLength) return {code}.FrameTooShort;");
        _code.Line($"ref readonly byte start = ref {_plan.SupportPrefix}SbeBytes.First(frame);");
        if (_plan.Header.Member("schemaId")!.Presence != Presence.Constant)
            _code.Line($"if ({Read("schemaId")} != Id) return {code}.UnknownSchema;");
        _code.Line($"templateId = ({IdType}){Read("templateId")};");
        _code.Open("switch (templateId)");
    }

    private void WriteSwitchTail()
    {
        _code.Line($"default: return {Code}.UnknownTemplate;");
        _code.Close();
        _code.Close();
    }

    private void WriteDispatch()
    {
        string constraint = $"where TVisitor : struct, {Visitor}, allows ref struct";
        _code.Line();
        _code.Line("/// <summary>Validates the frame and hands its view to the visitor; calls nothing otherwise.</summary>");
        string parameters = "global::System.ReadOnlySpan<byte> frame, ref TVisitor visitor";
        _code.Open($"public static {Code} Dispatch<TVisitor>({parameters}) {constraint}");
        _code.Line($"{IdType} templateId = 0;");
        _code.Line($"{Code} code;");
        WriteSwitchHead(Code);
        foreach (Message message in _plan.Schema.Messages)
        {
            string decoder = _plan.NameOf(message) + "Decoder";
            _code.Open($"case {message.Id}:");
            _code.Line($"code = {decoder}.TryValidate(frame, out {decoder} message);");
            _code.Line($"if (code == {Code}.Valid) visitor.{Method(message)}(message);");
            _code.Line("return code;");
            _code.Close();
        }

        WriteSwitchTail();
        _code.Line();
        _code.Line("/// <summary>Dispatch for a frame that was validated before; on any other bytes undefined.</summary>");
        _code.Open($"public static {Code} DispatchTrusted<TVisitor>({parameters}) {constraint}");
        _code.Line($"{IdType} templateId = 0;");
        WriteSwitchHead(Code);
        foreach (Message message in _plan.Schema.Messages)
        {
            string decoder = _plan.NameOf(message) + "Decoder";
            _code.Line($"case {message.Id}: visitor.{Method(message)}({decoder}.Trusted(frame)); return {Code}.Valid;");
        }

        WriteSwitchTail();
    }
}

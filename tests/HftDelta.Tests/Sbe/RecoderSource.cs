using System.Text;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Writes the C# of a visitor that reads every field of a message by its generated decoder and writes it with its generated
/// encoder: what must come out is the same message, as this version of the schema writes it.
/// </summary>
internal sealed class RecoderSource
{
    private readonly EmitPlan _plan;
    private readonly StringBuilder _text = new();
    private int _variables;

    private RecoderSource(EmitPlan plan) => _plan = plan;

    /// <summary>A visitor Recoder with <c>int Recode(frame, buffer)</c>: the bytes written, or minus the code.</summary>
    public static string Of(EmitPlan plan) => new RecoderSource(plan).Write();

    private string Write()
    {
        Line("public ref struct Recoder : ITestVisitor");
        Line("{");
        Line("private readonly global::System.Span<byte> _buffer;");
        Line("private int _length;");
        Line("private Recoder(global::System.Span<byte> buffer) => _buffer = buffer;");
        Line("public static int Recode(global::System.ReadOnlySpan<byte> frame, global::System.Span<byte> buffer)");
        Line("{");
        Line("var visitor = new Recoder(buffer);");
        Line("ValidationCode code = TestSchema.Dispatch(frame, ref visitor);");
        Line("return code == ValidationCode.Valid ? visitor._length : -(int)code;");
        Line("}");
        foreach (Message message in _plan.Schema.Messages)
        {
            string name = _plan.NameOf(message);
            Line($"public void On{name}({_plan.TypePrefix}{name}Decoder from)");
            Line("{");
            Line($"var to = {_plan.TypePrefix}{name}Encoder.Wrap(_buffer);");
            WriteBlock(message, "from", "to");
            Line("_length = to.EncodedLength;");
            Line("}");
        }

        foreach (CompositeType type in _plan.Emitted.OfType<CompositeType>())
        {
            Line($"private static void Copy({_plan.DecoderOf(type)} from, {_plan.EncoderOf(type)} to)");
            Line("{");
            foreach (Field member in type.Members)
                WriteField(member, _plan.NamesOf(type), "from", "to");
            Line("}");
        }

        Line("}");
        return _text.ToString();
    }

    private void WriteBlock(Block block, string from, string to)
    {
        FieldNames names = _plan.NamesOf(block);
        foreach (Field field in block.Fields)
            WriteField(field, names, from, to);
        foreach (Group group in block.Groups)
        {
            string entry = $"v{_variables++}";
            string target = $"v{_variables++}";
            Line($"var {target} = {to}.{names.SetterOf(group)}({from}.{names[group]}.Count);");
            Line($"foreach (var {entry} in {from}.{names[group]})");
            Line("{");
            Line($"{target}.Next();");
            WriteBlock(group, entry, target);
            Line("}");
        }

        foreach (VariableData data in block.Data)
            Line($"{to}.{names.SetterOf(data)}({from}.{names[data]});");
    }

    private void WriteField(Field field, FieldNames names, string from, string to)
    {
        if (field.Presence == Presence.Constant)
            return;
        string source = $"{from}.{names[field]}";
        switch (field.Type)
        {
            case CompositeType:
                Line($"Copy({source}, {to}.{names[field]});");
                break;
            case EncodedType { Length: not 1, Primitive: not (Primitive.Char or Primitive.UInt8) } type:
                string items = $"v{_variables++}";
                Line($"var {items} = new {Literals.TypeOf(type.Primitive)}[{source}.Length];");
                Line($"{source}.CopyTo({items});");
                Line($"{to}.{names.SetterOf(field)}({items});");
                break;
            default:
                Line($"{to}.{names.SetterOf(field)}({source});");
                break;
        }
    }

    private void Line(string text) => _text.Append(text).Append('\n');
}

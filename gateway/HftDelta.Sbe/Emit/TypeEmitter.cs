using System.Collections.Generic;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Writes enums, sets and the decoder and encoder of composites.</summary>
internal sealed class TypeEmitter
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;

    public TypeEmitter(EmitPlan plan, CodeWriter code)
    {
        _plan = plan;
        _code = code;
    }

    public void Write(SchemaType type)
    {
        _code.Line();
        _code.Summary(type.Notes);
        switch (type)
        {
            case EnumType values:
                WriteEnum(values);
                break;
            case SetType choices:
                WriteSet(choices);
                break;
            case CompositeType composite:
                WriteDecoder(composite);
                _code.Line();
                _code.Summary(type.Notes);
                WriteEncoder(composite);
                break;
        }
    }

    private void WriteEnum(EnumType type)
    {
        string name = _plan.NameOf(type);
        var scope = new NameScope(name, "value__");
        _code.Open($"public enum {name} : {Literals.TypeOf(type.Primitive)}");
        foreach (EnumValue value in type.Values)
        {
            _code.Summary(value.Notes);
            _code.Line($"{scope.Take(NameScope.Pascal(value.Name))} = {Literals.Value(type.Primitive, value.Bits)},");
        }

        _code.Close();
    }

    private void WriteSet(SetType type)
    {
        string name = _plan.NameOf(type);
        var scope = new NameScope(name, "value__");
        var names = new List<string>();
        foreach (SetChoice choice in type.Choices)
            names.Add(scope.Take(NameScope.Pascal(choice.Name)));
        _code.Line("[global::System.Flags]");
        _code.Open($"public enum {name} : {Literals.TypeOf(type.Primitive)}");
        if (scope.IsFree("None"))
            _code.Line("None = 0,");
        for (int i = 0; i < names.Count; i++)
        {
            _code.Summary(type.Choices[i].Notes);
            _code.Line($"{names[i]} = {Literals.Value(type.Primitive, 1UL << type.Choices[i].Bit)},");
        }

        _code.Close();
    }

    private void WriteDecoder(CompositeType type)
    {
        string name = _plan.NameOf(type) + "Decoder";
        FieldNames names = _plan.NamesOf(type);
        byte[] absent = NullImage.OfBlock(type.Members, type.SizeBytes, _plan.BigEndian, everythingNull: true);
        _code.Open($"public readonly ref struct {name}");
        _code.Line($"public const int SizeBytes = {type.SizeBytes};");
        WriteAbsent(absent);
        _code.Line("private readonly ref readonly byte _start;");
        _code.Line("private readonly int _version;");
        _code.Line();
        _code.Open($"internal {name}(ref readonly byte start, int version)");
        _code.Line("_start = ref start;");
        _code.Line("_version = version;");
        _code.Close();
        _code.Line();
        _code.Line("/// <summary>What a message that is older than the field reads as: nulls and zeros.</summary>");
        string first = $"{_plan.SupportPrefix}SbeBytes.First(_absent)";
        _code.Line($"internal static {name} Absent => new {name}(in {first}, int.MaxValue);");
        _code.Line();
        _code.Line("/// <summary>A view of bytes that hold the composite alone; throws when they are too few.</summary>");
        _code.Open($"public static {name} Wrap(global::System.ReadOnlySpan<byte> bytes)");
        _code.Line($"if (bytes.Length < SizeBytes) {_plan.SupportPrefix}SbeThrow.TooShort(SizeBytes, bytes.Length);");
        _code.Line($"return new {name}(in {_plan.SupportPrefix}SbeBytes.First(bytes), {_plan.Schema.Version});");
        _code.Close();
        var fields = new DecoderFields(_plan, _code, names, 0);
        foreach (Field member in type.Members)
            fields.Write(member);
        _code.Close();
    }

    private void WriteAbsent(byte[] absent)
    {
        const string span = "private static global::System.ReadOnlySpan<byte> _absent";
        if (absent.Length <= InitialImage.LongestLiteral)
        {
            _code.Line($"{span} => {Literals.Bytes(absent, 0, absent.Length)};");
            return;
        }

        // Too long to spell out: made once, when a message that is older than the composite is first read.
        var image = new InitialImage(_plan, _code);
        image.Declare(absent);
        _code.Line($"{span} => Absence.Bytes;");
        _code.Open("private static class Absence");
        _code.Line("internal static readonly byte[] Bytes = Make();");
        _code.Open("private static byte[] Make()");
        _code.Line($"var bytes = new byte[{absent.Length}];");
        _code.Line("global::System.Span<byte> all = bytes;");
        image.WriteCopy("all");
        _code.Line("return bytes;");
        _code.Close();
        _code.Close();
    }

    private void WriteEncoder(CompositeType type)
    {
        string name = _plan.NameOf(type) + "Encoder";
        FieldNames names = _plan.NamesOf(type);
        _code.Open($"public readonly ref struct {name}");
        _code.Line($"public const int SizeBytes = {type.SizeBytes};");
        _code.Line("private readonly ref byte _start;");
        _code.Line();
        _code.Line($"internal {name}(ref byte start) => _start = ref start;");
        _code.Line();
        _code.Line("/// <summary>An encoder of the composite alone; zeros the bytes and throws when they are too few.</summary>");
        _code.Open($"public static {name} Wrap(global::System.Span<byte> bytes)");
        _code.Line($"if (bytes.Length < SizeBytes) {_plan.SupportPrefix}SbeThrow.TooShort(SizeBytes, bytes.Length);");
        _code.Line("bytes.Slice(0, SizeBytes).Clear();");
        _code.Line($"return new {name}(ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes));");
        _code.Close();
        var fields = new EncoderFields(_plan, _code, names, name, byReference: false, 0);
        foreach (Field member in type.Members)
            fields.Write(member);
        _code.Close();
    }
}

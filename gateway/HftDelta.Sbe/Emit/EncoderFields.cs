using System.Globalization;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// Writes the write side of fixed fields: one fluent setter each, or a property that gives the encoder of a composite.
/// Encoders that keep a position return themselves by reference, so that a chain never writes into a copy.
/// </summary>
internal sealed class EncoderFields
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;
    private readonly FieldNames _names;
    private readonly string _self;
    private readonly bool _byReference;
    private readonly int _origin;

    public EncoderFields(EmitPlan plan, CodeWriter code, FieldNames names, string self, bool byReference, int origin)
    {
        _plan = plan;
        _code = code;
        _names = names;
        _self = self;
        _byReference = byReference;
        _origin = origin;
    }

    public string ReturnSelf => _byReference ? "return ref this;" : "return this;";

    public void Write(Field field)
    {
        if (field.Presence == Presence.Constant)
            return;
        _code.Line();
        _code.Summary(field.Notes);
        string at = (_origin + field.OffsetBytes).ToString(CultureInfo.InvariantCulture);
        switch (field.Type)
        {
            case EncodedType { Length: 1 } encoded:
                Setter(field, Literals.TypeOf(encoded.Primitive), Access.Write(_plan, encoded.Primitive, "_start", at, "value"));
                break;
            case EncodedType encoded:
                WriteArray(field, encoded, at);
                break;
            case EnumType type:
                SetterOfCode(field, type, type.Primitive, at);
                break;
            case SetType type:
                SetterOfCode(field, type, type.Primitive, at);
                break;
            case CompositeType type:
                string encoder = _plan.EncoderOf(type);
                string readOnly = _byReference ? "readonly " : "";
                string start = $"ref {_plan.SupportPrefix}SbeBytes.Into(ref _start, {at})";
                _code.Line($"public {readOnly}{encoder} {_names[field]} => new {encoder}({start});");
                break;
        }
    }

    public void Setter(object element, string valueType, params string[] statements)
    {
        if (_byReference)
            _code.Line("[global::System.Diagnostics.CodeAnalysis.UnscopedRef]");
        string result = _byReference ? "ref " + _self : _self;
        _code.Open($"public {result} {_names.SetterOf(element)}({valueType} value)");
        foreach (string statement in statements)
            _code.Line(statement);
        _code.Line(ReturnSelf);
        _code.Close();
    }

    private void SetterOfCode(Field field, SchemaType type, Primitive primitive, string at)
    {
        string cast = $"({Literals.TypeOf(primitive)})value";
        Setter(field, _plan.Qualified(type), Access.Write(_plan, primitive, "_start", at, cast));
    }

    private void WriteArray(Field field, EncodedType type, string at)
    {
        string bytes = $"{_plan.SupportPrefix}SbeBytes.";
        if (type.Primitive is not (Primitive.Char or Primitive.UInt8))
        {
            string order = _plan.BigEndian ? "true" : "false";
            string clr = Literals.TypeOf(type.Primitive);
            string write = $"{bytes}WriteArray(ref _start, {at}, {type.Length}, value, {order});";
            Setter(field, $"global::System.ReadOnlySpan<{clr}>", write);
            return;
        }

        Setter(field, "global::System.ReadOnlySpan<byte>", $"{bytes}WriteBytes(ref _start, {at}, {type.Length}, value);");
        if (TextEncodings.EncodingOf(type) is not { } encoding)
            return;
        _code.Line();
        Setter(field, "string",
            $"{_plan.SupportPrefix}SbeText.Write(ref _start, {at}, {type.Length}, value, {encoding});");
    }
}

using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Tables;

/// <summary>One line of a byte table: a field, or a member of a composite under the names of those that hold it.</summary>
/// <param name="Path">Names with dots between.</param>
/// <param name="OffsetBytes">From the start of the block or composite; -1 for a constant, which has no bytes.</param>
/// <param name="Field">What it is.</param>
/// <param name="Since">The first version in which it can stand there.</param>
internal sealed record FieldRow(string Path, int OffsetBytes, Field Field, int Since)
{
    public int LengthBytes => Field.SizeBytes;

    public string Description =>
        Field.Notes.Description.Length > 0 ? Field.Notes.Description : Field.Type.Notes.Description;

    /// <summary>The fields in the order of the wire; behind each composite its members.</summary>
    public static IEnumerable<FieldRow> Of(IEnumerable<Field> fields, string prefix = "", int origin = 0, int since = 0)
    {
        foreach (var field in fields)
        {
            var own = Math.Max(since, field.Notes.Since);
            var offset = origin + field.OffsetBytes;
            yield return new FieldRow(prefix + field.Name, field.Presence == Presence.Constant ? -1 : offset, field, own);
            if (field.Type is not CompositeType composite)
            {
                continue;
            }

            foreach (var member in Of(composite.Members, $"{prefix}{field.Name}.", offset, own))
            {
                yield return member;
            }
        }
    }

    /// <summary>Presence with what goes with it: the null value, or the constant.</summary>
    public string PresenceText() => Field.Presence switch
    {
        Presence.Constant => $"constant {ConstantText()}",
        Presence.Optional => $"optional{NullText()}",
        _ => "required",
    };

    /// <summary>The bounds that the schema states.</summary>
    public string RangeText() => Field.Type is EncodedType { Range: { } range } type && (range.HasOwnMin || range.HasOwnMax)
        ? $"{TypeText.Value(type.Primitive, range.Min)} to {TypeText.Value(type.Primitive, range.Max)}"
        : "";

    public string ConstantText() => (Field.Constant, Field.Type) switch
    {
        ({ Text: { } text }, _) => $"\"{System.Text.Encoding.UTF8.GetString(text)}\"",
        ({ } constant, EnumType type) => type.Values.Find(value => value.Bits == constant.Bits)?.Name
            ?? TypeText.Value(type.Primitive, constant.Bits),
        ({ } constant, EncodedType type) => TypeText.Value(type.Primitive, constant.Bits),
        _ => "",
    };

    private string NullText() => Field.Type switch
    {
        EncodedType { Length: 1 } type => $", null {TypeText.Value(type.Primitive, type.Range.Null)}",
        EnumType type => $", null {TypeText.Value(type.Primitive, type.NullBits)}",
        _ => "",
    };
}

using HftDelta.Primitives.Units;

namespace HftDelta.Node.Export;

/// <summary>One value of a row. A number is exact whatever its width; the default is that nothing belongs here.</summary>
internal readonly struct ExportCell
{
    private readonly bool _isSome;

    private ExportCell(Int128 number, string? text = null)
    {
        Number = number;
        Text = text;
        _isSome = true;
    }

    public static ExportCell None => default;

    public Int128 Number { get; }

    public string? Text { get; }

    public bool IsNone => !_isSome;

    public static implicit operator ExportCell(long value) => new(value);

    public static implicit operator ExportCell(ulong value) => new(value);

    public static implicit operator ExportCell(uint value) => new(value);

    public static implicit operator ExportCell(Int128 value) => new(value);

    public static implicit operator ExportCell(SubAtoms value) => new(value.Value);

    public static implicit operator ExportCell(CommandSequence value) => new(value.Value);

    public static implicit operator ExportCell(TimeNanos value) => new(value.Value);

    public static implicit operator ExportCell(string text) => new(0, text);

    /// <summary>Nothing where the number names nothing.</summary>
    public static ExportCell UnlessZero(ulong value) => value == 0 ? None : value;
}

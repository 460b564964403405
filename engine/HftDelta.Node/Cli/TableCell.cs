using System.Globalization;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Cli;

/// <summary>
/// One value of a row: what people read, and what programs read. Sub-atoms are told to people in atoms with four decimals, and to
/// programs exactly, in 2^-32 atoms as a text, since JSON's numbers do not hold 128 bits.
/// </summary>
internal readonly record struct TableCell(string Text, string Exact, bool IsNumber)
{
    private const int Decimals = 10_000;

    /// <summary>Nothing belongs here.</summary>
    public static TableCell None { get; } = new("", "", IsNumber: false);

    public static TableCell Of(long value) => new(TextOutput.Number(value), Plain(value), IsNumber: true);

    public static TableCell Of(ulong value) =>
        new(value.ToString("N0", CultureInfo.InvariantCulture), value.ToString(CultureInfo.InvariantCulture), IsNumber: true);

    /// <summary>A number that names something: without separators.</summary>
    public static TableCell Id(ulong value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        return new TableCell(text, text, IsNumber: true);
    }

    public static TableCell Word(string text) => new(text, text, IsNumber: false);

    public static TableCell Time(TimeNanos time) =>
        new(TextOutput.Time(time.Value), time.Value.ToString(CultureInfo.InvariantCulture), IsNumber: true);

    public static TableCell Of(SubAtoms value) => new(Atoms(value), value.ToString(), IsNumber: false);

    /// <summary>Delta in 2^-32; to people with six decimals.</summary>
    public static TableCell Of(DeltaUnits delta) => new(
        (delta.Value / (double)Scale.SubAtomsPerAtom).ToString("F6", CultureInfo.InvariantCulture),
        Plain(delta.Value),
        IsNumber: true);

    /// <summary>A whole number of parts; to people as a fraction of one with six decimals.</summary>
    public static TableCell OfFraction(long parts, long one) => new(
        (parts / (double)one).ToString("F6", CultureInfo.InvariantCulture), Plain(parts), IsNumber: true);

    public static TableCell Of(decimal value, int decimals) => new(
        value.ToString($"N{decimals}", CultureInfo.InvariantCulture),
        decimal.Round(value, decimals).ToString(CultureInfo.InvariantCulture),
        IsNumber: true);

    /// <summary>Atoms with four decimals, rounded toward minus infinity as cash is.</summary>
    public static string Atoms(SubAtoms value)
    {
        var scaled = (value.Value * Decimals) >> Scale.SubAtomBits;
        var size = scaled < 0 ? -scaled : scaled;
        return string.Create(
            CultureInfo.InvariantCulture, $"{(scaled < 0 ? "-" : "")}{size / Decimals:N0}.{(int)(size % Decimals):D4}");
    }

    private static string Plain(long value) => value.ToString(CultureInfo.InvariantCulture);
}

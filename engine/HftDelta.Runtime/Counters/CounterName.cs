namespace HftDelta.Runtime.Counters;

/// <summary>
/// The rule for names: <c>hftdelta_AREA_WHAT_UNIT</c>, and <c>_total</c> behind it for what only grows; lower-case words of
/// letters and digits, joined by underscores. A unit other than <see cref="CounterUnit.Count"/> must be the last word before
/// <c>_total</c>. The same names appear at the metrics page, so a name is never reused for something else.
/// </summary>
public static class CounterName
{
    public const string Prefix = "hftdelta_";
    public const string TotalSuffix = "_total";

    /// <returns>Null when the name keeps the rule, otherwise what is wrong with it.</returns>
    public static string? Fault(string name, CounterUnit unit)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return $"it does not begin with {Prefix}";
        }

        var words = name.Split('_');
        foreach (var word in words)
        {
            if (word.Length == 0 || !word.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)))
            {
                return "its words are not all lower-case letters and digits";
            }
        }

        var meaning = KindOf(name) == CounterKind.Total ? words[..^1] : words;
        if (meaning.Length < 2)
        {
            return "it does not say what it counts";
        }

        var unitWord = WordOf(unit);
        return unitWord is null || meaning[^1] == unitWord ? null : $"its unit is {unitWord}, which it does not end in";
    }

    public static CounterKind KindOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(TotalSuffix, StringComparison.Ordinal) ? CounterKind.Total : CounterKind.Gauge;
    }

    private static string? WordOf(CounterUnit unit) => unit switch
    {
        CounterUnit.Count => null,
        CounterUnit.Bytes => "bytes",
        CounterUnit.Nanos => "nanos",
        CounterUnit.Sequence => "sequence",
        CounterUnit.Atoms => "atoms",
        CounterUnit.Lots => "lots",
        CounterUnit.Slots => "slots",
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "no such unit"),
    };
}

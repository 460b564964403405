namespace HftDelta.Node.Export;

/// <summary>The names of an enumeration as texts, made once; a value without a name is told by its number. One thread.</summary>
internal static class Words<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> _schema = [];
    private static readonly Dictionary<T, string> _own = [];

    /// <summary>As it stands in the schema: <c>GoodTillCancel</c>.</summary>
    public static string Of(T value)
    {
        if (!_schema.TryGetValue(value, out var word))
        {
            _schema.Add(value, word = value.ToString());
        }

        return word;
    }

    /// <summary>Of this program's own: <c>tradingFee</c>.</summary>
    public static string OwnOf(T value)
    {
        if (!_own.TryGetValue(value, out var word))
        {
            var name = value.ToString();
            _own.Add(value, word = char.ToLowerInvariant(name[0]) + name[1..]);
        }

        return word;
    }
}

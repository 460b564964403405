namespace HftDelta.Tests.Engine.Money;

/// <summary>How often what was seen. One thread.</summary>
internal sealed class MoneyTally
{
    private readonly Dictionary<string, long> _counts = [];

    public IEnumerable<KeyValuePair<string, long>> Counts => _counts.OrderBy(entry => entry.Key, StringComparer.Ordinal);

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Count(string what) => Count(what, 1);

    public void Add(MoneyTally other)
    {
        foreach (var (what, count) in other._counts)
        {
            Count(what, count);
        }
    }

    private void Count(string what, long times) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, what, out _) += times;
}

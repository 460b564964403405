namespace HftDelta.Node.Schemas.Comparison;

/// <summary>
/// Which element of the old schema is which of the new one. A name says more than an id, which is not on the wire and is
/// renumbered in schemas in use: pairs are made by name first, and by id among what is left.
/// </summary>
internal sealed class Pairing<T>
    where T : class
{
    private readonly Dictionary<T, T> _counterparts = [];
    private readonly HashSet<T> _taken = [];

    public Pairing(IReadOnlyList<T> old, IReadOnlyList<T> @new, Func<T, string> name, Func<T, int> id)
    {
        Pair(old, @new, (one, other) => name(one) == name(other));
        Pair(old, @new, (one, other) => id(one) == id(other));
        Gone = [.. old.Where(one => !_counterparts.ContainsKey(one))];
        Both = [.. old.Where(_counterparts.ContainsKey).Select(one => (one, _counterparts[one]))];
        Fresh = [.. @new.Where(one => !_taken.Contains(one))];
    }

    public IReadOnlyList<T> Gone { get; }

    public IReadOnlyList<(T Old, T New)> Both { get; }

    /// <summary>In the new schema alone.</summary>
    public IReadOnlyList<T> Fresh { get; }

    private void Pair(IReadOnlyList<T> old, IReadOnlyList<T> @new, Func<T, T, bool> isSame)
    {
        foreach (var one in old.Where(one => !_counterparts.ContainsKey(one)))
        {
            if (@new.FirstOrDefault(other => !_taken.Contains(other) && isSame(one, other)) is { } counterpart)
            {
                _counterparts.Add(one, counterpart);
                _taken.Add(counterpart);
            }
        }
    }
}

namespace HftDelta.Aeron.Counters;

/// <summary>
/// Where the counters of streams and channels come from, and go back to when the stream ends. Cold, for any thread; the hot path
/// only sees the words.
/// </summary>
internal abstract class CounterStore
{
    /// <summary>Memory of their own: without an Aeron directory no tool looks.</summary>
    public static CounterStore Detached { get; } = new DetachedStore();

    /// <summary>Always gives a word; when there is no room in the directory, one that no tool sees.</summary>
    public abstract CounterSlot Allocate(in CounterDescription description);

    /// <summary>The stream is over and nobody writes the word any more.</summary>
    public abstract void Free(CounterSlot slot);

    public void Free(IEnumerable<CounterSlot> slots)
    {
        foreach (var slot in slots)
        {
            Free(slot);
        }
    }

    private sealed class DetachedStore : CounterStore
    {
        public override CounterSlot Allocate(in CounterDescription description) => CounterSlot.Detached(description.Value);

        public override void Free(CounterSlot slot)
        {
        }
    }
}

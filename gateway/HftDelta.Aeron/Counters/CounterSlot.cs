using HftDelta.Primitives.Collections;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Counters;

/// <summary>
/// One word of memory that counts for a stream or a channel, and its number among the counters that tools see. Whoever holds the
/// slot holds its memory, so no counter outlives it. Writer of the word: the agent that it was made for.
/// </summary>
internal sealed unsafe class CounterSlot(int id, long* word, object memory)
{
    /// <summary>The number of a slot that no tool sees.</summary>
    public const int NoId = -1;

    private const int WordsAlone = 128 / sizeof(long);

    /// <summary>Its number in the Aeron directory, or <see cref="NoId"/>.</summary>
    public int Id { get; } = id;

    public long* Word { get; } = word;

    /// <summary>What keeps the memory behind <see cref="Word"/> mapped.</summary>
    public object Memory { get; } = memory;

    /// <summary>A word of its own, on cache lines of its own, that no tool sees.</summary>
    public static CounterSlot Detached(long value = 0)
    {
        var memory = new NativeSlab<long>(WordsAlone);
        *memory.Pointer = value;
        return new CounterSlot(NoId, memory.Pointer, memory);
    }

    /// <summary>The slot as a number that its one writer adds to.</summary>
    public Counter AsCounter(string name) => Counter.Over(Id, name, Word, Memory);
}

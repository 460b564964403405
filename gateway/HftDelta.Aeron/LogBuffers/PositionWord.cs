using HftDelta.Aeron.Counters;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// A position of a stream that one thread writes and others read, alone on its cache lines. Where the word lies was decided when
/// its slot was allocated: in the counters of an Aeron directory, for tools to see, or in memory of its own. The writer reads its
/// own with <see cref="Plain"/>.
/// </summary>
internal sealed unsafe class PositionWord
{
    private readonly long* _word;

    /// <summary>A word that no tool sees.</summary>
    public PositionWord(long position)
        : this(CounterSlot.Detached(position))
    {
    }

    public PositionWord(CounterSlot slot)
    {
        Slot = slot;
        _word = slot.Word;
    }

    /// <summary>Its place among the counters; it also keeps the memory.</summary>
    public CounterSlot Slot { get; }

    /// <summary>For the one writer.</summary>
    public long Plain => *_word;

    // acquire: whoever sees the position sees what was written or given free before it moved there.
    public long Acquire() => Volatile.Read(ref *_word);

    // release: what was done before is seen by whoever sees the position.
    public void Release(long position) => Volatile.Write(ref *_word, position);
}

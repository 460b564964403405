using HftDelta.Primitives.Collections;

namespace HftDelta.Runtime.Counters;

/// <summary>
/// One number that one agent writes and anybody reads, alone on its 128 bytes. Owner thread: that of the one writer, which
/// needs no atomic addition for that reason; a second writer would lose steps. Never allocates, never throws.
/// </summary>
public sealed unsafe class Counter
{
    private readonly long* _value;

    // Keeps the memory behind the pointer for as long as the counter is reachable.
    private readonly object _memory;

    internal Counter(int id, string name, string label, CounterUnit unit, long* value, object memory)
    {
        Id = id;
        Name = name;
        Label = label;
        Unit = unit;
        _value = value;
        _memory = memory;
    }

    /// <summary>Its place in the file; -1 for one in no file.</summary>
    public int Id { get; }

    public string Name { get; }

    /// <summary>What tells it from others of the same name, such as <c>ring=inbound</c>; may be empty.</summary>
    public string Label { get; }

    public CounterUnit Unit { get; }

    /// <summary>The value as last written: for any thread.</summary>
    public long Value => Volatile.Read(ref *_value);

    /// <summary>A counter in no file, for tests and tools that show none.</summary>
    public static Counter Detached(string name, string label = "", CounterUnit unit = CounterUnit.Count)
    {
        var memory = new NativeSlab<long>(CounterLayout.ValueBytes / sizeof(long));
        return new Counter(-1, name, label, unit, memory.Pointer, memory);
    }

    /// <summary>A counter over a word that somebody else lays out, in a file of another format.</summary>
    /// <param name="id">Its number there.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="value">The word: eight bytes at a multiple of eight, alone on their cache line.</param>
    /// <param name="memory">What keeps the word mapped for as long as it is reachable.</param>
    public static Counter Over(int id, string name, long* value, object memory) =>
        new(id, name, "", CounterUnit.Count, value, memory);

    /// <summary>Writes the value; whoever reads it sees everything that this thread wrote before.</summary>
    public void SetRelease(long value) => Volatile.Write(ref *_value, value);

    public void Increment() => Volatile.Write(ref *_value, *_value + 1);

    public void Add(long amount) => Volatile.Write(ref *_value, *_value + amount);

    /// <summary>Writes the value when it is above the one that stands there: for high-water marks.</summary>
    public void RaiseTo(long value)
    {
        if (value > *_value)
        {
            Volatile.Write(ref *_value, value);
        }
    }

    public override string ToString() => Label.Length == 0 ? $"{Name} {Value}" : $"{Name}{{{Label}}} {Value}";
}

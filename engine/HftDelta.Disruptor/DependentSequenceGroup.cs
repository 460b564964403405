namespace Disruptor;

/// <summary>What a consumer waits for: the cursor, or the consumers that go before it.</summary>
public class DependentSequenceGroup
{
    private readonly Sequence _cursor;
    private readonly Sequence[] _dependencies;

    public DependentSequenceGroup(Sequence cursor, params Sequence[] dependencies)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        ArgumentNullException.ThrowIfNull(dependencies);
        _cursor = cursor;
        _dependencies = dependencies.Length == 0 ? [cursor] : [.. dependencies];
    }

    /// <summary>Whether nothing but the cursor goes before this consumer.</summary>
    public bool DependsOnCursor => _dependencies.Length == 1 && ReferenceEquals(_dependencies[0], _cursor);

    public int DependentSequenceCount => _dependencies.Length;

    /// <summary>The ring's cursor, read with acquire.</summary>
    public long CursorValue => _cursor.Value;

    /// <summary>The slowest dependency. Each is read with acquire, so what all of them did up to this value is visible.</summary>
    public long Value => DisruptorUtil.GetMinimumSequence(_dependencies);
}

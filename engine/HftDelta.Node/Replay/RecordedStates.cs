using HftDelta.Engine.State;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Snapshots;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Replay;

/// <summary>
/// What somebody said of the state after some commands, in order: hash points of a journal, or headers of snapshots. A replay
/// stops at each and compares. One thread.
/// </summary>
public abstract class RecordedStates
{
    private readonly IReadOnlyList<CommandSequence> _sequences;
    private int _next;

    /// <param name="sequences">Ascending.</param>
    /// <param name="source">Where they are recorded, for the operator; null: in the journal's own directory.</param>
    protected RecordedStates(IReadOnlyList<CommandSequence> sequences, string? source)
    {
        _sequences = sequences;
        Source = source;
    }

    public string? Source { get; }

    public int Count => _sequences.Count;

    /// <summary>How many were compared.</summary>
    public int ComparedCount { get; private set; }

    /// <summary>The next command after which there is something to compare; the greatest number when there is none.</summary>
    public long Next => _next < _sequences.Count ? _sequences[_next].Value : long.MaxValue;

    /// <summary>Those of commands that were not replayed are of no use.</summary>
    public void SkipThrough(CommandSequence last)
    {
        while (Next <= last.Value)
        {
            _next++;
        }
    }

    /// <summary>Compares with the state after the command of <see cref="Next"/>, and goes on to the one after it.</summary>
    /// <returns>Null: equal.</returns>
    public HashDifference? Compare(EngineHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        ComparedCount++;
        return Compare(host, _next++) is { } difference ? difference with { Source = Source } : null;
    }

    /// <param name="host">With the state after the command.</param>
    /// <param name="place">Of the command in the list.</param>
    protected abstract HashDifference? Compare(EngineHost host, int place);
}

/// <summary>Hash points.</summary>
public sealed class RecordedPoints : RecordedStates
{
    private readonly IReadOnlyList<HashPoint> _points;

    public RecordedPoints(IReadOnlyList<HashPoint> points, string? source = null)
        : base([.. points.Select(point => point.Sequence)], source) => _points = points;

    protected override HashDifference? Compare(EngineHost host, int place)
    {
        ArgumentNullException.ThrowIfNull(host);
        var point = _points[place];
        var components = host.Processor.StateComponents();
        var history = host.Processor.HistoryHashAtPoint;
        return StateComparison.FirstDifference(in point, in components, history) switch
        {
            null => null,
            StateComparison.HistoryName => new HashDifference(
                point.Sequence, StateComparison.HistoryOf(in point), history, StateComparison.HistoryName),
            var component => new HashDifference(point.Sequence, StateComparison.TotalOf(in point), components.Total, component),
        };
    }
}

/// <summary>Snapshots of another directory: their headers hold hashes, and what they are of says in what they differ.</summary>
public sealed class RecordedSnapshots : RecordedStates
{
    private readonly MappedStorage _storage;
    private readonly IReadOnlyList<CommandSequence> _sequences;

    private RecordedSnapshots(MappedStorage storage, IReadOnlyList<CommandSequence> sequences)
        : base(sequences, storage.Location)
    {
        _storage = storage;
        _sequences = sequences;
    }

    public static RecordedSnapshots Of(MappedStorage storage) => new(storage, [.. SnapshotNames.List(storage).Reverse()]);

    protected override HashDifference? Compare(EngineHost host, int place)
    {
        ArgumentNullException.ThrowIfNull(host);
        using var file = SnapshotFile.Open(_storage, SnapshotNames.Of(_sequences[place]));
        var header = file.Header;
        var components = host.Processor.StateComponents();
        if (StateComparison.HashOf(header.StateHash) != components.Total)
        {
            return new HashDifference(
                _sequences[place], StateComparison.HashOf(header.StateHash), components.Total, ComponentOf(file, in components));
        }

        var history = host.Processor.HistoryHash;
        return StateComparison.HashOf(header.HistoryHash) == history
            ? null
            : new HashDifference(
                _sequences[place], StateComparison.HashOf(header.HistoryHash), history, StateComparison.HistoryName);
    }

    private static string ComponentOf(SnapshotFile file, in StateComponents components)
    {
        var limits = SnapshotLoader.LimitsOf(file.Header);
        using var engine = new ReplicaEngine(limits);
        SnapshotLoader.Load(file, engine.Processor, limits);
        return engine.Processor.StateComponents().FirstDifference(in components)?.ToString() ?? StateComparison.TotalName;
    }
}

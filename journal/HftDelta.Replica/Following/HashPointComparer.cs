using HftDelta.Engine.State;
using HftDelta.Journal.Cursors;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Faults;

namespace HftDelta.Replica.Following;

/// <summary>
/// Matches the hashes that the leader recorded with those of the replica. Either may be first: the leader records a hash after
/// its command has passed the safe cursor, which is when the replica may apply it. What the leader never recorded, because it was
/// killed in between, is covered by the next point that it did record, because every point also holds the hash of the history:
/// a history that is equal later was equal before, which a state need not have been.
/// Owner: one thread.
/// </summary>
internal sealed class HashPointComparer(HashPointFollower recorded) : IDisposable
{
    // Beyond this the leader's log has stopped growing; the oldest are then forgotten, and later ones stand for them.
    private const int OwnPointsMax = 1_024;

    private readonly Queue<(CommandSequence Sequence, StateComponents Components, Hash256 History)> _own = new();
    private HashPoint _next;
    private bool _hasNext;
    private CommandSequence _forgotten;

    /// <summary>Points that were compared; all were equal.</summary>
    public long ComparedCount { get; private set; }

    /// <summary>Through this command the state is known to be the leader's.</summary>
    public CommandSequence ConfirmedThrough { get; private set; }

    /// <summary>The replica begins with the state after this command: what was recorded up to it is not compared.</summary>
    public void Begin(CommandSequence sequence) => _forgotten = sequence;

    /// <summary>Takes the state after a command at which a hash is due, and the history before that hash.</summary>
    public void Take(CommandSequence sequence, in StateComponents components, Hash256 history)
    {
        if (_own.Count == OwnPointsMax)
        {
            _forgotten = _own.Dequeue().Sequence;
        }

        _own.Enqueue((sequence, components, history));
    }

    /// <summary>Compares what both sides have.</summary>
    /// <returns>Points that were compared now.</returns>
    /// <exception cref="ReplicaException">They differ.</exception>
    public int Compare(CommandSequence applied)
    {
        var count = 0;
        while ((_hasNext || (_hasNext = recorded.TryRead(out _next))) && _next.Sequence <= applied)
        {
            count += Match() ? 1 : 0;
            _hasNext = false;
        }

        return count;
    }

    public void Dispose() => recorded.Dispose();

    private bool Match()
    {
        while (_own.Count > 0 && _own.Peek().Sequence < _next.Sequence)
        {
            _own.Dequeue();
        }

        if (_next.Sequence <= _forgotten)
        {
            return false;
        }

        if (_own.Count == 0 || _own.Peek().Sequence != _next.Sequence)
        {
            throw Diverged("HashPoint", $"the leader recorded a hash after command {_next.Sequence}, where none is due");
        }

        var (_, components, history) = _own.Dequeue();
        if (StateComparison.FirstDifference(in _next, in components, history) is { } component)
        {
            throw component == StateComparison.HistoryName
                ? Diverged(
                    component,
                    $"after command {_next.Sequence} the state is the leader's, and component {component} differs: "
                    + $"the history hashes to {history}, recorded was {StateComparison.HistoryOf(in _next)}")
                : Diverged(
                    component,
                    $"after command {_next.Sequence} the state differs from the leader's, first in component {component}: "
                    + $"the state hashes to {components.Total}, recorded was {StateComparison.TotalOf(in _next)}");
        }

        ComparedCount++;
        ConfirmedThrough = _next.Sequence;
        return true;
    }

    private ReplicaException Diverged(string component, string words) =>
        new(
            ReplicaFault.StateDiverged,
            $"{words}; nothing of it was signed",
            "keep both machines' journals and report it; one of them computes wrongly")
        {
            Sequence = _next.Sequence,
            Component = component,
        };
}

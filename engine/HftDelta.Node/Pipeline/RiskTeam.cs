using Disruptor;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Pipeline;

/// <summary>
/// How risk workers share one computation: the first one asks, each computes its part and says so, and the next is asked for
/// when all have. One writer per word: the request is written by the first worker, and by each of them how far it is.
/// </summary>
public sealed class RiskTeam
{
    /// <summary>More hardly pay: the first worker waits for the last.</summary>
    public const int WorkersMax = 16;

    private readonly Sequence _asked = new(0);
    private readonly Sequence[] _done;
    private UnderlyingId _underlying;

    public RiskTeam(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, WorkersMax);
        _done = new Sequence[workers];
        for (var worker = 0; worker < workers; worker++)
        {
            _done[worker] = new Sequence(0);
        }
    }

    public int Workers => _done.Length;

    /// <summary>Every worker has computed its part of what was asked for.</summary>
    public bool IsDone
    {
        get
        {
            foreach (var done in _done)
            {
                if (done.Value != _asked.Value)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>For the first worker, when all are done.</summary>
    public void Ask(UnderlyingId underlying)
    {
        _underlying = underlying;
        _asked.SetValue(_asked.Value + 1);
    }

    /// <summary>Whether a worker has a part to compute, and of what.</summary>
    public bool TryTake(int worker, out UnderlyingId underlying)
    {
        // The request first: what it is of was written before it, and stays until this worker is done too.
        var isAsked = _asked.Value != _done[worker].Value;
        underlying = isAsked ? _underlying : default;
        return isAsked;
    }

    /// <summary>The worker has computed what it took.</summary>
    public void Done(int worker) => _done[worker].SetValue(_asked.Value);
}

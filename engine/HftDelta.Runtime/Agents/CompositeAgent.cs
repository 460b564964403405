using System.Runtime.ExceptionServices;

namespace HftDelta.Runtime.Agents;

/// <summary>
/// A fixed set of agents that share one thread: every duty cycle runs each of them once, in the order given.
/// Owner thread: whoever runs it. An exception of one ends the cycle at once, so that no agent behind it acts on what the
/// failed one left; <see cref="CurrentRoleName"/> then names it.
/// </summary>
public sealed class CompositeAgent : IAgent
{
    private readonly IAgent[] _agents;
    private int _current;

    public CompositeAgent(params ReadOnlySpan<IAgent> agents)
    {
        if (agents.IsEmpty)
        {
            throw new ArgumentException("a composite needs at least one agent", nameof(agents));
        }

        _agents = agents.ToArray();
        foreach (var agent in _agents)
        {
            ArgumentNullException.ThrowIfNull(agent, nameof(agents));
        }

        RoleName = string.Join('+', _agents.Select(agent => agent.RoleName));
    }

    /// <summary>The names of all, joined by <c>+</c>.</summary>
    public string RoleName { get; }

    /// <summary>The agent that was called last: after an exception, the one that threw.</summary>
    public string CurrentRoleName => NameOf(_agents[_current]);

    /// <summary>The agents in their order.</summary>
    public IReadOnlyList<IAgent> Agents => _agents;

    /// <summary>Starts each in order. When one throws, those already started are closed and its exception goes on.</summary>
    public void OnStart()
    {
        for (var index = 0; index < _agents.Length; index++)
        {
            _current = index;
            try
            {
                _agents[index].OnStart();
            }
            catch
            {
                CloseFirst(index, out _);
                _current = index;
                throw;
            }
        }
    }

    public int DoWork()
    {
        var agents = _agents;
        var work = 0;
        for (var index = 0; index < agents.Length; index++)
        {
            _current = index;
            work += agents[index].DoWork();
        }

        return work;
    }

    /// <summary>Closes every agent in order, also when some throw; the first exception goes on afterwards.</summary>
    public void OnClose()
    {
        var failedIndex = CloseFirst(_agents.Length, out var first);
        if (first is not null)
        {
            _current = failedIndex;
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>The name of the agent that a failure belongs to: within a composite, the one that was called last.</summary>
    internal static string NameOf(IAgent agent) => agent is CompositeAgent composite ? composite.CurrentRoleName : agent.RoleName;

    private int CloseFirst(int count, out Exception? first)
    {
        first = null;
        var failedIndex = 0;
        for (var index = 0; index < count; index++)
        {
            _current = index;
            try
            {
                _agents[index].OnClose();
            }
            catch (Exception exception)
            {
                if (first is null)
                {
                    first = exception;
                    failedIndex = index;
                }
            }
        }

        return failedIndex;
    }
}

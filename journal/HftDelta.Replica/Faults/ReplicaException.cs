using HftDelta.Primitives.Units;

namespace HftDelta.Replica.Faults;

/// <summary>
/// Why a replica stops: what happened and where, and what to do next, in the words that the operator reads.
/// </summary>
public sealed class ReplicaException : Exception
{
    private const int ExitBug = 1;
    private const int ExitUsage = 2;
    private const int ExitNoSpace = 10;
    private const int ExitCorrupt = 12;
    private const int ExitSync = 14;
    private const int ExitKey = 21;
    private const int ExitDivergence = 30;

    public ReplicaException()
    {
    }

    public ReplicaException(string message)
        : base(message)
    {
    }

    public ReplicaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="fault">Which one; its number is told.</param>
    /// <param name="what">What happened and where, without a full stop.</param>
    /// <param name="next">What to do, without a full stop.</param>
    /// <param name="cause">What it came from.</param>
    public ReplicaException(ReplicaFault fault, string what, string next, Exception? cause = null)
        : base($"error HD{(int)fault}: {what}.\n  next: {next}.", cause)
    {
        Fault = fault;
    }

    public ReplicaFault Fault { get; }

    /// <summary>The command at which it was noticed, when there is one.</summary>
    public CommandSequence Sequence { get; init; }

    /// <summary>The state component that differs first; empty when that is not the fault.</summary>
    public string Component { get; init; } = "";

    /// <summary>The exit code of a program that ends because of this (docs/exit-codes.md).</summary>
    public int ExitCode => Fault switch
    {
        ReplicaFault.StateDiverged or ReplicaFault.CommitmentDiverged or ReplicaFault.SignatureForged => ExitDivergence,
        ReplicaFault.LimitsDamaged or ReplicaFault.StoreDamaged or ReplicaFault.LeaderReplaced => ExitCorrupt,
        ReplicaFault.LimitsDiffer or ReplicaFault.StoreForeign or ReplicaFault.StoreLocked => ExitUsage,
        ReplicaFault.KeyMissing or ReplicaFault.KeyUnreadable or ReplicaFault.KeyInvalid
            or ReplicaFault.KeyExposed => ExitKey,
        ReplicaFault.NoSpace => ExitNoSpace,
        ReplicaFault.SyncFailed => ExitSync,
        _ => ExitBug,
    };
}

using Disruptor;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway;

/// <summary>
/// How far the engine is, and what it waits for, in one padded word. Written by the engine agent after it has shown the
/// events of the command; read by ingress and egress. One word, so that a reader never pairs a command with the flags of
/// another.
/// </summary>
public sealed class EngineProgress
{
    private const int FlagBits = 2;
    private const long PendingFlag = 1;
    private const long RiskFlag = 2;

    private readonly Sequence _packed;

    public EngineProgress(CommandSequence applied, bool hasPendingWork, bool isRiskOutstanding) =>
        _packed = new Sequence(Pack(applied, hasPendingWork, isRiskOutstanding));

    /// <summary>The present status, read with acquire: the events of every applied command are visible after it.</summary>
    public EngineStatus Read() => Unpack(_packed.Value);

    public void Write(CommandSequence applied, bool hasPendingWork, bool isRiskOutstanding) =>
        _packed.SetValue(Pack(applied, hasPendingWork, isRiskOutstanding));

    private static long Pack(CommandSequence applied, bool hasPendingWork, bool isRiskOutstanding) =>
        (applied.Value << FlagBits) | (hasPendingWork ? PendingFlag : 0) | (isRiskOutstanding ? RiskFlag : 0);

    private static EngineStatus Unpack(long packed) =>
        new(new CommandSequence(packed >> FlagBits), (packed & PendingFlag) != 0, (packed & RiskFlag) != 0);
}

/// <summary>What the engine says of itself after a command.</summary>
/// <param name="Applied">The last command that it applied.</param>
/// <param name="HasPendingWork">Work is left that the next commands perform.</param>
/// <param name="IsRiskOutstanding">Some underlying waits for its risk marker.</param>
public readonly record struct EngineStatus(CommandSequence Applied, bool HasPendingWork, bool IsRiskOutstanding);

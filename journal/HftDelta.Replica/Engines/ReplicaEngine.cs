using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Faults;

namespace HftDelta.Replica.Engines;

/// <summary>
/// The very engine that the leader runs, with memory for its events that nobody reads. Where the leader's risk worker sent a
/// marker this one computes the same results from the same frozen inputs and compares. Owner: one thread.
/// </summary>
public sealed unsafe class ReplicaEngine : IDisposable
{
    private readonly NativeSlab<RecordSlot> _slots;

    public ReplicaEngine(EngineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        Limits = limits;
        _slots = new NativeSlab<RecordSlot>(limits.OutboundRingSlotsMin);
        var writer = new EventWriter(_slots.Pointer, limits.OutboundRingSlotsMin, limits.EventSlotsPerCommand);
        Processor = new CommandProcessor(limits, writer);
    }

    public EngineLimits Limits { get; }

    public CommandProcessor Processor { get; }

    /// <exception cref="ReplicaException">It computes something else than the leader, or cannot apply the record.</exception>
    public void Apply(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        try
        {
            Processor.Apply(in envelope, frame);
        }
        catch (StateDivergenceException difference)
        {
            throw new ReplicaException(
                ReplicaFault.StateDiverged,
                $"at command {envelope.Sequence} component RiskResults differs from the leader's: "
                + $"{difference.Message.TrimEnd('.')}; nothing of it was signed",
                "keep both machines' journals and report it; one of them computes wrongly",
                difference)
            {
                Sequence = new CommandSequence(envelope.Sequence),
                Component = "RiskResults",
            };
        }
        catch (Exception cause)
        {
            throw new ReplicaException(
                ReplicaFault.EngineStopped,
                $"the replica's engine stopped at command {envelope.Sequence}, which the leader applied: {cause.Message}",
                "keep the journal and report it",
                cause)
            {
                Sequence = new CommandSequence(envelope.Sequence),
            };
        }
    }

    public void Dispose()
    {
        Processor.Dispose();
        _slots.Dispose();
    }
}

using Disruptor;
using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Pipeline;

/// <summary>
/// The engine and the ring that it writes its events into. Used by one thread: the engine agent's, or that of a replay, for
/// which the ring is only memory that nobody reads.
/// </summary>
public sealed unsafe class EngineHost : IDisposable
{
    private readonly UnmanagedRingBufferMemory _memory;
    private readonly SingleProducerSequencer _sequencer;

    /// <param name="limits">Capacities, the same for every replay of a journal.</param>
    /// <param name="outboundSlots">Slots of the ring, a power of two; the smallest legal number when it is below that.</param>
    public EngineHost(EngineLimits limits, int outboundSlots = 0)
    {
        ArgumentNullException.ThrowIfNull(limits);
        Limits = limits;
        var slots = Math.Max(outboundSlots, limits.OutboundRingSlotsMin);
        _memory = RingMemory.Allocate(slots);
        _sequencer = new SingleProducerSequencer(slots, new YieldingWaitStrategy());
        Outbound = new UnmanagedRingBuffer<RecordSlot>(_memory.PointerToFirstEvent, RecordSlots.SlotBytes, _sequencer);
        Writer = new EventWriter((RecordSlot*)_memory.PointerToFirstEvent, slots, limits.EventSlotsPerCommand);
        Processor = new CommandProcessor(limits, Writer);
    }

    public EngineLimits Limits { get; }

    /// <summary>Read its view only where nobody applies: when the venue stands still or has stopped.</summary>
    public CommandProcessor Processor { get; }

    public UnmanagedRingBuffer<RecordSlot> Outbound { get; }

    internal EventWriter Writer { get; }

    /// <summary>Slots that must be free before a command begins.</summary>
    internal int SlotsNeeded => Limits.EventSlotsPerCommand + EventWriter.PaddingSlotsMax;

    /// <exception cref="EngineStoppedException">An invariant broke, or two computations differ.</exception>
    public void Apply(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        try
        {
            Processor.Apply(in envelope, frame);
        }
        catch (Exception cause)
        {
            HftDeltaSchema.TryPeekHeader(frame, out var header);
            throw new EngineStoppedException(new CommandSequence(envelope.Sequence), header.TemplateId, cause);
        }
    }

    /// <summary>
    /// After a replay: the ring begins where the writer stands, so that what the replay wrote is nobody's to read. Before
    /// anybody reads the ring.
    /// </summary>
    internal void BeginRing() => ShowEvents();

    /// <summary>
    /// In a replay: what was written is shown to a reader on the same thread, which reads it before the next command.
    /// </summary>
    internal void ShowEvents()
    {
        if (Writer.NextSlot > 0)
        {
            _sequencer.Claim(Writer.NextSlot - 1);
            _sequencer.Publish(Writer.NextSlot - 1);
        }
    }

    public void Dispose()
    {
        Processor.Dispose();
        _memory.Dispose();
    }
}

using HftDelta.Perf.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Micro;

/// <summary>
/// Encoded commands applied by a core over plain memory, made anew for each run because requests are numbered; floor: the copy
/// of frames as long.
/// </summary>
internal abstract class CoreWork : MicroWork
{
    private const int FloorSlots = 4_096;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    private readonly byte[] _frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly byte[] _slots = new byte[FloorSlots * FlowCommand.FrameLengthMaxBytes];
    private int _floorSlot;

    protected CoreWork()
    {
        Engine = new BareEngine(FlowMarket.Limits, Begin);
        FlowMaker.SetUp(Engine, Begin);
    }

    public override void RunFloor()
    {
        for (var operation = 0; operation < Operations; operation++)
        {
            _floorSlot = (_floorSlot + 1) % FloorSlots;
            _frame.AsSpan(0, FlowCommand.FrameLengthMaxBytes)
                .CopyTo(_slots.AsSpan(_floorSlot * FlowCommand.FrameLengthMaxBytes));
        }
    }

    public override void Dispose()
    {
        Engine.Dispose();
        base.Dispose();
    }

    protected BareEngine Engine { get; }

    protected Span<byte> Frame => _frame;

    protected void Apply(RecordSource source, SessionHandle session, int lengthBytes)
    {
        Engine.Apply(source, session, _frame.AsSpan(0, lengthBytes));
        _frame.AsSpan(0, lengthBytes).Clear();
    }

    protected static void CheckSound(in Engine.VenueView view) => Check.That(view.ConservationError == default);
}

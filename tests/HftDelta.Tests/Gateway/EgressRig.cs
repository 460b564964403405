using Disruptor;
using HftDelta.Gateway;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Tests.Gateway;

/// <summary>An egress agent on real rings, with the test in the place of the engine, the journal and the clients.</summary>
internal sealed unsafe class EgressRig
{
    private readonly UnmanagedRingBuffer<RecordSlot> _outbound;

    public EgressRig(LatencyStamps? stamps = null)
    {
        _outbound = RecordRings.Make(128);
        Store = new RecordedStore(this);
        Agent = new EgressAgent(new EgressWiring
        {
            Outbound = _outbound,
            Engine = Engine,
            Durable = Durable,
            SafeAtStart = CommandSequence.None,
            SafeCursor = Store,
            Connections = Connections,
            Answers = Answers,
            SafeAnswers = SafeAnswers,
            Store = Sessions,
            Clock = Clock,
            SessionStates = SessionStates,
            RiskInputs = RiskInputs,
            HashPoints = HashPoints,
            Counters = Counters,
            Stamps = stamps,
        });
    }

    public EgressAgent Agent { get; }

    public RecordedStore Store { get; }

    public Sequence Durable { get; } = new(0);

    public EngineProgress Engine { get; } = new(CommandSequence.None, false, false);

    public ConnectionTable Connections { get; } = new(16);

    public AnswerRing Answers { get; } = new(64);

    public AnswerRing SafeAnswers { get; } = new(64);

    public SessionStore Sessions { get; } = new(16);

    public VirtualNanoClock Clock { get; } = new(new TimeNanos(1_000));

    public FrameRing SessionStates { get; } = new(64);

    public FrameRing RiskInputs { get; } = new(64);

    public FrameRing HashPoints { get; } = new(64);

    public EgressCounters Counters { get; } = new((name, label, unit) => Counter.Detached(name, label, unit));

    public ConnectionOutput Connect(
        uint session, ConnectionInterests interests = ConnectionInterests.None, int slots = 64)
    {
        var output = new ConnectionOutput(new FrameRing(slots), new SessionHandle(session), interests);
        Connections.Add(output);
        return output;
    }

    /// <summary>The engine applies a command and emits one event.</summary>
    public void Emit(long command, RecordSource source, byte[] frame, uint session = 0)
    {
        var sequence = _outbound.Next(RecordSlots.For(frame.Length)) - RecordSlots.For(frame.Length) + 1;
        ref var slot = ref _outbound[sequence];
        slot.Envelope = new RecordEnvelope
        {
            Sequence = command,
            Source = source,
            SessionHandle = session,
            Length = (ushort)frame.Length,
        };
        fixed (RecordSlot* start = &slot)
        {
            frame.CopyTo(new Span<byte>((byte*)start + RecordEnvelope.LengthBytes, frame.Length));
        }

        _outbound.Publish(sequence + RecordSlots.For(frame.Length) - 1);
        Engine.Write(new CommandSequence(command), false, false);
    }

    public void EmitReport(long command, uint session) => Emit(command, RecordSource.Report, Report(command), session);

    public static byte[] Report(long command)
    {
        var frame = new byte[OrderAcceptedDecoder.FrameLength];
        OrderAcceptedEncoder.Wrap(frame).SetOrderId((ulong)command);
        return frame;
    }

    public static byte[] Trade()
    {
        var frame = new byte[TradeDecoder.FrameLength];
        TradeEncoder.Wrap(frame);
        return frame;
    }

    public static byte[] Internal(ushort templateId)
    {
        var frame = new byte[StateHashPointDecoder.FrameLength];
        switch (templateId)
        {
            case RiskInputsDecoder.TemplateId:
                RiskInputsEncoder.Wrap(frame);
                return frame[..RiskInputsDecoder.FrameLength];
            case SessionStateDecoder.TemplateId:
                SessionStateEncoder.Wrap(frame);
                return frame[..SessionStateDecoder.FrameLength];
            case CashMovedDecoder.TemplateId:
                CashMovedEncoder.Wrap(frame);
                return frame[..CashMovedDecoder.FrameLength];
            default:
                StateHashPointEncoder.Wrap(frame);
                return frame;
        }
    }

    /// <summary>Order ids of the reports, or 0 for what is none.</summary>
    public static List<ulong> Read(FrameRing ring)
    {
        var read = new List<ulong>();
        while (ring.Reader.TryPeek(out var record))
        {
            var isReport = BitConverter.ToUInt16(record.Frame[2..]) == OrderAcceptedDecoder.TemplateId;
            read.Add(isReport ? OrderAcceptedDecoder.Trusted(record.Frame).OrderId : 0);
            ring.Reader.Advance();
        }

        ring.Reader.Release();
        return read;
    }

    /// <summary>Remembers what was stored, and how much had been handed out by then.</summary>
    internal sealed class RecordedStore(EgressRig rig) : SafeCursorStore
    {
        public List<(long Safe, long ReportsOut)> Stored { get; } = [];

        public override void Store(CommandSequence safe) => Stored.Add((safe.Value, rig.Counters.Reports.Value));
    }

    /// <summary>A clock for latency stamps.</summary>
    internal static VirtualNanoClock LatencyClock() => new(new TimeNanos(1));
}

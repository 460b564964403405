using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// The production core driven by hand: numbers commands, keeps them for a replay, and hands every event of the last
/// command to the test. Time is set by the test. One thread.
/// </summary>
public sealed unsafe class EngineHarness : IDisposable
{
    private readonly NativeSlab<RecordSlot> _slots;
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly Dictionary<uint, ulong> _nextRequest = [];
    private readonly Dictionary<int, Stack<EngineEvent>> _spare = [];
    private readonly int _ringSlots;
    private long _sequence;
    private long _readSlot;

    /// <param name="limits">Capacities; <see cref="EngineLimits.Small"/> if null.</param>
    /// <param name="answerRisk">Send the GreeksReady marker after each command that froze inputs.</param>
    public EngineHarness(EngineLimits? limits = null, bool answerRisk = true)
    {
        Limits = limits ?? EngineLimits.Small;
        AnswerRisk = answerRisk;
        _ringSlots = Limits.OutboundRingSlotsMin;
        _slots = new NativeSlab<RecordSlot>(_ringSlots);
        Writer = new EventWriter(_slots.Pointer, _ringSlots, Limits.EventSlotsPerCommand);
        Processor = new CommandProcessor(Limits, Writer);
    }

    public EngineLimits Limits { get; }

    public EventWriter Writer { get; private set; }

    public CommandProcessor Processor { get; private set; }

    public VenueView View => Processor.View;

    public bool AnswerRisk { get; set; }

    /// <summary>Remember commands for <see cref="Replay"/>; false for runs too long for that.</summary>
    public bool KeepsCommands { get; init; } = true;

    /// <summary>Events last only until the next command: their frames are used again.</summary>
    public bool ReusesEvents { get; init; }

    /// <summary>Venue time of the next command; the test moves it.</summary>
    public ulong TimeNanos { get; set; } = 1_700_000_000_000_000_000;

    /// <summary>Every command so far: envelope and frame.</summary>
    public List<(RecordEnvelope Envelope, byte[] Frame)> Commands { get; } = [];

    /// <summary>Events of the last command that the test sent, in order.</summary>
    public List<EngineEvent> Events { get; } = [];

    /// <summary>The most slots that one command filled so far.</summary>
    public int SlotsMost { get; private set; }

    public Span<byte> Buffer => _buffer;

    /// <summary>Applies an internal command that stands in <see cref="Buffer"/>.</summary>
    public void SendInternal(int lengthBytes, RecordSource source = RecordSource.Operator)
    {
        ClearEvents();
        Apply(source, 0, _buffer.AsSpan(0, lengthBytes));
        while (AnswerRisk && TryFindRiskInputs(out var underlying, out var inputSequence))
        {
            SendGreeksReady(underlying, inputSequence);
        }
    }

    /// <summary>Applies a request that stands in <see cref="Buffer"/>, with the session's next sequence number.</summary>
    public void SendRequest(uint session, int lengthBytes, ulong deadline = 0)
    {
        ClearEvents();
        var sequence = _nextRequest.GetValueOrDefault(session, 1UL);
        _nextRequest[session] = sequence + 1;
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(8)).SetSessionHandle(session).SetSequence(sequence)
            .SetSendingTime(TimeNanos).SetDeadline(deadline);
        Apply(RecordSource.Client, session, _buffer.AsSpan(0, lengthBytes));
        while (AnswerRisk && TryFindRiskInputs(out var underlying, out var inputSequence))
        {
            SendGreeksReady(underlying, inputSequence);
        }
    }

    /// <summary>Sends clock ticks until no pending work is left.</summary>
    public int DrainPendingWork(int ticksMax = 100_000)
    {
        var ticks = 0;
        for (; Processor.HasPendingWork; ticks++)
        {
            Check.That(ticks < ticksMax);
            var collected = Events.ToArray();
            Events.Clear();
            Tick(TickReason.PendingWork);
            Events.InsertRange(0, collected);
        }

        return ticks;
    }

    public void Tick(TickReason reason = TickReason.Quiet) =>
        SendInternal(ClockTickEncoder.Wrap(_buffer).SetReason(reason).EncodedLength, RecordSource.Sequencer);

    /// <summary>Replaces what the kernel computed before the marker is sent, as a faulty worker would; null does not.</summary>
    public Func<uint, Hash256>? CorruptRisk { get; set; }

    /// <summary>Computes the frozen inputs and sends the marker.</summary>
    public void SendGreeksReady(uint underlying, ulong inputSequence)
    {
        var hash = Processor.Risk.Compute(new UnderlyingId(underlying), new CommandSequence((long)inputSequence));
        hash = CorruptRisk?.Invoke(underlying) ?? hash;
        var message = GreeksReadyEncoder.Wrap(_buffer).SetUnderlyingId(underlying).SetInputSequence(inputSequence);
        message.ResultHash.SetWord0(hash.Word0).SetWord1(hash.Word1).SetWord2(hash.Word2).SetWord3(hash.Word3);
        Apply(RecordSource.Risk, 0, _buffer.AsSpan(0, message.EncodedLength));
    }

    /// <summary>The same commands into a second engine.</summary>
    public EngineHarness Replay(EngineLimits? limits = null)
    {
        var replay = new EngineHarness(limits ?? Limits, answerRisk: false);
        foreach (var (envelope, frame) in Commands)
        {
            replay.Apply(envelope, frame);
        }

        return replay;
    }

    /// <summary>Stops the engine and starts another one from what was sequenced so far. Events of before are gone.</summary>
    public void Restart()
    {
        Processor.Dispose();
        Writer = new EventWriter(_slots.Pointer, _ringSlots, Limits.EventSlotsPerCommand);
        Processor = new CommandProcessor(Limits, Writer);
        _readSlot = 0;
        foreach (var (envelope, frame) in Commands)
        {
            Apply(envelope, frame);
            ClearEvents();
        }
    }

    public void Apply(in RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        _sequence = envelope.Sequence;
        var before = Writer.NextSlot;
        Processor.Apply(in envelope, frame);
        var used = (int)(Writer.NextSlot - before);
        SlotsMost = used > SlotsMost ? used : SlotsMost;
        Collect();
    }

    public void Dispose()
    {
        Processor.Dispose();
        _slots.Dispose();
    }

    private void Apply(RecordSource source, uint session, ReadOnlySpan<byte> frame)
    {
        var envelope = new RecordEnvelope
        {
            Sequence = _sequence + 1,
            TimeNanos = TimeNanos,
            Term = 1,
            SessionHandle = session,
            Length = (ushort)frame.Length,
            Source = source,
        };
        if (KeepsCommands)
        {
            Commands.Add((envelope, frame.ToArray()));
        }

        Apply(envelope, frame);
    }

    private void Collect()
    {
        while (_readSlot < Writer.NextSlot)
        {
            var slot = _slots.Pointer + (_readSlot & (_ringSlots - 1));
            if (slot->Envelope.Source == RecordSource.Padding)
            {
                _readSlot += _ringSlots - (_readSlot & (_ringSlots - 1));
                continue;
            }

            var frame = new ReadOnlySpan<byte>((byte*)slot + RecordEnvelope.LengthBytes, slot->Envelope.Length);
            Events.Add(Event(slot->Envelope, frame));
            _readSlot += RecordSlots.For(slot->Envelope.Length);
        }
    }

    private EngineEvent Event(in RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        if (!_spare.TryGetValue(frame.Length, out var spare) || !spare.TryPop(out var record))
        {
            return new EngineEvent(envelope, frame.ToArray());
        }

        record.Envelope = envelope;
        record.IsAnswered = false;
        frame.CopyTo(record.Frame);
        return record;
    }

    private void ClearEvents()
    {
        foreach (var record in ReusesEvents ? Events : [])
        {
            if (!_spare.TryGetValue(record.Frame.Length, out var spare))
            {
                _spare.Add(record.Frame.Length, spare = []);
            }

            spare.Push(record);
        }

        Events.Clear();
    }

    private bool TryFindRiskInputs(out uint underlying, out ulong inputSequence)
    {
        for (var index = Events.Count - 1; index >= 0; index--)
        {
            if (Events[index].SchemaId == RiskInputsDecoder.SchemaId &&
                Events[index].TemplateId == RiskInputsDecoder.TemplateId &&
                !Events[index].IsAnswered)
            {
                Events[index].IsAnswered = true;
                var inputs = RiskInputsDecoder.Trusted(Events[index].Frame);
                underlying = inputs.UnderlyingId;
                inputSequence = inputs.InputSequence;
                return true;
            }
        }

        underlying = 0;
        inputSequence = 0;
        return false;
    }
}

/// <summary>One event as it stood in the outbound ring.</summary>
public sealed class EngineEvent(RecordEnvelope envelope, byte[] frame)
{
    public RecordEnvelope Envelope { get; internal set; } = envelope;

    public byte[] Frame => frame;

    public ushort TemplateId => BitConverter.ToUInt16(frame, 2);

    public ushort SchemaId => BitConverter.ToUInt16(frame, 4);

    /// <summary>The harness has sent the marker that this event asks for.</summary>
    public bool IsAnswered { get; set; }
}

using HftDelta.Engine.Output;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.InProcess;

/// <summary>
/// The whole core in the caller's own process, for research and simulation: no gateway, journal, thread or clock. The caller
/// encodes a command into <see cref="Buffer"/>, sends it, and reads its events; time is what the caller sets. It does what the
/// venue's sequencer and risk worker do: it numbers commands and requests, and computes at once what a command asks of risk.
/// The same commands at the same times give the same events and hashes as in a venue. Owner: the calling thread.
/// </summary>
public sealed unsafe class InProcessEngine : IDisposable
{
    /// <summary>Room for the events of a command and of the risk results that follow it.</summary>
    private const int CommandsInRing = 16;

    private readonly NativeSlab<RecordSlot> _slots;
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly ulong[] _nextRequest;
    private readonly EngineLimits _limits;
    private readonly int _ringSlots;
    private readonly EventWriter _writer;
    private readonly CommandProcessor _processor;
    private long _readSlot;
    private long _riskSlot;

    /// <param name="limits">Capacities; a journal is repeated with the same.</param>
    public InProcessEngine(EngineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        _ringSlots = limits.OutboundRingSlotsMin / 4 * CommandsInRing;
        _slots = new NativeSlab<RecordSlot>(_ringSlots);
        _writer = new EventWriter(_slots.Pointer, _ringSlots, limits.EventSlotsPerCommand);
        _processor = new CommandProcessor(limits, _writer);
        _nextRequest = new ulong[limits.Sessions];
        Array.Fill(_nextRequest, 1UL);
    }

    /// <summary>Where the caller encodes the next command. It is zero after each, so what is not set is 0.</summary>
    public Span<byte> Buffer => _buffer;

    /// <summary>The time of the next command, not before that of the last.</summary>
    public TimeNanos Time { get; set; }

    /// <summary>Reads the state between commands.</summary>
    public VenueView View => _processor.View;

    /// <summary>Work is left that the next commands do; <see cref="Tick"/> is one that does nothing else.</summary>
    public bool HasPendingWork => _processor.HasPendingWork;

    /// <summary>The hash of the whole state.</summary>
    public Hash256 StateHash => _processor.StateHash();

    /// <summary>The running hash over all commands and events.</summary>
    public Hash256 HistoryHash => _processor.HistoryHash;

    /// <summary>Applies a client's request. Its header (session, sequence, time) is filled in here.</summary>
    /// <param name="session">A session that was opened.</param>
    /// <param name="lengthBytes">Of the request in <see cref="Buffer"/>.</param>
    public void SendRequest(SessionHandle session, int lengthBytes)
    {
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(NewOrderSingleDecoder.HeaderLength)).SetSessionHandle(session.Value)
            .SetSequence(_nextRequest[session.Value]++).SetSendingTime(Time.Value).SetDeadline(0);
        Send(RecordSource.Client, session.Value, lengthBytes);
    }

    /// <summary>Applies an operator's command.</summary>
    /// <param name="lengthBytes">Of the command in <see cref="Buffer"/>.</param>
    public void SendOperator(int lengthBytes) => Send(RecordSource.Operator, 0, lengthBytes);

    /// <summary>Lets time pass: what fell due by <see cref="Time"/> happens, and pending work goes on.</summary>
    public void Tick() =>
        Send(RecordSource.Sequencer, 0, ClockTickEncoder.Wrap(_buffer).SetReason(TickReason.Quiet).EncodedLength);

    /// <summary>The next event since the last command was sent. A later command overwrites the frame.</summary>
    public bool TryReadEvent(out RecordEnvelope envelope, out ReadOnlySpan<byte> frame) =>
        TryRead(ref _readSlot, out envelope, out frame);

    public void Dispose()
    {
        _processor.Dispose();
        _slots.Dispose();
    }

    private void Send(RecordSource source, uint session, int lengthBytes)
    {
        _readSlot = _writer.NextSlot;
        Apply(source, session, _buffer.AsSpan(0, lengthBytes));
        _buffer.AsSpan(0, lengthBytes).Clear();
        AnswerRisk();
    }

    private void Apply(RecordSource source, uint session, ReadOnlySpan<byte> frame)
    {
        var envelope = new RecordEnvelope
        {
            Sequence = _processor.LastSequence.Value + 1,
            TimeNanos = Time.Value,
            Term = 1,
            SessionHandle = session,
            Length = (ushort)frame.Length,
            Source = source,
        };
        _processor.Apply(in envelope, frame);
    }

    /// <summary>Computes what the last commands asked for and sends the result, which may ask again.</summary>
    private void AnswerRisk()
    {
        Span<byte> answer = stackalloc byte[RecordEnvelope.FrameLengthMaxBytes];
        while (TryRead(ref _riskSlot, out _, out var frame))
        {
            var known = HftDeltaSchema.TryPeekHeader(frame, out var header);
            Check.That(known);
            if (header.SchemaId != RiskInputsDecoder.SchemaId || header.TemplateId != RiskInputsDecoder.TemplateId) continue;
            var inputs = RiskInputsDecoder.Trusted(frame);
            var (underlying, sequence) = (inputs.UnderlyingId, inputs.InputSequence);
            var hash = _processor.Risk.Compute(new UnderlyingId(underlying), new CommandSequence((long)sequence));
            var message = GreeksReadyEncoder.Wrap(answer).SetUnderlyingId(underlying).SetInputSequence(sequence);
            message.ResultHash.SetWord0(hash.Word0).SetWord1(hash.Word1).SetWord2(hash.Word2).SetWord3(hash.Word3);
            KeepRoom();
            Apply(RecordSource.Risk, 0, answer[..message.EncodedLength]);
        }
    }

    /// <summary>The oldest events give way when a command has more consequences than the ring holds.</summary>
    private void KeepRoom()
    {
        var oldest = _writer.NextSlot + _limits.EventSlotsPerCommand + EventWriter.PaddingSlotsMax - _ringSlots;
        Check.That(_riskSlot >= oldest);
        while (_readSlot < oldest && TryRead(ref _readSlot, out _, out _))
        {
        }
    }

    private bool TryRead(ref long slot, out RecordEnvelope envelope, out ReadOnlySpan<byte> frame)
    {
        while (slot < _writer.NextSlot)
        {
            var record = _slots.Pointer + (slot & (_ringSlots - 1));
            envelope = record->Envelope;
            if (envelope.Source == RecordSource.Padding)
            {
                slot += _ringSlots - (slot & (_ringSlots - 1));
                continue;
            }

            frame = new ReadOnlySpan<byte>((byte*)record + RecordEnvelope.LengthBytes, envelope.Length);
            slot += RecordSlots.For(envelope.Length);
            return true;
        }

        envelope = default;
        frame = default;
        return false;
    }
}

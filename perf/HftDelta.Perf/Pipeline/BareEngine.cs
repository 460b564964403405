using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Pipeline;

/// <summary>Sees every command before it is applied.</summary>
internal delegate void CommandRecorder(in RecordEnvelope envelope, ReadOnlySpan<byte> frame);

/// <summary>
/// The core over plain memory: no ring, no journal, no other thread. It numbers commands and lets a microsecond of venue time
/// pass with each. One thread.
/// </summary>
internal sealed unsafe class BareEngine : IDisposable
{
    private const ulong NanosPerCommand = 1_000;

    private readonly NativeSlab<RecordSlot> _slots;
    private readonly EventWriter _writer;
    private readonly ulong _beginNanos;
    private long _sequence;
    private long _readSlot;

    public BareEngine(EngineLimits limits, TimeNanos begin)
    {
        _slots = new NativeSlab<RecordSlot>(limits.OutboundRingSlotsMin);
        _writer = new EventWriter(_slots.Pointer, _slots.Capacity, limits.EventSlotsPerCommand);
        _beginNanos = begin.Value;
        Processor = new CommandProcessor(limits, _writer);
    }

    public CommandProcessor Processor { get; }

    public CommandRecorder? Recorder { get; init; }

    public void Apply(RecordSource source, SessionHandle session, ReadOnlySpan<byte> frame)
    {
        var envelope = new RecordEnvelope
        {
            Sequence = ++_sequence,
            TimeNanos = _beginNanos + ((ulong)_sequence * NanosPerCommand),
            Term = 1,
            SessionHandle = session.Value,
            Length = (ushort)frame.Length,
            Source = source,
        };
        Recorder?.Invoke(in envelope, frame);
        Processor.Apply(in envelope, frame);
    }

    /// <summary>Forgets the events so far.</summary>
    public void SkipEvents() => _readSlot = _writer.NextSlot;

    /// <summary>The next event that was not read or skipped. The ring holds those of four commands at least.</summary>
    public bool TryReadEvent(out RecordSource source, out ReadOnlySpan<byte> frame)
    {
        Check.That(_writer.NextSlot - _readSlot <= _slots.Capacity);
        while (_readSlot < _writer.NextSlot)
        {
            var slot = _slots.Pointer + (_readSlot & (_slots.Capacity - 1));
            source = slot->Envelope.Source;
            if (source != RecordSource.Padding)
            {
                frame = new ReadOnlySpan<byte>((byte*)slot + RecordEnvelope.LengthBytes, slot->Envelope.Length);
                _readSlot += RecordSlots.For(frame.Length);
                return true;
            }

            _readSlot += _slots.Capacity - (_readSlot & (_slots.Capacity - 1));
        }

        source = default;
        frame = default;
        return false;
    }

    public void Dispose()
    {
        Processor.Dispose();
        _slots.Dispose();
    }
}

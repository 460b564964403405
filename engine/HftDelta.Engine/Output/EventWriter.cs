using System.Runtime.Intrinsics.X86;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Output;

/// <summary>
/// Writes the events of one command into slots of a ring, in place. It knows the memory, not the ring: whoever owns the
/// ring proves before each command that <see cref="EngineLimits.EventSlotsPerCommand"/> and <see cref="PaddingSlotsMax"/>
/// slots after <see cref="NextSlot"/> are free, and publishes up to it afterwards.
/// Owner: the engine agent. Invariants: a command never writes past its budget; every event is contiguous. Padding is not
/// charged to the budget: how much a command does may not depend on where in which ring it writes.
/// Bounds: a slot index is masked by the ring's size, and padding keeps each record before the ring's end.
/// </summary>
public sealed unsafe class EventWriter
{
    private const int SlotsAhead = 8;

    private readonly RecordSlot* _slots;
    private readonly int _ringSlots;
    private readonly int _slotsPerCommand;
    private RunningHash _history;
    private RecordEnvelope* _open;
    private int _openLengthMaxBytes;
    private long _commandStart;
    private long _foldedSlot;
    private int _paddedSlots;
    private long _sequence;
    private ulong _timeNanos;
    private uint _term;

    /// <param name="slots">Memory of the ring, <paramref name="ringSlots"/> x 128 bytes.</param>
    /// <param name="ringSlots">A power of two, at least four times <paramref name="slotsPerCommand"/>.</param>
    /// <param name="slotsPerCommand">The budget of one command.</param>
    public EventWriter(RecordSlot* slots, int ringSlots, int slotsPerCommand)
    {
        if (!int.IsPow2(ringSlots) || ringSlots < (long)slotsPerCommand * 4)
        {
            throw new ArgumentException(
                $"an outbound ring of {ringSlots} slots cannot hold four commands of {slotsPerCommand} slots each");
        }

        _slots = slots;
        _ringSlots = ringSlots;
        _slotsPerCommand = slotsPerCommand;
    }

    /// <summary>The most padding in one command, in slots: its budget is a quarter of the ring, so it wraps once.</summary>
    public const int PaddingSlotsMax = RecordSlots.PerRecordMax - 1;

    /// <summary>The slot that the next event starts in; everything before it is written.</summary>
    public long NextSlot { get; private set; }

    /// <summary>Slots that the present command has filled, padding included.</summary>
    public int UsedSlots => (int)(NextSlot - _commandStart);

    /// <summary>The running hash over every command and event so far.</summary>
    public Hash256 HistoryHash
    {
        get
        {
            FoldEvents();
            return _history.Value;
        }
    }

    /// <summary>Whether the present command may fill as many slots more and still leave <paramref name="reserved"/>.</summary>
    public bool HasRoom(int slots, int reserved) => ChargedSlots + slots + reserved <= _slotsPerCommand;

    private int ChargedSlots => UsedSlots - _paddedSlots;

    internal void BeginCommand(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        FoldEvents();
        _commandStart = NextSlot;
        _paddedSlots = 0;
        _sequence = envelope.Sequence;
        _timeNanos = envelope.TimeNanos;
        _term = envelope.Term;
        fixed (RecordEnvelope* head = &envelope)
        {
            _history.Fold(new ReadOnlySpan<byte>(head, RecordEnvelope.ChecksummedBytes));
        }

        _history.Fold(frame);
    }

    /// <summary>Room for one frame of at most <paramref name="lengthMaxBytes"/>; <see cref="Commit"/> ends it.</summary>
    internal Span<byte> Open(int lengthMaxBytes)
    {
        Check.That(_open == null);
        Check.That((uint)lengthMaxBytes <= RecordEnvelope.FrameLengthMaxBytes);
        var slots = RecordSlots.For(lengthMaxBytes);
        var padding = RecordSlots.PaddingBefore(NextSlot, slots, _ringSlots);
        Check.That(ChargedSlots + slots <= _slotsPerCommand);
        if (padding > 0)
        {
            At(NextSlot)->Envelope = new RecordEnvelope { Source = RecordSource.Padding };
            NextSlot += padding;
            _paddedSlots += padding;
        }

        _open = &At(NextSlot)->Envelope;
        _openLengthMaxBytes = lengthMaxBytes;
        return new Span<byte>((byte*)_open + RecordEnvelope.LengthBytes, lengthMaxBytes);
    }

    /// <summary>Ends the open event, of <paramref name="lengthBytes"/>; the source says where it goes.</summary>
    /// <returns>The frame as written.</returns>
    internal ReadOnlySpan<byte> Commit(int lengthBytes, RecordSource source, SessionHandle session)
    {
        Check.That(_open != null);
        Check.That((uint)lengthBytes <= (uint)_openLengthMaxBytes);
        *_open = new RecordEnvelope
        {
            Sequence = _sequence,
            TimeNanos = _timeNanos,
            Term = _term,
            SessionHandle = session.Value,
            Length = (ushort)lengthBytes,
            Source = source,
        };
        var frame = new ReadOnlySpan<byte>((byte*)_open + RecordEnvelope.LengthBytes, lengthBytes);
        NextSlot += RecordSlots.For(lengthBytes);
        _open = null;
        PrefetchSlot(NextSlot + SlotsAhead);
        return frame;
    }

    /// <summary>
    /// Events are folded when the next command begins, or when the hash is asked for: read back at once, their words would still
    /// be on the way to the cache. Nobody else writes the ring, so they lie there as they were written.
    /// </summary>
    private void FoldEvents()
    {
        while (_foldedSlot < NextSlot)
        {
            var record = At(_foldedSlot);
            if (record->Envelope.Source == RecordSource.Padding)
            {
                _foldedSlot += _ringSlots - (_foldedSlot & (_ringSlots - 1));
                continue;
            }

            int lengthBytes = record->Envelope.Length;
            _history.Fold(new ReadOnlySpan<byte>((byte*)record + RecordEnvelope.LengthBytes, lengthBytes));
            _foldedSlot += RecordSlots.For(lengthBytes);
        }
    }

    /// <summary>A ring is larger than the core's cache: its next slots are asked for before they are written.</summary>
    private void PrefetchSlot(long sequence)
    {
        if (!Sse.IsSupported) return;
        var slot = (byte*)At(sequence);
        Sse.Prefetch0(slot);
        Sse.Prefetch0(slot + (RecordSlots.SlotBytes / 2));
    }

    private RecordSlot* At(long sequence) => _slots + (sequence & (_ringSlots - 1));
}

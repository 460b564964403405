using Disruptor;
using Disruptor.Dsl;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Rings;

/// <summary>
/// Frames from one agent to another within the process, over native memory. One producing thread calls the writing members,
/// one consuming thread calls <see cref="Reader"/>. Never waits: a full ring says so. Owner: whoever wires the two, who
/// disposes it when both have stopped.
/// </summary>
public sealed unsafe class FrameRing : IDisposable
{
    private readonly UnmanagedRingBufferMemory _memory;
    private readonly UnmanagedRingBuffer<RecordSlot> _ring;
    private readonly RecordRingWriter _writer;

    /// <param name="slots">A power of two, at least 32; a frame of up to 96 bytes takes one slot of 128 bytes.</param>
    public FrameRing(int slots)
    {
        _memory = RingMemory.Allocate(slots);
        _ring = new UnmanagedRingBuffer<RecordSlot>(_memory, ProducerType.Single, new YieldingWaitStrategy());
        _writer = new RecordRingWriter(_ring);
        Reader = new RecordRingReader(_ring);
    }

    /// <summary>The consumer's side.</summary>
    public RecordRingReader Reader { get; }

    public int Slots => _ring.BufferSize;

    /// <summary>Slots that hold something not yet given back; for any thread, as of some moment just past.</summary>
    public int UsedSlots => (int)Math.Clamp(_ring.Cursor - Reader.Consumed.Value, 0, _ring.BufferSize);

    /// <summary>Whether everything that was shown has been given back; for any thread.</summary>
    public bool IsEmpty => Reader.Consumed.Value >= _ring.Cursor;

    /// <summary>Whether so many slots are free, padding not counted. The producing thread.</summary>
    public bool HasRoom(int slots) => _ring.HasAvailableCapacity(slots);

    /// <summary>Drops what is in the ring. The consuming thread.</summary>
    public void Clear()
    {
        while (Reader.TryPeek(out _))
        {
            Reader.Advance();
        }

        Reader.Release();
    }

    /// <summary>Copies a frame into the ring and shows it.</summary>
    /// <returns>False, with nothing done, when the ring is full.</returns>
    public bool TryWrite(RecordSource source, SessionHandle session, ReadOnlySpan<byte> frame)
    {
        if (!TryStage(source, session, frame))
        {
            return false;
        }

        Flush();
        return true;
    }

    /// <summary>Copies a frame into the ring; <see cref="Flush"/> shows it together with all others.</summary>
    public bool TryStage(RecordSource source, SessionHandle session, ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frame.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, RecordEnvelope.FrameLengthMaxBytes);
        var record = _writer.TryReserve(frame.Length);
        if (record == null)
        {
            return false;
        }

        *record = new RecordEnvelope { SessionHandle = session.Value, Length = (ushort)frame.Length, Source = source };
        frame.CopyTo(new Span<byte>((byte*)record + RecordEnvelope.LengthBytes, frame.Length));
        _writer.Commit();
        return true;
    }

    /// <summary>Copies a frame under a head of the caller's and shows it; the length is the frame's.</summary>
    /// <returns>False, with nothing done, when the ring is full.</returns>
    internal bool TryWrite(in RecordEnvelope head, ReadOnlySpan<byte> frame)
    {
        var record = _writer.TryReserve(frame.Length);
        if (record == null)
        {
            return false;
        }

        *record = head;
        record->Length = (ushort)frame.Length;
        frame.CopyTo(new Span<byte>((byte*)record + RecordEnvelope.LengthBytes, frame.Length));
        _writer.Commit();
        Flush();
        return true;
    }

    /// <summary>Copies a whole record, envelope included: an event on its way out keeps its sequence and time.</summary>
    public bool TryStage(in RingRecord source)
    {
        var frame = source.Frame;
        var record = _writer.TryReserve(frame.Length);
        if (record == null)
        {
            return false;
        }

        *record = source.Envelope;
        frame.CopyTo(new Span<byte>((byte*)record + RecordEnvelope.LengthBytes, frame.Length));
        _writer.Commit();
        return true;
    }

    /// <summary>
    /// Writes a mark that the sequencer answers when all before it is done (<see cref="Barriers"/>), and shows it.
    /// </summary>
    public bool TryWriteBarrier(BarrierNumber number)
    {
        var record = _writer.TryReserve(0);
        if (record == null)
        {
            return false;
        }

        *record = new RecordEnvelope { Sequence = number.Value, Source = RecordSource.Sequencer };
        _writer.Commit();
        _writer.Publish();
        return true;
    }

    /// <summary>Shows what was staged.</summary>
    public void Flush() => _writer.Publish();

    public void Dispose() => _memory.Dispose();
}

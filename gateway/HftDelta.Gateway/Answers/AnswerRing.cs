using System.Runtime.InteropServices;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Answers;

/// <summary>
/// Answers from ingress to egress, in order. Ingress proves room before it decides on a frame, so none is ever dropped.
/// One writer, the ingress agent; one reader, the egress agent. Owner: whoever wires the two.
/// </summary>
public sealed class AnswerRing : IDisposable
{
    /// <summary>What the decision on one frame may write: two answers of two slots, and padding.</summary>
    private const int RoomSlots = 8;

    /// <summary>The longest frame that an answer carries.</summary>
    private const int FrameLengthMaxBytes = 128;

    private readonly FrameRing _ring;

    /// <param name="slots">A power of two, at least 32.</param>
    public AnswerRing(int slots) => _ring = new FrameRing(slots);

    /// <summary>Whether everything that was asked has been done; for any thread.</summary>
    public bool IsEmpty => _ring.IsEmpty;

    /// <summary>Whether a decision may be taken. The writing thread.</summary>
    internal bool HasRoom => _ring.HasRoom(RoomSlots);

    /// <summary>After <see cref="HasRoom"/>.</summary>
    internal void Write(in Answer answer, ReadOnlySpan<byte> frame = default)
    {
        Check.That(frame.Length <= FrameLengthMaxBytes);
        Span<byte> buffer = stackalloc byte[Answer.LengthBytes + FrameLengthMaxBytes];
        MemoryMarshal.Write(buffer, in answer);
        frame.CopyTo(buffer[Answer.LengthBytes..]);
        var isWritten = _ring.TryWrite(
            RecordSource.Report, new SessionHandle(answer.Session), buffer[..(Answer.LengthBytes + frame.Length)]);
        Check.That(isWritten);
    }

    /// <summary>The next answer, which stays the next until <see cref="Advance"/>. The reading thread.</summary>
    internal bool TryPeek(out Answer answer, out ReadOnlySpan<byte> frame)
    {
        if (!_ring.Reader.TryPeek(out var record))
        {
            answer = default;
            frame = default;
            return false;
        }

        answer = MemoryMarshal.Read<Answer>(record.Frame);
        frame = record.Frame[Answer.LengthBytes..];
        return true;
    }

    internal void Advance() => _ring.Reader.Advance();

    /// <summary>What was moved past is done: whoever waits for an empty ring may go on.</summary>
    internal void Release() => _ring.Reader.Release();

    public void Dispose() => _ring.Dispose();
}

using System.Runtime.CompilerServices;
using HftDelta.Primitives.Records;

namespace HftDelta.Gateway.Rings;

/// <summary>
/// A record where it lies in a ring: nothing is copied. Valid until its reader releases it. What proves the bounds: the ring
/// is native memory and its writer laid the record into consecutive slots that do not wrap (<see cref="RecordSlots"/>).
/// </summary>
public readonly unsafe ref struct RingRecord
{
    private readonly RecordEnvelope* _envelope;

    internal RingRecord(ref RecordSlot slot) => _envelope = (RecordEnvelope*)Unsafe.AsPointer(ref slot);

    public ref readonly RecordEnvelope Envelope => ref *_envelope;

    /// <summary>The SBE frame; empty for a barrier.</summary>
    public ReadOnlySpan<byte> Frame => new((byte*)_envelope + RecordEnvelope.LengthBytes, _envelope->Length);

    /// <summary>A mark of the driver and no frame: see <see cref="FrameRing.TryWriteBarrier"/>.</summary>
    public bool IsBarrier => _envelope->Length == 0;
}

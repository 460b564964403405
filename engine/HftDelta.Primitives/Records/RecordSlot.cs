using System.Runtime.InteropServices;

namespace HftDelta.Primitives.Records;

/// <summary>
/// One slot of a record ring: two cache lines. The first slot of a record begins with its envelope; the frame follows and
/// runs on into the next slots (see <see cref="RecordSlots"/>).
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = RecordSlots.SlotBytes)]
public struct RecordSlot
{
    [FieldOffset(0)] public RecordEnvelope Envelope;
}

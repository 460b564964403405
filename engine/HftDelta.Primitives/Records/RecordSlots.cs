namespace HftDelta.Primitives.Records;

/// <summary>
/// How records lie in a ring of fixed slots: consecutive slots, contiguous in memory, so a record that would cross the
/// ring's end is preceded by padding that fills the slots up to it. Pure arithmetic; the ring itself belongs to its owner.
/// </summary>
public static class RecordSlots
{
    /// <summary>Bytes of one slot: two cache lines, the unit that neighbouring cores prefetch.</summary>
    public const int SlotBytes = 128;

    /// <summary>The most slots that one record takes.</summary>
    public const int PerRecordMax = (RecordEnvelope.LengthBytes + RecordEnvelope.FrameLengthMaxBytes + SlotBytes - 1) / SlotBytes;

    /// <summary>Slots of a record whose frame has this many bytes.</summary>
    public static int For(int frameLengthBytes) =>
        (RecordEnvelope.LengthBytes + frameLengthBytes + SlotBytes - 1) / SlotBytes;

    /// <summary>Slots of padding before a record of so many slots may start at <paramref name="sequence"/>.</summary>
    public static int PaddingBefore(long sequence, int slots, int ringSlots)
    {
        var toEnd = ringSlots - (int)(sequence & (ringSlots - 1));
        return slots <= toEnd ? 0 : toEnd;
    }
}

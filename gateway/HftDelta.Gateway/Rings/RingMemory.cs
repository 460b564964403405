using Disruptor;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Memory;
using Microsoft.Win32.SafeHandles;

namespace HftDelta.Gateway.Rings;

/// <summary>
/// Memory for the slots of a ring of records. A large ring lies on pages of its own, huge ones where the system gives them,
/// all present before the first record; a small one where there is room.
/// </summary>
public static class RingMemory
{
    private const int LargeBytes = 1 << 20;

    /// <param name="slots">A power of two.</param>
    public static unsafe UnmanagedRingBufferMemory Allocate(int slots)
    {
        if ((long)slots * RecordSlots.SlotBytes < LargeBytes)
        {
            return UnmanagedRingBufferMemory.Allocate(slots, RecordSlots.SlotBytes);
        }

        var region = new NativeRegion((long)slots * RecordSlots.SlotBytes, NativeRegionWishes.HotPath);
        return new UnmanagedRingBufferMemory(new RegionHandle(region), padding: 0, slots, RecordSlots.SlotBytes);
    }

    private sealed unsafe class RegionHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        private readonly NativeRegion _region;

        public RegionHandle(NativeRegion region)
            : base(ownsHandle: true)
        {
            _region = region;
            SetHandle((nint)region.Pointer);
        }

        protected override bool ReleaseHandle()
        {
            _region.Dispose();
            return true;
        }
    }
}

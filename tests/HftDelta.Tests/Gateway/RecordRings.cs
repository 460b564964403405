using System.Runtime.CompilerServices;
using Disruptor;
using Disruptor.Dsl;
using HftDelta.Primitives.Records;

namespace HftDelta.Tests.Gateway;

/// <summary>
/// Rings of records with one producer. Their memory lives as long as they do, which Disruptor-net leaves to the caller.
/// </summary>
internal static class RecordRings
{
    private static readonly ConditionalWeakTable<object, UnmanagedRingBufferMemory> Kept = [];

    public static UnmanagedRingBuffer<RecordSlot> Make(int slots)
    {
        var memory = UnmanagedRingBufferMemory.Allocate(slots, RecordSlots.SlotBytes);
        var ring = new UnmanagedRingBuffer<RecordSlot>(memory, ProducerType.Single, new YieldingWaitStrategy());
        Kept.Add(ring, memory);
        return ring;
    }
}

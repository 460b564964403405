using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Rings;

[TestFixture]
[CancelAfter(20_000)]
public sealed unsafe class UnmanagedRingBufferTests
{
    [Test]
    public void Slots_lie_one_event_size_apart_from_the_given_pointer()
    {
        const int eventSize = 40;
        var bytes = stackalloc byte[4 * eventSize];
        var ring = new UnmanagedRingBuffer<long>((nint)bytes, eventSize, new SingleProducerSequencer(4));
        for (var sequence = 0; sequence < 8; sequence++)
        {
            var address = (byte*)Unsafe.AsPointer(ref ring[sequence]);
            Assert.That(address - bytes, Is.EqualTo(sequence % 4 * eventSize), $"sequence {sequence}");
        }
    }

    [Test]
    public void Writing_all_slots_touches_nothing_around_them()
    {
        const int guardBytes = 64;
        var block = new byte[guardBytes + (8 * 24) + guardBytes];
        fixed (byte* start = block)
        {
            var ring = new UnmanagedRingBuffer<ThreeWords>((nint)(start + guardBytes), 24, new SingleProducerSequencer(8));
            for (var sequence = 0; sequence < 24; sequence++)
            {
                ring[sequence] = new ThreeWords { First = -1, Second = -1, Third = -1 };
            }
        }

        Assert.That(block.Take(guardBytes), Is.All.Zero);
        Assert.That(block.Skip(guardBytes).Take(8 * 24), Is.All.EqualTo(0xFF));
        Assert.That(block.Skip(guardBytes + (8 * 24)), Is.All.Zero);
    }

    [TestCase(0, 8)]
    [TestCase(3, 8)]
    [TestCase(8, 0)]
    public void Memory_of_an_impossible_shape_is_refused(int eventCount, int eventSize) =>
        Assert.That(
            () => UnmanagedRingBufferMemory.Allocate(eventCount, eventSize), Throws.InstanceOf<ArgumentException>());

    [Test]
    public void Fresh_memory_is_zero_and_knows_its_shape()
    {
        using var memory = UnmanagedRingBufferMemory.Allocate(32, sizeof(ThreeWords));
        Assert.That((memory.EventCount, memory.EventSize), Is.EqualTo((32, 24)));
        Assert.That(memory.ToArray<ThreeWords>(), Is.All.EqualTo(default(ThreeWords)));
    }

    [StructLayout(LayoutKind.Sequential)]
    private record struct ThreeWords
    {
        public long First;
        public long Second;
        public long Third;
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Layout;

/// <summary>Words of different writers stand 128 bytes apart, measured in memory and not read from attributes.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PaddingTests
{
    private const int SeparationBytes = 128;

    /// <summary>A number that stands nowhere else in an object.</summary>
    private const long Mark = 0x5EED_0BAD_CAFE_F00D;

    [Test]
    public void Value_of_a_sequence_has_two_lines_on_either_side()
    {
        var sequence = new Sequence(Mark);
        AssertThatMarkStandsAlone(sequence, AllocatedBytes(static () => new Sequence()));
    }

    [Test]
    public void Last_claim_of_a_single_producer_has_two_lines_on_either_side()
    {
        var strategy = new BusySpinWaitStrategy();
        var sequencer = new SingleProducerSequencer(1, strategy);
        sequencer.Claim(Mark);
        AssertThatMarkStandsAlone(
            sequencer,
            AllocatedBytes(() => new SingleProducerSequencer(1, strategy)) - AllocatedBytes(static () => new Sequence()));
    }

    [TestCase(typeof(SingleProducerSequencer), "_producer", "NextValue")]
    [TestCase(typeof(SingleProducerSequencer), "_producer", "GatingSequenceCache")]
    [TestCase(typeof(MultiProducerSequencer), "_cache", "GatingSequence")]
    public void Words_that_producers_write_have_two_lines_on_either_side(Type sequencer, string block, string word)
    {
        var field = sequencer.GetField(block, BindingFlags.Instance | BindingFlags.NonPublic);
        Assert.That(field, Is.Not.Null);
        var offset = (int)Marshal.OffsetOf(field!.FieldType, word);
        var bytesBehind = Marshal.SizeOf(field.FieldType) - offset - sizeof(long);
        Assert.That(offset, Is.GreaterThanOrEqualTo(SeparationBytes));
        Assert.That(bytesBehind, Is.GreaterThanOrEqualTo(SeparationBytes));
    }

    [TestCase(typeof(SingleProducerSequencer))]
    [TestCase(typeof(MultiProducerSequencer))]
    public void All_words_of_a_sequencer_that_change_lie_in_padded_blocks(Type sequencer)
    {
        // What is not read-only must be the padded block or the gating list, which changes only when consumers come and go.
        foreach (var field in sequencer.GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            var isPadded = field.FieldType.IsValueType && field.FieldType.IsExplicitLayout;
            Assert.That(field.IsInitOnly || isPadded || field.Name == "_gatingSequences", Is.True, field.Name);
        }
    }

    [Test]
    public void Fields_of_a_ring_have_two_lines_on_either_side()
    {
        // The mask is the mark here: no other word of a ring of this size holds its value.
        var sequencer = new SingleProducerSequencer(1 << 20);
        using var memory = UnmanagedRingBufferMemory.Allocate(1 << 20, 1);
        object Ring() => new UnmanagedRingBuffer<byte>(memory.PointerToFirstEvent, 1, sequencer);
        var places = PlacesOf((1 << 20) - 1, Ring(), AllocatedBytes(Ring), out var sizeBytes);
        Assert.That(places, Has.Count.EqualTo(1));
        Assert.That(places[0], Is.GreaterThanOrEqualTo(SeparationBytes));
        Assert.That(sizeBytes - places[0], Is.GreaterThanOrEqualTo(SeparationBytes + (5 * IntPtr.Size)));
    }

    [Test]
    public void Native_slots_start_on_a_pair_of_lines_with_a_pair_of_lines_around_them()
    {
        using var memory = UnmanagedRingBufferMemory.Allocate(16, 128);
        Assert.That((long)memory.PointerToFirstEvent % SeparationBytes, Is.Zero);
    }

    private static void AssertThatMarkStandsAlone(object instance, long allocatedBytes)
    {
        var places = PlacesOf(Mark, instance, allocatedBytes, out var sizeBytes);
        Assert.That(places, Has.Count.EqualTo(1));
        Assert.That(places[0], Is.GreaterThanOrEqualTo(SeparationBytes), "before");
        Assert.That(sizeBytes - places[0] - sizeof(long), Is.GreaterThanOrEqualTo(SeparationBytes), "behind");
    }

    /// <summary>Where in the object's fields a value lies, and how many bytes these have: all less header and type.</summary>
    private static List<int> PlacesOf(long value, object instance, long allocatedBytes, out int sizeBytes)
    {
        sizeBytes = (int)allocatedBytes - (2 * IntPtr.Size);
        var places = new List<int>();
        for (var offset = 0; offset < sizeBytes; offset += sizeof(long))
        {
            ref var word = ref Unsafe.AddByteOffset(ref Unsafe.As<FirstByte>(instance).Value, offset);
            if (Unsafe.As<byte, long>(ref word) == value)
            {
                places.Add(offset);
            }
        }

        return places;
    }

    private static long AllocatedBytes(Func<object> factory)
    {
        factory();
        var before = GC.GetAllocatedBytesForCurrentThread();
        factory();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Any object seen as one that begins with a byte: the place where its fields begin.</summary>
    private sealed class FirstByte
    {
        private byte _value;

        public ref byte Value => ref _value;
    }
}

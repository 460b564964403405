using System.Numerics;
using HftDelta.Aeron.Frames;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Frames;

/// <summary>Term arithmetic against the definitions, worked out in big integers and by counting.</summary>
[CancelAfter(20_000)]
internal sealed class TermArithmeticTests
{
    private static readonly BigInteger TwoTo32 = BigInteger.One << 32;

    private static readonly int[] Terms = [65_536, 131_072, 1 << 20, 16 << 20, 1 << 30];

    [TestCaseSource(nameof(Terms))]
    public void Positions_follow_the_definition_from_any_initial_term(int termLength)
    {
        var random = new SeededRandom(0xA11CE + (ulong)termLength);
        var bits = TermArithmetic.PositionBitsToShift(termLength);
        Assert.That(BigInteger.Pow(2, bits), Is.EqualTo(new BigInteger(termLength)));
        int[] initials = [0, 1, -1, int.MaxValue, int.MinValue, int.MaxValue - 1, (int)random.NextUInt64()];
        foreach (var initial in initials)
        {
            for (var trial = 0; trial < 200; trial++)
            {
                // The count of terms that passed is what is real; the id is that count added in 32 bits.
                var count = trial < 4 ? trial : random.NextInRange(0, int.MaxValue);
                var offset = 32 * random.NextInRange(0, (termLength / 32) - 1);
                var termId = (int)(uint)(((new BigInteger(initial) + count) % TwoTo32 + TwoTo32) % TwoTo32);
                var expected = ((new BigInteger(count)) * termLength) + offset;

                var position = TermArithmetic.Position(termId, offset, bits, initial);
                Assert.That(new BigInteger(position), Is.EqualTo(expected), $"initial {initial} count {count}");
                Assert.That(TermArithmetic.TermId(position, bits, initial), Is.EqualTo(termId));
                Assert.That(TermArithmetic.TermOffset(position, termLength), Is.EqualTo(offset));
                Assert.That(TermArithmetic.TermCount(termId, initial), Is.EqualTo(count));
                Assert.That(TermArithmetic.PartitionIndex(position, bits), Is.EqualTo(count % 3));
                Assert.That(TermArithmetic.PartitionIndex(count), Is.EqualTo(count % 3));
            }
        }
    }

    [Test]
    public void The_term_after_the_largest_id_is_the_smallest()
    {
        var end = TermArithmetic.Position(int.MaxValue, 65_504, 16, int.MaxValue) + 32;
        Assert.That(end, Is.EqualTo(65_536));
        Assert.That(TermArithmetic.TermId(end, 16, int.MaxValue), Is.EqualTo(int.MinValue));
        Assert.That(TermArithmetic.TermOffset(end, 65_536), Is.Zero);
        Assert.That(TermArithmetic.Position(int.MinValue, 0, 16, int.MaxValue), Is.EqualTo(end));
    }

    [Test]
    public void The_last_term_of_a_stream_ends_at_the_largest_position()
    {
        foreach (var termLength in Terms)
        {
            var bits = TermArithmetic.PositionBitsToShift(termLength);
            var lastTerm = unchecked(5 + int.MaxValue);
            var last = TermArithmetic.Position(lastTerm, termLength - 32, bits, 5);
            Assert.That(last + 32, Is.EqualTo(TermArithmetic.PositionMax(termLength)));
        }
    }

    [Test]
    public void Lengths_round_up_to_the_next_multiple_of_32()
    {
        for (var length = 0; length < 300; length++)
        {
            var expected = length;
            while (expected % 32 != 0) expected++;
            Assert.That(TermArithmetic.Align(length), Is.EqualTo(expected));
            Assert.That(TermArithmetic.IsAligned(length), Is.EqualTo(expected == length));
        }

        Assert.That(TermArithmetic.Align(int.MaxValue - 31), Is.EqualTo(int.MaxValue - 31), "the largest multiple stays");
    }

    [Test]
    public void A_message_takes_what_its_fragments_take_one_by_one()
    {
        int[] mtus = [64, 96, 1_408, 8_192, 65_504];
        var random = new SeededRandom(0xF4A3);
        foreach (var mtu in mtus)
        {
            var most = TermArithmetic.PayloadLengthMax(mtu);
            int[] edges = [0, 1, most - 1, most, most + 1, (2 * most) - 1, 2 * most, (2 * most) + 1, 200_000];
            foreach (var length in edges.Concat(Enumerable.Range(0, 200).Select(_ => random.NextInRange(0, 300_000))))
            {
                var left = length;
                var sum = 0;
                do
                {
                    var fragment = Math.Min(left, most);
                    var frame = fragment + 32;
                    while (frame % 32 != 0) frame++;
                    sum += frame;
                    left -= fragment;
                }
                while (left > 0);
                Assert.That(TermArithmetic.FramedLength(length, most), Is.EqualTo(sum), $"mtu {mtu} length {length}");
            }
        }
    }

    [Test]
    public void The_longest_message_is_an_eighth_of_the_term_and_at_most_16_MiB()
    {
        Assert.That(TermArithmetic.MessageLengthMax(65_536), Is.EqualTo(8_192));
        Assert.That(TermArithmetic.MessageLengthMax(128 << 20), Is.EqualTo(16 << 20));
        Assert.That(TermArithmetic.MessageLengthMax(1 << 30), Is.EqualTo(16 << 20));
    }

    [TestCase(65_535, false)]
    [TestCase(65_536, true)]
    [TestCase(98_304, false)]
    [TestCase(32_768, false)]
    [TestCase(1 << 30, true)]
    [TestCase(int.MinValue, false)]
    [TestCase(0, false)]
    [TestCase(-65_536, false)]
    public void Term_lengths_are_powers_of_two_in_their_range(int length, bool allowed) =>
        Assert.That(TermArithmetic.IsTermLength(length), Is.EqualTo(allowed));

    [TestCase(32, false)]
    [TestCase(64, true)]
    [TestCase(1_408, true)]
    [TestCase(1_409, false)]
    [TestCase(65_504, true)]
    [TestCase(65_536, false)]
    [TestCase(-32, false)]
    public void Mtu_lengths_are_multiples_of_32_in_their_range(int length, bool allowed) =>
        Assert.That(TermArithmetic.IsMtuLength(length), Is.EqualTo(allowed));
}

using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Randomness;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SeededRandomTests
{
    [Test]
    public void Draws_below_a_power_of_two_are_the_high_bits_of_the_published_outputs()
    {
        var random = new SeededRandom(1234567);

        Assert.That(
            Enumerable.Range(0, 5).Select(_ => random.NextBelow(1UL << 32)),
            Is.EqualTo(new[]
            {
                6457827717110365317UL >> 32, 3203168211198807973UL >> 32, 9817491932198370423UL >> 32,
                4593380528125082431UL >> 32, 16408922859458223821UL >> 32,
            }));
    }

    /// <summary>Against the rule written plainly in 128 bits: draw again while the low half is below 2^64 mod bound.</summary>
    [Test]
    public void Draws_below_any_bound_follow_the_rejection_rule(
        [Values(1UL, 2UL, 3UL, 10UL, 1_000_003UL, (1UL << 63) + 1, ulong.MaxValue)] ulong bound)
    {
        const ulong seed = 99;
        var random = new SeededRandom(seed);
        var plain = new SplitMix64(seed);
        var rejected = 0;
        for (var draw = 0; draw < 1_000; draw++)
        {
            UInt128 product;
            do
            {
                product = (UInt128)plain.Next() * bound;
                rejected++;
            }
            while ((ulong)product < (ulong)((UInt128.One << 64) % bound));

            rejected--;
            Assert.That(random.NextBelow(bound), Is.EqualTo((ulong)(product >> 64)));
        }

        // A bound just above half of the range rejects about every second draw: the rule was at work.
        Assert.That(rejected, bound == (1UL << 63) + 1 ? Is.GreaterThan(500) : Is.LessThan(10));
    }

    [TestCase(0L, 0L)]
    [TestCase(-3L, 3L)]
    [TestCase(long.MinValue, long.MaxValue)]
    [TestCase(long.MaxValue - 1, long.MaxValue)]
    public void Range_includes_both_ends_and_nothing_outside(long least, long most)
    {
        var random = new SeededRandom(7);
        HashSet<long> seen = [];
        for (var draw = 0; draw < 500; draw++)
        {
            seen.Add(random.NextInRange(least, most));
        }

        Assert.That(seen, Is.All.InRange(least, most));
        if ((Int128)most - least < 10)
        {
            Assert.That(seen, Has.Count.EqualTo((int)(most - least) + 1));
        }
    }

    [Test]
    public void Draws_are_spread_evenly()
    {
        const int sides = 6;
        const int draws = 60_000;
        var random = new SeededRandom(2024);
        var counts = new int[sides];
        for (var draw = 0; draw < draws; draw++)
        {
            counts[random.NextBelow(sides)]++;
        }

        // 10,000 each with a standard deviation of 91: five of them, for a seed that never changes.
        Assert.That(counts, Is.All.InRange(9_543, 10_457));
    }

    [Test]
    public void Same_seed_makes_the_same_choices_and_another_seed_others()
    {
        var first = Choices(5);
        var again = Choices(5);
        var other = Choices(6);

        Assert.Multiple(() =>
        {
            Assert.That(again, Is.EqualTo(first));
            Assert.That(other, Is.Not.EqualTo(first));
        });
    }

    [Test]
    public void Fork_draws_the_same_however_much_its_parent_draws_afterwards()
    {
        var quiet = new SeededRandom(1);
        var busy = new SeededRandom(1);
        var quietFork = quiet.Fork();
        var busyFork = busy.Fork();
        for (var draw = 0; draw < 100; draw++)
        {
            busy.NextUInt64();
        }

        Assert.Multiple(() =>
        {
            Assert.That(busyFork.NextUInt64(), Is.EqualTo(quietFork.NextUInt64()));
            Assert.That(quietFork.Seed, Is.Not.EqualTo(quiet.Seed));
        });
    }

    [Test]
    public void Shuffle_keeps_the_items_and_reaches_every_order()
    {
        var random = new SeededRandom(3);
        HashSet<string> orders = [];
        for (var round = 0; round < 500; round++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            random.Shuffle<char>(items);
            Assert.That(items, Is.EquivalentTo(new[] { 'a', 'b', 'c', 'd' }));
            orders.Add(new string(items));
        }

        Assert.That(orders, Has.Count.EqualTo(24));
    }

    [Test]
    public void Weights_decide_and_zero_is_never_drawn()
    {
        var random = new SeededRandom(11);
        var counts = new int[4];
        for (var draw = 0; draw < 10_000; draw++)
        {
            counts[random.PickWeighted([0, 1, 3, 0])]++;
        }

        Assert.Multiple(() =>
        {
            Assert.That(counts[0] + counts[3], Is.Zero);

            // A quarter of 10,000 with a standard deviation of 43.
            Assert.That(counts[1], Is.InRange(2_285, 2_715));
        });
    }

    [Test]
    public void Chance_of_none_and_of_all_are_certain()
    {
        var random = new SeededRandom(12);
        for (var draw = 0; draw < 100; draw++)
        {
            Assert.That(random.Chance(0, 3), Is.False);
            Assert.That(random.Chance(3, 3), Is.True);
        }
    }

    [Test]
    public void Bytes_are_the_outputs_in_little_endian_order()
    {
        var bytes = new byte[11];
        new SeededRandom(1234567).Fill(bytes);

        byte[] expected = [.. BitConverter.GetBytes(6457827717110365317UL), .. BitConverter.GetBytes(3203168211198807973UL)[..3]];
        Assert.That(bytes, Is.EqualTo(expected));
    }

    [Test]
    public void Choices_among_nothing_are_refused()
    {
        var random = new SeededRandom(1);
        Assert.Multiple(() =>
        {
            Assert.That(() => random.NextBelow(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => random.NextInRange(2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => random.Pick<int>([]), Throws.ArgumentException);
            Assert.That(() => random.PickWeighted([0, 0]), Throws.ArgumentException);
            Assert.That(() => random.Chance(2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    private static string Choices(ulong seed)
    {
        var random = new SeededRandom(seed);
        return string.Join(
            ' ',
            random.NextUInt64(),
            random.NextBelow(10),
            random.NextInRange(-5, 5),
            random.Pick<char>(['x', 'y']),
            random.Chance(1, 2));
    }
}

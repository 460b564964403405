using HftDelta.Primitives.Collections;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Primitives;

[CancelAfter(20_000)]
public sealed class SlotMapTests
{
    /// <summary>Enough for buckets with chains: at three slots a bucket on average, one in twenty has more than seven.</summary>
    private const int Capacity = 20_000;
    private const ulong Seed = 20_261;

    private readonly ulong[] _high = new ulong[Capacity + 1];
    private readonly ulong[] _low = new ulong[Capacity + 1];

    [Test]
    public void Finds_what_a_dictionary_finds_while_it_fills_empties_and_fills_again()
    {
        using var map = new SlotMap<Keys>(Capacity, new Keys(_high, _low));
        var model = new Dictionary<(ulong, ulong), uint>();
        var free = new Stack<uint>(Enumerable.Range(1, Capacity).Select(slot => (uint)slot));
        var random = new SeededRandom(Seed);
        for (var step = 0; step < 300_000; step++)
        {
            // Long waves from empty to full and back, and keys near each other.
            var isFilling = step / 50_000 % 2 == 0;
            var key = (random.NextBelow(3), random.NextBelow(Capacity));
            if (model.TryGetValue(key, out var slot))
            {
                Assert.That(map.Find(key.Item1, key.Item2), Is.EqualTo(slot), $"seed {Seed} step {step}");
                if (isFilling && random.NextBelow(4) != 0) continue;
                map.Remove(key.Item1, key.Item2);
                model.Remove(key);
                free.Push(slot);
            }
            else
            {
                Assert.That(map.Find(key.Item1, key.Item2), Is.Zero, $"seed {Seed} step {step}");
                if (free.Count == 0 || (!isFilling && random.NextBelow(8) != 0)) continue;
                slot = free.Pop();
                (_high[slot], _low[slot]) = key;
                map.Add(key.Item1, key.Item2, slot);
                model.Add(key, slot);
            }

            Assert.That(map.Count, Is.EqualTo(model.Count));
        }

        foreach (var (key, slot) in model) Assert.That(map.Find(key.Item1, key.Item2), Is.EqualTo(slot), $"seed {Seed}");
    }

    [Test]
    public void Holds_its_capacity_and_gives_all_of_it_back()
    {
        using var map = new SlotMap<Keys>(Capacity, new Keys(_high, _low));
        for (var round = 0UL; round < 3; round++)
        {
            for (var slot = 1U; slot <= Capacity; slot++)
            {
                (_high[slot], _low[slot]) = (round, slot * 0x1_0000_0000UL);
                map.Add(round, _low[slot], slot);
            }

            Assert.That(() => map.Add(round, 1, 1), Throws.InstanceOf<Exception>(), "it is full");
            for (var slot = 1U; slot <= Capacity; slot++) Assert.That(map.Find(round, _low[slot]), Is.EqualTo(slot));
            for (var slot = 1U; slot <= Capacity; slot++) map.Remove(round, _low[slot]);
            Assert.That(map.Count, Is.Zero);
            Assert.That(map.Find(round, _low[7]), Is.Zero);
        }

        Assert.That(() => map.Remove(1, 1), Throws.InstanceOf<Exception>(), "it is not there");
    }

    private readonly struct Keys(ulong[] high, ulong[] low) : ISlotKeys
    {
        public bool IsKeyOf(uint slot, ulong highWord, ulong lowWord) => high[slot] == highWord && low[slot] == lowWord;
    }
}

namespace HftDelta.Simulation.Randomness;

/// <summary>
/// Choices out of one seed, for tests and model venues. The seed is printed when something fails, and running it again
/// makes the same choices: so what is drawn, and in which order, is part of each method's contract. Integers only. One
/// owner; whatever draws independently of it gets a generator of its own from <see cref="Fork"/>, so that drawing more
/// here does not change what is drawn there.
/// </summary>
public sealed class SeededRandom
{
    private SplitMix64 _generator;

    public SeededRandom(ulong seed)
    {
        Seed = seed;
        _generator = new SplitMix64(seed);
    }

    /// <summary>The seed that makes this run again.</summary>
    public ulong Seed { get; }

    /// <summary>Any 64 bits.</summary>
    public ulong NextUInt64() => _generator.Next();

    /// <summary>A number from 0 to <paramref name="bound"/> - 1, each equally likely.</summary>
    public ulong NextBelow(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);

        // Multiply and keep the high half (Lemire 2019). The low half tells whether a draw belongs to the few that
        // would make some results likelier; those are drawn again.
        var high = Math.BigMul(_generator.Next(), bound, out var low);
        if (low < bound)
        {
            var unfairBelow = (0 - bound) % bound;
            while (low < unfairBelow)
            {
                high = Math.BigMul(_generator.Next(), bound, out low);
            }
        }

        return high;
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public long NextInRange(long least, long most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        var span = unchecked((ulong)most - (ulong)least);
        var offset = span == ulong.MaxValue ? NextUInt64() : NextBelow(span + 1);
        return unchecked((long)((ulong)least + offset));
    }

    /// <summary>The same for what counts in 32 bits.</summary>
    public int NextInRange(int least, int most) => (int)NextInRange((long)least, most);

    /// <summary>True in <paramref name="times"/> of <paramref name="outOf"/> draws.</summary>
    public bool Chance(ulong times, ulong outOf)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(times, outOf);
        return NextBelow(outOf) < times;
    }

    /// <summary>One of the items.</summary>
    public T Pick<T>(ReadOnlySpan<T> items)
    {
        if (items.IsEmpty)
        {
            throw new ArgumentException("there is nothing to pick from", nameof(items));
        }

        return items[(int)NextBelow((ulong)items.Length)];
    }

    /// <summary>An index, each as likely as its weight; a weight of 0 is never drawn.</summary>
    public int PickWeighted(ReadOnlySpan<uint> weights)
    {
        ulong total = 0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        if (total == 0)
        {
            throw new ArgumentException("the weights sum to 0", nameof(weights));
        }

        var draw = NextBelow(total);
        var index = 0;
        while (draw >= weights[index])
        {
            draw -= weights[index];
            index++;
        }

        return index;
    }

    /// <summary>Puts the items into any order, each equally likely.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var left = items.Length; left > 1; left--)
        {
            var chosen = (int)NextBelow((ulong)left);
            (items[left - 1], items[chosen]) = (items[chosen], items[left - 1]);
        }
    }

    /// <summary>Any bytes.</summary>
    public void Fill(Span<byte> bytes)
    {
        ulong word = 0;
        for (var index = 0; index < bytes.Length; index++)
        {
            if (index % sizeof(ulong) == 0)
            {
                word = NextUInt64();
            }

            bytes[index] = (byte)word;
            word >>= 8;
        }
    }

    /// <summary>A generator of its own, seeded by one draw from this.</summary>
    public SeededRandom Fork() => new(NextUInt64());
}

using HftDelta.Primitives.Numbers;

namespace HftDelta.Aeron.Loss;

/// <summary>
/// How long a receiver waits before it asks for a gap, and before it asks again. Alone it asks at once. In a group every receiver
/// waits for a random time, short for few and long for most, so that one NAK, which is answered to all, mostly saves the others'.
/// Owner: the receiver.
/// </summary>
internal sealed class NakDelay
{
    private readonly long _firstNanos;
    private readonly long _repeatNanos;

    // Of the distribution over the time from 0 to the longest wait T: P(t) = (e^(lambda t / T) - 1) / (e^lambda - 1), with
    // lambda = ln(group size) + 1, as Nonnenmacher and Biersack found best for feedback to a group.
    private readonly double _scaleNanos;
    private readonly double _growth;
    private ulong _state;

    private NakDelay(long firstNanos, long repeatNanos, double scaleNanos, double growth, ulong seed)
    {
        _firstNanos = firstNanos;
        _repeatNanos = repeatNanos;
        _scaleNanos = scaleNanos;
        _growth = growth;
        _state = seed;
    }

    private bool IsRandom => _growth > 0;

    public static NakDelay Fixed(long firstNanos, long repeatNanos) => new(firstNanos, repeatNanos, 0, 0, 0);

    public static NakDelay ForGroup(long longestNanos, int groupSize, ulong seed)
    {
        var lambda = Math.Log(groupSize) + 1;
        return new NakDelay(0, 0, longestNanos / lambda, Math.Exp(lambda) - 1, seed);
    }

    public long FirstNanos() => IsRandom ? Draw() : _firstNanos;

    public long RepeatNanos() => IsRandom ? Draw() : _repeatNanos;

    private long Draw()
    {
        // The upper 53 bits are a number from 0 to 1.
        var uniform = (SplitMix64.Next(ref _state) >> 11) * (1.0 / (1UL << 53));
        return (long)(_scaleNanos * Math.Log((uniform * _growth) + 1));
    }
}

namespace HftDelta.Runtime.Threads;

/// <summary>The steps of a backoff: spins, then yields, then parks that double from the least to the most.</summary>
public readonly record struct BackoffParameters
{
    /// <summary>
    /// 64 spins last about 3 us, a pause within a burst; 32 yields let neighbours on the same core run; parks from 50 us
    /// (the timer slack of an ordinary Linux thread: shorter ones are no shorter) to 1 ms, where an idle thread costs
    /// two to four percent of a core.
    /// </summary>
    public static readonly BackoffParameters Default = new(64, 32, 50_000, 1_000_000);

    public BackoffParameters(int spinsMax, int yieldsMax, long parkMinNanos, long parkMaxNanos)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spinsMax);
        ArgumentOutOfRangeException.ThrowIfNegative(yieldsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(parkMinNanos, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(parkMaxNanos, parkMinNanos);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parkMaxNanos, 1_000_000_000);
        SpinsMax = spinsMax;
        YieldsMax = yieldsMax;
        ParkMinNanos = parkMinNanos;
        ParkMaxNanos = parkMaxNanos;
    }

    public int SpinsMax { get; }

    public int YieldsMax { get; }

    public long ParkMinNanos { get; }

    public long ParkMaxNanos { get; }
}

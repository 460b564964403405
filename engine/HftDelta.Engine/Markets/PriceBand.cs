namespace HftDelta.Engine.Markets;

/// <summary>Prices from <see cref="Low"/> to <see cref="High"/>, both included.</summary>
internal readonly record struct PriceBand(long Low, long High)
{
    private const int Million = 1_000_000;

    /// <summary>Holds every price.</summary>
    public static readonly PriceBand Everything = new(long.MinValue, long.MaxValue);

    /// <summary>So many parts per million of the middle to either side, and at least so many ticks.</summary>
    public static PriceBand Around(long middle, uint partsPerMillion, uint ticksMin)
    {
        var share = (long)((Int128)(middle < 0 ? -middle : middle) * partsPerMillion / Million);
        var reach = share > ticksMin ? share : ticksMin;
        return new PriceBand(middle - reach, middle + reach);
    }

    public bool Contains(long price) => price >= Low && price <= High;
}

using HftDelta.Engine.Volatilities;

namespace HftDelta.Node.Config;

/// <summary>One expiry's smile in raw SVI, each number in 2^-48 (docs/risk.md).</summary>
public sealed record MarketSvi
{
    /// <summary>a.</summary>
    public required long LevelQ48 { get; init; }

    /// <summary>b.</summary>
    public required long SlopeQ48 { get; init; }

    /// <summary>rho.</summary>
    public required long CorrelationQ48 { get; init; }

    /// <summary>m.</summary>
    public required long CentreQ48 { get; init; }

    /// <summary>s.</summary>
    public required long WidthQ48 { get; init; }

    /// <summary>When it was fitted; 0: when the venue takes it.</summary>
    public ulong FitTimeNanos { get; init; }
}

/// <summary>The volatility of one strike.</summary>
public sealed record MarketStrike
{
    public required long StrikeTicks { get; init; }

    /// <summary>Annual, in 2^-48.</summary>
    public required long VolatilityQ48 { get; init; }
}

/// <summary>
/// The volatilities of one expiry, as SVI or by strikes: its options take theirs from here. The venue refuses what holds an
/// arbitrage. Immutable.
/// </summary>
public sealed record MarketVolatilities
{
    /// <summary>0: see <see cref="ExpiresAfterNanos"/>.</summary>
    public ulong ExpiryTimeNanos { get; init; }

    /// <summary>From the moment of listing on; 0 when the expiry is a moment.</summary>
    public ulong ExpiresAfterNanos { get; init; }

    /// <summary>Null: by strikes.</summary>
    public MarketSvi? Svi { get; init; }

    /// <summary>With rising strikes; null: SVI.</summary>
    public IReadOnlyList<MarketStrike>? Strikes { get; init; }

    /// <summary>What is wrong with its form; null when nothing is.</summary>
    internal string? FaultOf()
    {
        if ((ExpiryTimeNanos == 0) == (ExpiresAfterNanos == 0))
        {
            return "needs either expiryTimeNanos or expiresAfterNanos";
        }

        if (Svi is not null && Strikes is not null)
        {
            return "has both svi and strikes";
        }

        return Strikes is { } strikes
            && (strikes.Count is 0 or > VolatilityLimits.StrikesMax || strikes.Any(strike => strike.VolatilityQ48 < 0))
            ? $"must have 1 to {VolatilityLimits.StrikesMax} strikes, with volatilities of at least 0"
            : null;
    }
}

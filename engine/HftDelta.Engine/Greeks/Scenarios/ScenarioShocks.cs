namespace HftDelta.Engine.Greeks.Scenarios;

/// <summary>
/// How volatility and skew are shocked. With T the time to expiry in days, a factor (30 / max(T, 1))^power carries the shock of
/// a 30-day option to other expiries; one power up to 30 days, another beyond.
/// </summary>
public readonly record struct ScenarioShocks()
{
    private const int Million = 1_000_000;

    /// <summary>Volatility up: times 1 plus this.</summary>
    public int VolatilityUpPpm { get; init; } = 500_000;

    /// <summary>Volatility down: times 1 less this, at least 0.</summary>
    public int VolatilityDownPpm { get; init; } = 300_000;

    public int ShortPowerPpm { get; init; } = 300_000;

    public int LongPowerPpm { get; init; } = 130_000;

    /// <summary>Volatility up is at least this.</summary>
    public VolatilityQ48 UpFloor { get; init; } = new(VolatilityQ48.One.Value * 4 / 10);

    /// <summary>The largest part by which skew changes a volatility, at no time left.</summary>
    public int SkewCapPpm { get; init; } = 250_000;

    /// <summary>By how much that falls with the square root of a year.</summary>
    public int SkewCapSlopePpm { get; init; } = 100_000;

    /// <summary>The log-moneyness at which the cap is reached, per square root of a year.</summary>
    public int SkewWidthPpm { get; init; } = 2_400_000;

    /// <summary>That log-moneyness is at least this.</summary>
    public int SkewWidthMinPpm { get; init; } = 10_000;

    public bool IsInRange =>
        VolatilityUpPpm is >= 0 and <= 16 * Million
        && VolatilityDownPpm is >= 0 and <= 16 * Million
        && ShortPowerPpm is >= 0 and <= Million
        && LongPowerPpm is >= 0 and <= Million
        && UpFloor.Value >= 0 && UpFloor.Value <= VolatilityQ48.Max.Value
        && SkewCapPpm is >= 0 and <= Million
        && SkewCapSlopePpm is >= 0 and <= Million
        && SkewWidthPpm is >= 0 and <= 16 * Million
        && SkewWidthMinPpm is >= 1 and <= 16 * Million;
}

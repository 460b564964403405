using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// One European option on a forward, undiscounted. Forward and strike are in the same unit, from 1 to
/// <see cref="PriceMax"/>; the year has 365 days of 86,400 seconds.
/// </summary>
/// <param name="Forward">Forward price of the underlying for this expiry.</param>
/// <param name="Strike">Strike, in the unit of the forward.</param>
/// <param name="Volatility">Annual volatility, from 0 to <see cref="VolatilityQ48.Max"/>.</param>
/// <param name="TimeToExpiryNanos">Time left; any value.</param>
/// <param name="Kind">Call or put.</param>
public readonly record struct Black76Input(
    PriceTicks Forward, PriceTicks Strike, VolatilityQ48 Volatility, ulong TimeToExpiryNanos, OptionKind Kind)
{
    /// <summary>The largest forward and strike: 2^62.</summary>
    public const long PriceMax = 1L << 62;

    /// <summary>365 days of 86,400 seconds.</summary>
    public const ulong YearNanos = 365UL * 86_400 * 1_000_000_000;

    /// <summary>True when the kernel accepts the input; it stops the process on one that is outside.</summary>
    public bool IsInRange =>
        Forward.Value is >= 1 and <= PriceMax
        && Strike.Value is >= 1 and <= PriceMax
        && Volatility.Value >= 0 && Volatility.Value <= VolatilityQ48.Max.Value
        && Kind <= OptionKind.Put;
}

/// <summary>An annual volatility in 2^-48: 1.0, which is 100 %, is 2^48.</summary>
public readonly record struct VolatilityQ48(long Value)
{
    public const int FractionBits = 48;

    /// <summary>100 %.</summary>
    public static readonly VolatilityQ48 One = new(1L << FractionBits);

    /// <summary>6,400 %.</summary>
    public static readonly VolatilityQ48 Max = new(64L << FractionBits);
}

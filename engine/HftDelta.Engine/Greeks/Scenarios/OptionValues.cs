using System.Runtime.CompilerServices;


namespace HftDelta.Engine.Greeks.Scenarios;

/// <summary>
/// Price and delta of one option at any price of its underlying: a struct, so that the loop over moves is compiled for each.
/// </summary>
internal interface IValue
{
    Black76Result At(ulong price, in Spread spread);
}

/// <summary>A total volatility, or none.</summary>
internal readonly struct Spread
{
    private Spread(bool isNone, TotalVolatility total)
    {
        IsNone = isNone;
        Total = total;
    }

    public bool IsNone { get; }

    public TotalVolatility Total { get; }

    public static Spread Of(VolatilityQ48 volatility, ulong timeNanos) => volatility.Value == 0 || timeNanos == 0
        ? new Spread(true, default)
        : new Spread(
            false,
            new TotalVolatility(
                new BinaryFraction((ulong)volatility.Value, VolatilityQ48.FractionBits), new BinaryFraction(timeNanos, 0)));
}

internal readonly struct EuropeanValue(ulong strike, OptionKind kind) : IValue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Black76Result At(ulong price, in Spread spread) => spread.IsNone
        ? Black76Kernel.Settled(price, strike, kind)
        : Black76Kernel.EvaluateTotal(price, strike, spread.Total, kind);
}

internal readonly struct EverlastingValue(ulong strike, OptionKind kind) : IValue
{
    public Black76Result At(ulong price, in Spread spread) => spread.IsNone
        ? EverlastingOption.Settled(price, strike, kind)
        : EverlastingOption.EvaluateTotal(price, strike, spread.Total, kind);
}

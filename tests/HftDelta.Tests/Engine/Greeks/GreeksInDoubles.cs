using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>The kernel's six numbers as doubles, for comparison with printed tables.</summary>
internal readonly record struct GreeksInDoubles(
    double Price, double Delta, double Gamma, double Vega, double Theta, double Rho)
{
    private const double UnitsPerPrice = 1L << 40;
    private const double SecondsPerYear = 31_536_000;

    public static GreeksInDoubles Of(double forward, double strike, double volatility, double years, string kind)
    {
        var greeks = Black76Greeks.Evaluate(new Black76Input(
            new PriceTicks((long)Math.Round(forward * UnitsPerPrice)),
            new PriceTicks((long)Math.Round(strike * UnitsPerPrice)),
            new VolatilityQ48((long)Math.Round(volatility * (1L << 48))),
            (ulong)Math.Round(years * SecondsPerYear * 1e9),
            kind == "call" ? OptionKind.Call : OptionKind.Put));
        var scale = Math.Pow(2, Black76Result.FractionBits);
        return new GreeksInDoubles(
            (double)greeks.Value.PriceQ62 / scale / UnitsPerPrice,
            greeks.Value.DeltaQ62 / scale,
            ToDouble(greeks.Gamma) * UnitsPerPrice,
            ToDouble(greeks.Vega) / UnitsPerPrice,
            ToDouble(greeks.Theta) / UnitsPerPrice,
            ToDouble(greeks.Rho) / UnitsPerPrice);
    }

    public static double ToDouble(BinaryNumber number) => Math.ScaleB(number.Mantissa, -number.FractionBits);

    /// <summary>
    /// On a spot price that rates carry to the forward, discounted: the derivatives of the textbook's formula by the
    /// spot, and what the rates add to theta.
    /// </summary>
    public static GreeksInDoubles OfSpot(
        double spot, double strike, double volatility, double years, double rate, double yield, string kind)
    {
        var (discount, kept) = (Math.Exp(-rate * years), Math.Exp(-yield * years));
        var forward = Of(spot * kept / discount, strike, volatility, years, kind);
        var (delta, rho) = (forward.Delta * kept, forward.Rho * discount);
        return new GreeksInDoubles(
            forward.Price * discount,
            delta,
            forward.Gamma * kept * kept / discount,
            forward.Vega * discount,
            (forward.Theta * discount) + (yield * spot * delta) - (rate * rho / years),
            rho);
    }
}

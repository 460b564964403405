using System.Globalization;
using System.Numerics;

namespace HftDelta.Node.Kernel;

/// <summary>One priced option: price and greeks as decimal text in fixed notation.</summary>
/// <param name="Price">In the unit of the forward.</param>
/// <param name="Delta">Derivative by the forward.</param>
/// <param name="Gamma">Derivative of the delta by the forward.</param>
/// <param name="Vega">Per 1.00 of volatility.</param>
/// <param name="Theta">Per year.</param>
/// <param name="Rho">Per 1.00 of the rate.</param>
public readonly record struct KernelPriceRow(
    string Price, string Delta, string Gamma, string Vega, string Theta, string Rho)
{
    public override string ToString() => $"{Price},{Delta},{Gamma},{Vega},{Theta},{Rho}";

    /// <summary>numerator / denominator with so many decimals, to the nearest, halves away from zero.</summary>
    public static string FormatNearest(BigInteger numerator, BigInteger denominator, int decimals)
    {
        var scaled = BigInteger.Abs(numerator) * BigInteger.Pow(10, decimals);
        var rounded = ((scaled << 1) + denominator) / (denominator << 1);
        var digits = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var sign = numerator.Sign < 0 && !rounded.IsZero ? "-" : "";
        return $"{sign}{digits.AsSpan(0, digits.Length - decimals)}.{digits.AsSpan(digits.Length - decimals)}";
    }
}

using System.Globalization;
using System.Numerics;

namespace HftDelta.Node.Kernel;

/// <summary>One priced option: price and delta as decimal text in fixed notation.</summary>
/// <param name="Price">In the unit of the forward.</param>
/// <param name="Delta">Derivative by the forward.</param>
public readonly record struct KernelPriceRow(string Price, string Delta)
{
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

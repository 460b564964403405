using System.Numerics;
using HftDelta.Primitives;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// Fixed-point numbers with 320 fractional bits on big integers: slow, exact enough that every table entry is the true
/// value rounded, and used only to build tables. Pure.
/// </summary>
internal static class BigFixed
{
    public const int FractionBits = 320;

    public static readonly BigInteger One = BigInteger.One << FractionBits;

    /// <summary>2 artanh(1/3).</summary>
    public static readonly BigInteger LnTwo = LnRatio(2, 1);

    /// <summary>Machin: 16 arctan(1/5) - 4 arctan(1/239).</summary>
    public static readonly BigInteger Pi = (InverseTangent(5) << 4) - (InverseTangent(239) << 2);

    public static BigInteger Multiply(BigInteger left, BigInteger right) => (left * right) >> FractionBits;

    public static BigInteger Divide(BigInteger dividend, BigInteger divisor) => (dividend << FractionBits) / divisor;

    /// <summary>To the nearest multiple of 2^-bits; the caller knows that it fits.</summary>
    public static ulong Rounded(BigInteger value, int bits)
    {
        Check.That(value.Sign >= 0);
        var drop = FractionBits - bits;
        return (ulong)((value + (BigInteger.One << (drop - 1))) >> drop);
    }

    /// <summary>ln(numerator / denominator) = 2 artanh((n - d) / (n + d)).</summary>
    public static BigInteger LnRatio(ulong numerator, ulong denominator)
    {
        var ratio = Divide((BigInteger)numerator - denominator, (BigInteger)numerator + denominator);
        var square = Multiply(ratio, ratio);
        var sum = BigInteger.Zero;
        for (var order = 1; !ratio.IsZero; order += 2)
        {
            sum += ratio / order;
            ratio = Multiply(ratio, square);
        }

        return sum << 1;
    }

    /// <summary>exp(-value) for a value from 0 to 1.</summary>
    public static BigInteger ExpMinus(BigInteger value)
    {
        var sum = BigInteger.Zero;
        var term = One;
        for (var order = 1; !term.IsZero; order++)
        {
            sum += term;
            term = -(term * value / order >> FractionBits);
        }

        return sum;
    }

    public static BigInteger SquareRoot(BigInteger value)
    {
        Check.That(value.Sign > 0);
        var square = value << FractionBits;
        // Newton from above falls until it is the floor of the root.
        var root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (square / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }

    private static BigInteger InverseTangent(int reciprocal)
    {
        var sum = BigInteger.Zero;
        var power = One / reciprocal;
        for (var order = 1; !power.IsZero; order += 2)
        {
            sum += (order & 2) == 0 ? power / order : -(power / order);
            power /= reciprocal * reciprocal;
        }

        return sum;
    }
}

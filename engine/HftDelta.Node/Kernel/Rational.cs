using System.Numerics;
using HftDelta.Engine.Greeks;

namespace HftDelta.Node.Kernel;

/// <summary>A fraction of whole numbers, for the way from the kernel's integers to decimals: nothing is rounded on it.</summary>
/// <param name="Numerator">With the sign.</param>
/// <param name="Denominator">Above 0; not reduced.</param>
internal readonly record struct Rational(BigInteger Numerator, BigInteger Denominator)
{
    public static readonly Rational One = new(BigInteger.One, BigInteger.One);

    public static Rational operator *(Rational left, Rational right) =>
        new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    public static Rational operator /(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    public static Rational operator +(Rational left, Rational right) => new(
        (left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    public static Rational operator -(Rational value) => value with { Numerator = -value.Numerator };

    public static Rational Of(DecimalNumber number)
    {
        var (numerator, denominator) = number.ToFraction();
        return new Rational(numerator, denominator);
    }

    public static Rational Of(BinaryNumber number) => Binary(number.Mantissa, number.FractionBits);

    /// <summary>mantissa / 2^fractionBits.</summary>
    public static Rational Binary(BigInteger mantissa, int fractionBits) => fractionBits >= 0
        ? new Rational(mantissa, BigInteger.One << fractionBits)
        : new Rational(mantissa << -fractionBits, BigInteger.One);

    /// <summary>So many decimals, to the nearest, halves away from zero.</summary>
    public string ToText(int decimals) => KernelPriceRow.FormatNearest(Numerator, Denominator, decimals);

    /// <summary>exp of this, off by less than 2^-180 of itself, for a magnitude of at most 64.</summary>
    public Rational Exponential()
    {
        const int Bits = 320;
        const int Squarings = 12;
        var small = (Numerator << (Bits - Squarings)) / Denominator;
        var sum = BigInteger.Zero;
        var term = BigInteger.One << Bits;
        for (var order = 1; !term.IsZero && term != -1; order++)
        {
            sum += term;
            term = (term * small >> Bits) / order;
        }

        for (var squaring = 0; squaring < Squarings; squaring++)
        {
            sum = sum * sum >> Bits;
        }

        return Binary(sum, Bits);
    }
}

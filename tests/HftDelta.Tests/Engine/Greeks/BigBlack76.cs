using System.Numerics;
using HftDelta.Engine.Greeks;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>
/// The textbook formula, forward x N(d1) - strike x N(d2), on big integers with 448 fractional bits and plain power
/// series: slow, and written without a look at how the kernel does it. The series of N loses up to 260 bits, and a strike may be
/// 2^62 times the forward.
/// </summary>
internal static class BigBlack76
{
    public const int Bits = 448;

    public static readonly BigInteger One = BigInteger.One << Bits;

    private static readonly BigInteger RootTwoPi = Root(2 * PiBySum());

    public static (BigInteger Call, BigInteger CallDelta) Evaluate(Black76Input input)
    {
        BigInteger forward = input.Forward.Value;
        BigInteger strike = input.Strike.Value;
        var volatility = (BigInteger)input.Volatility.Value << (Bits - 48);
        var years = ((BigInteger)input.TimeToExpiryNanos << Bits) / 31_536_000_000_000_000;
        var total = Times(volatility, Root(years));
        var first = (Ln((forward << Bits) / strike) << Bits) / total + (total >> 1);
        var (firstTail, secondTail) = (Normal(first), Normal(first - total));
        return (forward * firstTail - strike * secondTail, firstTail);
    }

    public static BigInteger Root(BigInteger value)
    {
        var square = value << Bits;
        var root = BigInteger.One << (int)(square.GetBitLength() / 2 + 1);
        for (var next = root - 1; next < root;)
        {
            root = next;
            next = (root + square / root) >> 1;
        }

        return root;
    }

    /// <summary>ln of a positive number: halve until near 1, take roots, then the series of artanh.</summary>
    public static BigInteger Ln(BigInteger value)
    {
        var halvings = (int)value.GetBitLength() - Bits;
        return LnNearOne(halvings >= 0 ? value >> halvings : value << -halvings) + halvings * LnNearOne(2 * One);
    }

    public static BigInteger Exp(BigInteger value)
    {
        const int Squarings = 24;
        var small = value >> Squarings;
        var sum = One;
        var term = One;
        for (var order = 1; order < 60; order++)
        {
            term = Times(term, small) / order;
            sum += term;
        }

        for (var squaring = 0; squaring < Squarings; squaring++)
        {
            sum = Times(sum, sum);
        }

        return sum;
    }

    public static BigInteger Density(BigInteger value) => (Exp(-(Times(value, value) >> 1)) << Bits) / RootTwoPi;

    /// <summary>1/2 + n(x) (x + x^3/3 + x^5/15 + ...); beyond 18 the tail is below 2^-230.</summary>
    public static BigInteger Normal(BigInteger value)
    {
        if (BigInteger.Abs(value) > 18 * One)
        {
            return value.Sign < 0 ? 0 : One;
        }

        var square = Times(value, value);
        var term = value;
        var sum = value;
        for (var order = 3; !term.IsZero && term != -1; order += 2)
        {
            term = Times(term, square) / order;
            sum += term;
        }

        return (One >> 1) + Times(Density(value), sum);
    }

    private static BigInteger Times(BigInteger left, BigInteger right) => (left * right) >> Bits;

    private static BigInteger LnNearOne(BigInteger value)
    {
        const int Roots = 10;
        for (var root = 0; root < Roots; root++)
        {
            value = Root(value);
        }

        var ratio = ((value - One) << Bits) / (value + One);
        var power = ratio;
        var sum = BigInteger.Zero;
        for (var order = 1; order < 61; order += 2)
        {
            sum += power / order;
            power = Times(Times(power, ratio), ratio);
        }

        return sum << (Roots + 1);
    }

    /// <summary>Euler: pi / 2 = sum of k! / (2k + 1)!!.</summary>
    private static BigInteger PiBySum()
    {
        var term = One;
        var sum = BigInteger.Zero;
        for (var order = 1; !term.IsZero; order++)
        {
            sum += term;
            term = term * order / (2 * order + 1);
        }

        return 2 * sum;
    }
}

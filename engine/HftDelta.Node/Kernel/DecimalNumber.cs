using System.Numerics;
using HftDelta.Engine.Greeks;

namespace HftDelta.Node.Kernel;

/// <summary>A decimal number exactly as it was written: digits times a power of ten.</summary>
public readonly record struct DecimalNumber(BigInteger Digits, int Exponent)
{
    /// <summary>Longer numbers than this are mistakes, and would only cost time.</summary>
    public const int TextLengthMax = 256;

    private const int ExponentMax = 1_000;

    public bool IsZero => Digits.IsZero;

    public bool IsNegative => Digits.Sign < 0;

    /// <summary>Accepts <c>12</c>, <c>-0.5</c>, <c>.5</c>, <c>5.</c>, <c>1e-5</c> and <c>1.5E+3</c>; nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DecimalNumber number)
    {
        number = default;
        var mark = text.IndexOfAny('e', 'E');
        var exponent = 0;
        if (text.Length > TextLengthMax || (mark >= 0 && !TryParseExponent(text[(mark + 1)..], out exponent)))
        {
            return false;
        }

        var digits = mark < 0 ? text : text[..mark];
        var isNegative = digits.Length != 0 && digits[0] == '-';
        if (digits.Length != 0 && digits[0] is '-' or '+')
        {
            digits = digits[1..];
        }

        return TryParseDigits(digits, isNegative, exponent, out number);
    }

    public DecimalNumber TimesTenToThe(int power) => this with { Exponent = Exponent + power };

    /// <summary>The number times 10^decimals, when that is whole.</summary>
    public bool TryScale(int decimals, out BigInteger scaled)
    {
        var shift = Exponent + decimals;
        scaled = shift >= 0 ? Digits * BigInteger.Pow(10, shift) : Digits;
        return shift >= 0;
    }

    /// <summary>The number as a fraction of whole numbers.</summary>
    public (BigInteger Numerator, BigInteger Denominator) ToFraction() => Exponent >= 0
        ? (Digits * BigInteger.Pow(10, Exponent), BigInteger.One)
        : (Digits, BigInteger.Pow(10, -Exponent));

    /// <summary>With 64 significant bits, exact when it has no more; toward zero. Not for negative numbers.</summary>
    public BinaryFraction ToBinaryFloor()
    {
        var (numerator, denominator) = ToFraction();
        if (numerator.IsZero)
        {
            return default;
        }

        if (denominator.IsOne && numerator <= ulong.MaxValue)
        {
            return new BinaryFraction((ulong)numerator, 0);
        }

        // One bit more or less than 64 of the quotient: then the last bit is dropped or is missing.
        var shift = 64 - (int)(numerator.GetBitLength() - denominator.GetBitLength());
        var quotient = shift >= 0 ? (numerator << shift) / denominator : numerator / (denominator << -shift);
        return quotient <= ulong.MaxValue
            ? new BinaryFraction((ulong)quotient, shift)
            : new BinaryFraction((ulong)(quotient >> 1), shift - 1);
    }

    private static bool TryParseExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        var isNegative = text.Length != 0 && text[0] == '-';
        if (text.Length != 0 && text[0] is '-' or '+')
        {
            text = text[1..];
        }

        if (text.Length is 0 or > 4)
        {
            return false;
        }

        foreach (var letter in text)
        {
            if (!char.IsAsciiDigit(letter))
            {
                return false;
            }

            exponent = (exponent * 10) + (letter - '0');
        }

        exponent = isNegative ? -exponent : exponent;
        return exponent is >= -ExponentMax and <= ExponentMax;
    }

    private static bool TryParseDigits(ReadOnlySpan<char> text, bool isNegative, int exponent, out DecimalNumber number)
    {
        number = default;
        var digits = BigInteger.Zero;
        var count = 0;
        var decimals = -1;
        foreach (var letter in text)
        {
            if (letter == '.' && decimals < 0)
            {
                decimals = 0;
                continue;
            }

            if (!char.IsAsciiDigit(letter))
            {
                return false;
            }

            digits = (digits * 10) + (letter - '0');
            count++;
            decimals += decimals >= 0 ? 1 : 0;
        }

        number = new DecimalNumber(isNegative ? -digits : digits, exponent - int.Max(decimals, 0));
        return count > 0;
    }
}

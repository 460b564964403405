using System.Globalization;
using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Kernel;

/// <summary>
/// One line of <c>kernel price</c>: <c>forward,strike,volatility,seconds,C|P</c>. Forward and strike become whole numbers
/// in a unit of their own power of ten, so nothing is rounded before the kernel sees it; a pair with too many digits for
/// 62 bits is rounded by less than a part in 10^12, or refused. Pure.
/// </summary>
public static class KernelPriceLine
{
    private const int FieldCount = 5;
    private const int DeltaDecimals = 15;

    /// <summary>True for what is skipped: blank lines and lines that start with #.</summary>
    public static bool IsSkipped(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        return text.IsEmpty || text[0] == '#';
    }

    /// <param name="line">One line, without or with its line ending.</param>
    /// <param name="row">The result, when true.</param>
    /// <param name="problem">What is wrong and what to do about it, when false.</param>
    public static bool TryPrice(string line, out KernelPriceRow row, out string problem)
    {
        row = default;
        var fields = line.Trim().Split(',', StringSplitOptions.TrimEntries);
        if (fields.Length != FieldCount)
        {
            problem = $"{fields.Length} fields; write five: forward,strike,volatility,seconds,C|P";
            return false;
        }

        if (!TryNumber(fields[0], "forward", isZeroAllowed: false, out var forward, out problem)
            || !TryNumber(fields[1], "strike", isZeroAllowed: false, out var strike, out problem)
            || !TryNumber(fields[2], "volatility", isZeroAllowed: true, out var volatility, out problem)
            || !TryNumber(fields[3], "seconds", isZeroAllowed: true, out var seconds, out problem)
            || !TryKind(fields[4], out var kind, out problem)
            || !TryCommonUnit(forward, strike, out var unit, out problem))
        {
            return false;
        }

        var result = Black76Kernel.Evaluate(
            unit.Forward, unit.Strike, volatility.ToBinaryFloor(), seconds.TimesTenToThe(9).ToBinaryFloor(), kind);
        row = new KernelPriceRow(
            KernelPriceRow.FormatNearest(
                (BigInteger)result.PriceQ62 * unit.Numerator,
                unit.Denominator << Black76Result.FractionBits,
                PriceDecimals(forward)),
            KernelPriceRow.FormatNearest(result.DeltaQ62, BigInteger.One << Black76Result.FractionBits, DeltaDecimals));
        return true;
    }

    private static bool TryNumber(string text, string name, bool isZeroAllowed, out DecimalNumber number, out string problem)
    {
        if (!DecimalNumber.TryParse(text, out number))
        {
            problem = $"{name} is not a decimal number; write it like 60000, 0.65 or 1e-5";
            return false;
        }

        problem = number.IsNegative || (number.IsZero && !isZeroAllowed)
            ? $"{name} is out of range; write a number {(isZeroAllowed ? "of 0 or more" : "above 0")}"
            : "";
        return problem.Length == 0;
    }

    private static bool TryKind(string text, out OptionKind kind, out string problem)
    {
        kind = text is "P" or "p" ? OptionKind.Put : OptionKind.Call;
        problem = text is "C" or "c" or "P" or "p" ? "" : "the kind is neither C nor P; write C for a call, P for a put";
        return problem.Length == 0;
    }

    /// <summary>Twelve decimals, and for a forward below 1 twelve digits behind its first.</summary>
    private static int PriceDecimals(DecimalNumber forward)
    {
        var digits = forward.Digits.ToString(CultureInfo.InvariantCulture).Length;
        return int.Max(12, 12 - (digits + forward.Exponent - 1));
    }

    private static bool TryCommonUnit(DecimalNumber forward, DecimalNumber strike, out CommonUnit unit, out string problem)
    {
        problem = "";
        var decimals = -int.Min(forward.Exponent, strike.Exponent);
        if (forward.TryScale(decimals, out var wholeForward)
            && strike.TryScale(decimals, out var wholeStrike)
            && BigInteger.Max(wholeForward, wholeStrike) <= Black76Input.PriceMax)
        {
            var power = BigInteger.Pow(10, int.Abs(decimals));
            unit = new CommonUnit(
                new PriceTicks((long)wholeForward),
                new PriceTicks((long)wholeStrike),
                decimals >= 0 ? BigInteger.One : power,
                decimals >= 0 ? power : BigInteger.One);
            return true;
        }

        return TryRoundedUnit(forward, strike, out unit, out problem);
    }

    /// <summary>The larger one becomes 2^62, and the smaller one must keep 40 bits.</summary>
    private static bool TryRoundedUnit(DecimalNumber forward, DecimalNumber strike, out CommonUnit unit, out string problem)
    {
        var (forwardNumerator, forwardDenominator) = forward.ToFraction();
        var (strikeNumerator, strikeDenominator) = strike.ToFraction();
        // Both over one denominator; the larger numerator is the unit times 2^62.
        forwardNumerator *= strikeDenominator;
        strikeNumerator *= forwardDenominator;
        var larger = BigInteger.Max(forwardNumerator, strikeNumerator);
        unit = new CommonUnit(
            new PriceTicks(Nearest(forwardNumerator * Black76Input.PriceMax, larger)),
            new PriceTicks(Nearest(strikeNumerator * Black76Input.PriceMax, larger)),
            larger,
            forwardDenominator * strikeDenominator * Black76Input.PriceMax);
        problem = long.Min(unit.Forward.Value, unit.Strike.Value) >> 40 == 0
            ? "forward and strike together have too many digits; write fewer decimals, or bring them closer together"
            : "";
        return problem.Length == 0;
    }

    private static long Nearest(BigInteger numerator, BigInteger denominator) =>
        (long)(((numerator << 1) + denominator) / (denominator << 1));

    /// <summary>Forward and strike in whole units, and the value of one unit as a fraction.</summary>
    private readonly record struct CommonUnit(
        PriceTicks Forward, PriceTicks Strike, BigInteger Numerator, BigInteger Denominator);
}

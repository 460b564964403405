using System.Globalization;
using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Kernel;

/// <summary>
/// One line of <c>kernel price</c>. Forward and strike become whole numbers in a unit of their own power of ten, so nothing
/// is rounded before the kernel sees it; a pair with too many digits for 62 bits is rounded by less than a part in 10^12, or
/// refused. A spot price is carried to the forward by its rates, and the results brought back. Pure.
/// </summary>
public static class KernelPriceLine
{
    private const int DeltaDecimals = 15;

    /// <summary>Behind those of the price: what is natural for a greek can be that much smaller.</summary>
    private const int GreekDecimals = 6;

    /// <summary>True for what is skipped: blank lines and lines that start with #.</summary>
    public static bool IsSkipped(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        return text.IsEmpty || text[0] == '#';
    }

    /// <param name="line">One line in the fixed order, without or with its line ending.</param>
    /// <param name="row">The result, when true.</param>
    /// <param name="problem">What is wrong and what to do about it, when false.</param>
    public static bool TryPrice(string line, out KernelPriceRow row, out string problem) =>
        TryPrice(Fields(line), KernelPriceColumns.Fixed, out row, out problem);

    internal static string[] Fields(string line) => line.Trim().Split(',', StringSplitOptions.TrimEntries);

    internal static bool TryPrice(string[] fields, KernelPriceColumns columns, out KernelPriceRow row, out string problem)
    {
        row = default;
        return columns.TryRead(fields, out var option, out problem)
            && (option.Carry is null ? TryForward(option, out row, out problem) : TrySpot(option, out row, out problem));
    }

    private static bool TryForward(in KernelPriceOption option, out KernelPriceRow row, out string problem)
    {
        row = default;
        if (!TryCommonUnit(option.Underlying, option.Strike, out var unit, out problem))
        {
            return false;
        }

        row = Write(KernelPriceValues.Of(Evaluate(option, unit), unit.Value), PowerOfTen(option.Underlying));
        return true;
    }

    private static bool TrySpot(in KernelPriceOption option, out KernelPriceRow row, out string problem)
    {
        row = default;
        var carry = option.Carry ?? default;
        var years = Rational.Of(option.Seconds) / new Rational(31_536_000, BigInteger.One);
        if (!IsExponent(Rational.Of(carry.Rate) * years) || !IsExponent(Rational.Of(carry.Yield) * years))
        {
            problem = "rate or yield times time is out of range; write a product between -16 and 16";
            return false;
        }

        var spot = Rational.Of(option.Underlying);
        var discount = (-(Rational.Of(carry.Rate) * years)).Exponential();
        var kept = (-(Rational.Of(carry.Yield) * years)).Exponential();
        if (!TryRoundedUnit(spot * kept / discount, Rational.Of(option.Strike), out var unit, out problem))
        {
            return false;
        }

        var values = KernelPriceValues.Of(Evaluate(option, unit), unit.Value);
        row = Write(values.ToSpot(carry, spot, kept, discount, years), PowerOfTen(option.Underlying));
        return true;
    }

    private static bool IsExponent(Rational value) => BigInteger.Abs(value.Numerator) <= 16 * value.Denominator;

    private static Black76Greeks Evaluate(in KernelPriceOption option, in CommonUnit unit) => Black76Greeks.Evaluate(
        unit.Forward,
        unit.Strike,
        option.Volatility.ToBinaryFloor(),
        option.Seconds.TimesTenToThe(9).ToBinaryFloor(),
        option.IsPut ? OptionKind.Put : OptionKind.Call);

    /// <summary>Twelve decimals of the price, and for an underlying below 1 twelve digits behind its first.</summary>
    private static KernelPriceRow Write(in KernelPriceValues values, int magnitude)
    {
        var price = int.Max(12, 12 - magnitude);
        return new KernelPriceRow(
            values.Price.ToText(price),
            values.Delta.ToText(DeltaDecimals),
            values.Gamma.ToText(int.Max(DeltaDecimals, DeltaDecimals + magnitude)),
            values.Vega.ToText(price + GreekDecimals),
            values.Theta.ToText(price + GreekDecimals),
            values.Rho.ToText(price + GreekDecimals));
    }

    /// <summary>The power of ten of the first digit.</summary>
    private static int PowerOfTen(DecimalNumber number) =>
        number.Digits.ToString(CultureInfo.InvariantCulture).Length + number.Exponent - 1;

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
                decimals >= 0 ? new Rational(BigInteger.One, power) : new Rational(power, BigInteger.One));
            return true;
        }

        return TryRoundedUnit(Rational.Of(forward), Rational.Of(strike), out unit, out problem);
    }

    /// <summary>The larger one becomes 2^62, and the smaller one must keep 40 bits.</summary>
    private static bool TryRoundedUnit(Rational forward, Rational strike, out CommonUnit unit, out string problem)
    {
        // Both over one denominator; the larger numerator is the unit times 2^62.
        var forwardNumerator = forward.Numerator * strike.Denominator;
        var strikeNumerator = strike.Numerator * forward.Denominator;
        var larger = BigInteger.Max(forwardNumerator, strikeNumerator);
        unit = new CommonUnit(
            new PriceTicks(Nearest(forwardNumerator * Black76Input.PriceMax, larger)),
            new PriceTicks(Nearest(strikeNumerator * Black76Input.PriceMax, larger)),
            new Rational(larger, forward.Denominator * strike.Denominator * Black76Input.PriceMax));
        problem = long.Min(unit.Forward.Value, unit.Strike.Value) >> 40 == 0
            ? "forward and strike together have too many digits; write fewer decimals, or bring them closer together"
            : "";
        return problem.Length == 0;
    }

    private static long Nearest(BigInteger numerator, BigInteger denominator) =>
        (long)(((numerator << 1) + denominator) / (denominator << 1));

    /// <summary>Forward and strike in whole units, and what one unit is worth.</summary>
    private readonly record struct CommonUnit(PriceTicks Forward, PriceTicks Strike, Rational Value);
}

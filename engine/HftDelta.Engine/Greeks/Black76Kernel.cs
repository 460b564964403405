using System.Runtime.CompilerServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// Black-76 price and delta in integers: the same bits on every machine, for every input in range. With
/// w = volatility x sqrt(years), h = ln(forward / strike) / w, d1 = h + w/2, d2 = h - w/2, n the normal density and R the
/// Mills ratio, forward x n(d1) = strike x n(d2) turns the textbook formula into
/// <code>
/// d1 at most 0:  call = forward x n(d1) x (R(-d1) - R(-d2))
/// between:       call = forward x (1 - n(d1) x (R(d1) + R(-d2)))
/// d2 at least 0: put  = forward x n(d1) x (R(d2) - R(d1))
/// </code>
/// and the other kind follows by parity, exactly. h and w/2 are each off by less than 2^-56 and 2^-60 of themselves, which
/// moves the price by less than (w + 1) 2^-55 of the forward: below 2^-51, as is the error of the delta, because w is at
/// most 24 where the price is not yet the forward. That is 4e-16. Pure functions; no allocation.
/// </summary>
public static class Black76Kernel
{
    private const int FractionBits = Black76Result.FractionBits;
    private const long OneQ62 = 1L << FractionBits;
    private const ulong OneQ63 = 1UL << 63;

    /// <summary>
    /// Price and delta. Without volatility or without time the price is the intrinsic value and the delta a step: 0 or 1
    /// for a call, and a half where forward and strike are equal, which is its limit as the time runs out.
    /// </summary>
    public static Black76Result Evaluate(in Black76Input input)
    {
        Check.That(input.IsInRange);
        return EvaluateChecked(
            (ulong)input.Forward.Value,
            (ulong)input.Strike.Value,
            new BinaryFraction((ulong)input.Volatility.Value, VolatilityQ48.FractionBits),
            new BinaryFraction(input.TimeToExpiryNanos, 0),
            input.Kind);
    }

    /// <summary>The same with volatility and time as fine as the caller has them; the volatility has no limit.</summary>
    public static Black76Result Evaluate(
        PriceTicks forward, PriceTicks strike, BinaryFraction volatility, BinaryFraction timeToExpiryNanos, OptionKind kind)
    {
        Check.That(new Black76Input(forward, strike, VolatilityQ48.One, 0, kind).IsInRange);
        Check.That(volatility.IsInRange && timeToExpiryNanos.IsInRange);
        return EvaluateChecked((ulong)forward.Value, (ulong)strike.Value, volatility, timeToExpiryNanos, kind);
    }

    /// <summary>
    /// Price and delta from volatility squared times years, as a volatility surface gives it; 0 means no volatility or no time.
    /// </summary>
    public static Black76Result EvaluateVariance(
        PriceTicks forward, PriceTicks strike, BinaryFraction totalVariance, OptionKind kind)
    {
        Check.That(new Black76Input(forward, strike, VolatilityQ48.One, 0, kind).IsInRange);
        Check.That(totalVariance.IsInRange);
        return totalVariance.IsZero
            ? Settled((ulong)forward.Value, (ulong)strike.Value, kind)
            : EvaluateTotal((ulong)forward.Value, (ulong)strike.Value, new TotalVolatility(totalVariance), kind);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Black76Result EvaluateChecked(
        ulong forward, ulong strike, BinaryFraction volatility, BinaryFraction timeNanos, OptionKind kind)
    {
        if (volatility.IsZero || timeNanos.IsZero)
        {
            return Settled(forward, strike, kind);
        }

        return EvaluateTotal(forward, strike, new TotalVolatility(volatility, timeNanos), kind);
    }

    /// <summary>For callers that price many options of one total volatility; forward and strike from 1 to 2^62.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Black76Result EvaluateTotal(ulong forward, ulong strike, in TotalVolatility total, OptionKind kind)
    {
        if (total.IsUnbounded)
        {
            // |ln(forward / strike)| is at most 43, so d1 is at least 31 and d2 at most -31: a call is worth the forward.
            return Result((Int128)forward << FractionBits, OneQ62, forward, strike, kind);
        }

        var moneyness = total.DivideQ56(LogRatio.Of(forward, strike));
        var half = total.HalfQ56;
        return FromArguments(forward, strike, moneyness + half, moneyness - half, kind);
    }

    /// <param name="forward">From 1 to 2^62.</param>
    /// <param name="strike">From 1 to 2^62.</param>
    /// <param name="first">d1 in Q56, magnitude below 96.</param>
    /// <param name="second">d2 in Q56, magnitude below 96, not above <paramref name="first"/>.</param>
    /// <param name="kind">Call or put.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Black76Result FromArguments(ulong forward, ulong strike, long first, long second, OptionKind kind)
    {
        var firstMagnitude = (ulong)(first < 0 ? -first : first);
        var secondMagnitude = (ulong)(second < 0 ? -second : second);
        var density = NormalTails.DensityQ64(firstMagnitude);
        var firstRatio = NormalTails.MillsRatioQ63(firstMagnitude);
        var secondRatio = NormalTails.MillsRatioQ63(secondMagnitude);
        // At most a half: density below 0.4 in Q64, ratio below 1.2534 in Q63.
        var tail = WideMath.MultiplyHighFloor(density, firstRatio);
        var intrinsic = forward > strike ? (Int128)(forward - strike) << FractionBits : Int128.Zero;
        if (first <= 0)
        {
            var call = TimesForward(forward, WideMath.MultiplyHighFloor(density, DifferenceOrZero(firstRatio, secondRatio)));
            return Result(AtLeast(call, intrinsic), (long)(tail >> 1), forward, strike, kind);
        }

        var delta = OneQ62 - (long)(tail >> 1);
        if (second < 0)
        {
            var missing = tail + WideMath.MultiplyHighFloor(density, secondRatio);
            var call = TimesForward(forward, DifferenceOrZero(OneQ63, missing));
            return Result(AtLeast(call, intrinsic), delta, forward, strike, kind);
        }

        var put = TimesForward(forward, WideMath.MultiplyHighFloor(density, DifferenceOrZero(secondRatio, firstRatio)));
        var callByParity = put + ((Int128)((long)forward - (long)strike) << FractionBits);
        var most = (Int128)forward << FractionBits;
        return Result(callByParity < most ? callByParity : most, delta, forward, strike, kind);
    }

    internal static Black76Result Settled(ulong forward, ulong strike, OptionKind kind)
    {
        var intrinsic = forward > strike ? (Int128)(forward - strike) << FractionBits : Int128.Zero;
        var delta = forward == strike ? OneQ62 / 2 : forward > strike ? OneQ62 : 0;
        return Result(intrinsic, delta, forward, strike, kind);
    }

    /// <summary>The call as it is, or the put by parity: neither step rounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Black76Result Result(Int128 callQ62, long callDeltaQ62, ulong forward, ulong strike, OptionKind kind) =>
        kind == OptionKind.Call
            ? new Black76Result(callQ62, callDeltaQ62)
            : new Black76Result(
                callQ62 - ((Int128)((long)forward - (long)strike) << FractionBits), callDeltaQ62 - OneQ62);

    /// <summary>Forward of at most 2^62 times a fraction of at most 1 in Q63: at most 2^125, halved to Q62, floored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Int128 TimesForward(ulong forward, ulong fractionQ63)
    {
        var upper = WideMath.MultiplyHighFloor(forward, fractionQ63);
        var lower = unchecked(forward * fractionQ63);
        return new Int128(upper >> 1, (upper << 63) | (lower >> 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DifferenceOrZero(ulong larger, ulong smaller) => larger > smaller ? larger - smaller : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Int128 AtLeast(Int128 value, Int128 least) => value < least ? least : value;
}

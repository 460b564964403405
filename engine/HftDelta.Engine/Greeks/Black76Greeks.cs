using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// Price and sensitivities of one European option on a forward, undiscounted (docs/kernel.md has the formulas and their
/// sources). With n the normal density, N its integral, F forward, K strike, s volatility, T years and w = s sqrt(T):
/// <code>
/// gamma = n(d1) / (F w)                 change of delta per unit of the forward
/// vega  = F n(d1) sqrt(T)               change of price per 1.00 of volatility
/// theta = -F n(d1) s / (2 sqrt(T))      change of price per year that passes
/// rho   = K T N(d2), put -K T N(-d2)    change of price per 1.00 of an interest rate that carries spot to forward
/// </code>
/// Each is off by less than 2^-50 of its natural scale: 1 / (F w), F sqrt(T), F s / sqrt(T), K T. Without volatility or
/// time gamma and theta are 0, and vega is F n(0) sqrt(T) where forward and strike are equal, else 0. Pure.
/// </summary>
/// <param name="Value">Price and delta, the same bits as <see cref="Black76Kernel"/> alone gives.</param>
/// <param name="Gamma">Per unit of the forward.</param>
/// <param name="Vega">In the unit of the forward, per 1.00 (100 %) of volatility.</param>
/// <param name="Theta">In the unit of the forward, per year of 365 days; never positive.</param>
/// <param name="Rho">In the unit of the forward, per 1.00 of the rate.</param>
public readonly record struct Black76Greeks(
    Black76Result Value, BinaryNumber Gamma, BinaryNumber Vega, BinaryNumber Theta, BinaryNumber Rho)
{
    /// <summary>All six numbers of an input in range.</summary>
    public static Black76Greeks Evaluate(in Black76Input input)
    {
        Check.That(input.IsInRange);
        return Evaluate(
            input.Forward,
            input.Strike,
            new BinaryFraction((ulong)input.Volatility.Value, VolatilityQ48.FractionBits),
            new BinaryFraction(input.TimeToExpiryNanos, 0),
            input.Kind);
    }

    /// <summary>The same with volatility and time as fine as the caller has them.</summary>
    public static Black76Greeks Evaluate(
        PriceTicks forward, PriceTicks strike, BinaryFraction volatility, BinaryFraction timeToExpiryNanos, OptionKind kind)
    {
        Check.That(new Black76Input(forward, strike, VolatilityQ48.One, 0, kind).IsInRange);
        Check.That(volatility.IsInRange && timeToExpiryNanos.IsInRange);
        var years = Magnitude.Of(timeToExpiryNanos)
            .TimesFloor(Magnitude.Of(KernelTables.YearReciprocalQ118, KernelTables.YearReciprocalBits));
        var strikeYears = years.TimesFloor((ulong)strike.Value);
        return volatility.IsZero || timeToExpiryNanos.IsZero
            ? Settled((ulong)forward.Value, (ulong)strike.Value, years, strikeYears, kind)
            : Live((ulong)forward.Value, (ulong)strike.Value, volatility, timeToExpiryNanos, strikeYears, kind);
    }

    private static Black76Greeks Live(
        ulong forward, ulong strike, BinaryFraction volatility, BinaryFraction timeNanos, Magnitude strikeYears, OptionKind kind)
    {
        var total = new TotalVolatility(volatility, timeNanos);
        var value = Black76Kernel.EvaluateTotal(forward, strike, total, kind);
        if (total.IsUnbounded)
        {
            return new Black76Greeks(value, default, default, default, RhoOf(strikeYears, belowQ63: 0, kind));
        }

        var moneyness = total.DivideQ56(LogRatio.Of(forward, strike));
        var half = total.HalfQ56;
        var first = moneyness + half;
        var density = Magnitude.Of(NormalTails.DensityQ64((ulong)(first < 0 ? -first : first)), 64);
        var perRoot = density.TimesFloor(total.Reciprocal);
        var forwardDensity = density.TimesFloor(forward);
        var sigma = Magnitude.Of(volatility);
        var rootYears = new TotalVolatility(new BinaryFraction(1, 0), timeNanos).Value;
        // s / sqrt(T) is s^2 / w.
        var theta = forwardDensity.TimesFloor(sigma).TimesFloor(sigma).TimesFloor(total.Reciprocal).TimesTwoToThe(-1);
        return new Black76Greeks(
            value,
            perRoot.OverFloor(Magnitude.Of(forward, 0)).ToNumber(isNegative: false),
            forwardDensity.TimesFloor(rootYears).ToNumber(isNegative: false),
            theta.ToNumber(isNegative: true),
            RhoOf(strikeYears, NormalTails.BelowQ63(moneyness - half), kind));
    }

    /// <summary>A step in rho as in delta: a half where forward and strike are equal.</summary>
    private static Black76Greeks Settled(ulong forward, ulong strike, Magnitude years, Magnitude strikeYears, OptionKind kind)
    {
        const ulong OneQ63 = 1UL << 63;
        var below = forward == strike ? OneQ63 / 2 : forward > strike ? OneQ63 : 0;
        var vega = forward == strike
            ? Magnitude.Of(NormalTails.DensityQ64(0), 64).TimesFloor(forward).TimesFloor(years.RootFloor())
            : default;
        return new Black76Greeks(
            Black76Kernel.Settled(forward, strike, kind),
            default,
            vega.ToNumber(isNegative: false),
            default,
            RhoOf(strikeYears, below, kind));
    }

    /// <param name="strikeYears">Strike times years.</param>
    /// <param name="belowQ63">N(d2).</param>
    /// <param name="kind">A put has what is left of 1, with the other sign.</param>
    private static BinaryNumber RhoOf(Magnitude strikeYears, ulong belowQ63, OptionKind kind)
    {
        var isPut = kind == OptionKind.Put;
        return strikeYears.TimesFloor(Magnitude.Of(isPut ? (1UL << 63) - belowQ63 : belowQ63, 63)).ToNumber(isPut);
    }
}

using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks.Surfaces;

/// <summary>
/// Whether volatility slices hold an arbitrage, with the reason by name. Pure; each check is bounded.
/// <list type="bullet">
/// <item>SVI alone: its five numbers, and the density function of Gatheral and Jacquier (2014)
/// g = (1 - k w' / 2w)^2 - w'^2 / 4 (1 / w + 1 / 4) + w'' / 2 on a grid; what lies between two of its points is not seen.</item>
/// <item>Any slice on a set of strikes: calls fall with the strike, by no more than it rises, and are convex. On these
/// strikes that is necessary and sufficient (Davis and Hobson 2007).</item>
/// <item>Two expiries: total variance does not fall with the expiry at any log-moneyness of a grid, or of a table.</item>
/// </list>
/// </summary>
public static class SurfaceChecks
{
    /// <summary>Differences up to 2^-49 of the forward, or of a total variance, may be rounding.</summary>
    private const int SlackBits = 49;

    private const int GridPoints = 2 * GridHalf;
    private const int GridHalf = 192;

    /// <summary>The parameters, then the density.</summary>
    public static SurfaceFault Svi(SviParameters parameters)
    {
        var fault = parameters.Check();
        for (var point = 0; fault == SurfaceFault.None && point <= GridPoints; point++)
        {
            var moneyness = GridMoneynessQ56(parameters, point);
            fault = SviDensity.IsNegative(parameters, moneyness) ? SurfaceFault.NegativeDensity : SurfaceFault.None;
        }

        return fault;
    }

    /// <summary>The table by itself, and no arbitrage between its strikes.</summary>
    /// <param name="table">Strikes with volatilities.</param>
    /// <param name="forward">Of the expiry.</param>
    /// <param name="timeToExpiryNanos">Left.</param>
    public static SurfaceFault Table(ReadOnlySpan<StrikeVolatility> table, PriceTicks forward, ulong timeToExpiryNanos)
    {
        if (table.Length is 0 or > VolatilitySlice.TableStrikesMax || !IsRising(table))
        {
            return SurfaceFault.StrikesNotRising;
        }

        Span<PriceTicks> strikes = stackalloc PriceTicks[VolatilitySlice.TableStrikesMax];
        for (var index = 0; index < table.Length; index++)
        {
            var node = table[index];
            if (!new Black76Input(forward, node.Strike, node.Volatility, 0, OptionKind.Call).IsInRange)
            {
                return SurfaceFault.OutOfRange;
            }

            if (node.Volatility.Value == 0)
            {
                return SurfaceFault.NegativeVariance;
            }

            strikes[index] = node.Strike;
        }

        return Strikes(VolatilitySlice.OfTable(table), forward, strikes[..table.Length], timeToExpiryNanos);
    }

    /// <summary>No arbitrage among calls on these strikes and the forward itself.</summary>
    /// <param name="slice">Where the volatilities come from.</param>
    /// <param name="forward">Of the expiry.</param>
    /// <param name="strikes">Rising, such as those that are listed.</param>
    /// <param name="timeToExpiryNanos">Left.</param>
    public static SurfaceFault Strikes(
        in VolatilitySlice slice, PriceTicks forward, ReadOnlySpan<PriceTicks> strikes, ulong timeToExpiryNanos)
    {
        // A strike of 0 is the forward; the slope of calls there is -1 at most.
        var lastStrike = 0L;
        var lastCall = (Int128)forward.Value << Black76Result.FractionBits;
        var lastFall = (Int128)1 << Black76Result.FractionBits;
        var slack = lastCall >> SlackBits;
        for (var index = 0; index < strikes.Length; index++)
        {
            var strike = strikes[index];
            Check.That(strike.Value > lastStrike);
            var variance = slice.TotalVariance(forward, strike, timeToExpiryNanos);
            var call = Black76Kernel.EvaluateVariance(forward, strike, variance, OptionKind.Call).PriceQ62;
            var width = strike.Value - lastStrike;
            var tolerance = (slack / width) + 1;
            var fall = (lastCall - call) / width;
            if (fall < -tolerance || fall > ((Int128)1 << Black76Result.FractionBits) + tolerance)
            {
                return SurfaceFault.VerticalSpread;
            }

            if (fall > lastFall + tolerance)
            {
                return SurfaceFault.ButterflySpread;
            }

            // The next comparison has this one's rounding too.
            (lastStrike, lastCall, lastFall) = (strike.Value, call, fall + tolerance);
        }

        return SurfaceFault.None;
    }

    /// <summary>Two smiles of one underlying: the later one has at least the total variance of the nearer.</summary>
    public static SurfaceFault Calendar(
        in VolatilitySlice near, PriceTicks nearForward, ulong nearNanos,
        in VolatilitySlice far, PriceTicks farForward, ulong farNanos)
    {
        Check.That(nearNanos <= farNanos);
        var pair = new Expiries(near, nearForward, nearNanos, far, farForward, farNanos);
        // Beyond the grid the slopes decide.
        if (near.IsSvi && far.IsSvi && (WingFalls(pair, 1) || WingFalls(pair, -1)))
        {
            return SurfaceFault.CalendarSpread;
        }

        for (var point = 0; point <= GridPoints; point++)
        {
            if ((near.IsSvi && Falls(pair, GridMoneynessQ56(near.Parameters, point)))
                || (far.IsSvi && Falls(pair, GridMoneynessQ56(far.Parameters, point))))
            {
                return SurfaceFault.CalendarSpread;
            }
        }

        foreach (var node in near.Table)
        {
            if (Falls(pair, Moneyness.Q56(nearForward, node.Strike)))
            {
                return SurfaceFault.CalendarSpread;
            }
        }

        foreach (var node in far.Table)
        {
            if (Falls(pair, Moneyness.Q56(farForward, node.Strike)))
            {
                return SurfaceFault.CalendarSpread;
            }
        }

        return SurfaceFault.None;
    }

    /// <summary>A part in 2^40 and some units of the last place are rounding.</summary>
    private static bool Falls(in Expiries pair, long moneynessQ56)
    {
        var near = pair.Near.TotalVarianceQ56(pair.NearForward, moneynessQ56, pair.NearNanos);
        var far = pair.Far.TotalVarianceQ56(pair.FarForward, moneynessQ56, pair.FarNanos);
        return far + (far >> 40) + 256 < near;
    }

    /// <summary>b (1 + rho) to the right, b (1 - rho) to the left, each for the time that is left of its fit.</summary>
    private static bool WingFalls(in Expiries pair, int side)
    {
        var near = pair.Near.WingQ56(side, pair.NearNanos);
        var far = pair.Far.WingQ56(side, pair.FarNanos);
        return far + (far >> 40) + 256 < near;
    }

    /// <summary>
    /// The centre, 64 points to either side within two widths, and 128 more that grow by an eighth of a natural octave each, out
    /// to where no strike can be.
    /// </summary>
    private static long GridMoneynessQ56(SviParameters parameters, int point)
    {
        const int Near = 64;
        const int PerWidth = 32;
        var steps = int.Abs(point - GridHalf);
        var width = Magnitude.Of((ulong)parameters.WidthQ48, SviParameters.FractionBits);
        var distance = steps <= Near
            ? width.TimesFloor((ulong)steps).TimesTwoToThe(-5)
            : width.TimesFloor(Near / PerWidth)
                .TimesFloor(Exponential.Of((long)(steps - Near) << (SviParameters.VarianceBits - 3)));
        var distanceQ56 = (long)distance.FloorAtMost(SviParameters.VarianceBits, 44UL << SviParameters.VarianceBits);
        return (parameters.CentreQ48 << 8) + (point < GridHalf ? -distanceQ56 : distanceQ56);
    }

    private static bool IsRising(ReadOnlySpan<StrikeVolatility> table)
    {
        for (var index = 1; index < table.Length; index++)
        {
            if (table[index].Strike <= table[index - 1].Strike)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a calendar check compares.</summary>
    private readonly ref struct Expiries(
        VolatilitySlice near, PriceTicks nearForward, ulong nearNanos, VolatilitySlice far, PriceTicks farForward, ulong farNanos)
    {
        public readonly VolatilitySlice Near = near;
        public readonly VolatilitySlice Far = far;

        public PriceTicks NearForward { get; } = nearForward;

        public PriceTicks FarForward { get; } = farForward;

        public ulong NearNanos { get; } = nearNanos;

        public ulong FarNanos { get; } = farNanos;
    }
}

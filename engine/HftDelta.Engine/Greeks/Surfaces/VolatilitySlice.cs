using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks.Surfaces;

/// <summary>One strike of a table with its annual volatility.</summary>
public readonly record struct StrikeVolatility(PriceTicks Strike, VolatilityQ48 Volatility);

/// <summary>
/// The volatility of one expiry as data: SVI parameters, or a table of strikes. A table is interpolated linearly in variance over
/// ln(strike) and is flat outside; SVI is the total variance at the time of its fit and shrinks in proportion to the time
/// left. Gives the total variance of any strike, which is what the kernel needs. A view: owns nothing. Pure.
/// </summary>
public readonly ref struct VolatilitySlice
{
    public const int TableStrikesMax = 256;

    private readonly SviParameters _parameters;
    private readonly ulong _fitNanos;
    private readonly ReadOnlySpan<StrikeVolatility> _table;

    private VolatilitySlice(SviParameters parameters, ulong fitNanos, ReadOnlySpan<StrikeVolatility> table)
    {
        _parameters = parameters;
        _fitNanos = fitNanos;
        _table = table;
    }

    /// <summary>Without a table: SVI.</summary>
    public bool IsSvi => _table.IsEmpty;

    public SviParameters Parameters => _parameters;

    public ReadOnlySpan<StrikeVolatility> Table => _table;

    /// <param name="parameters">That passed <see cref="SurfaceChecks.Svi"/>.</param>
    /// <param name="fitNanos">Time to expiry to which the parameters belong, above 0.</param>
    public static VolatilitySlice OfSvi(SviParameters parameters, ulong fitNanos)
    {
        Check.That(parameters.Check() == SurfaceFault.None && fitNanos > 0);
        return new VolatilitySlice(parameters, fitNanos, default);
    }

    /// <param name="table">That passed <see cref="SurfaceChecks.Table"/>: strikes rise.</param>
    public static VolatilitySlice OfTable(ReadOnlySpan<StrikeVolatility> table)
    {
        Check.That(!table.IsEmpty);
        return new VolatilitySlice(default, 0, table);
    }

    /// <summary>
    /// Volatility squared times years, for <see cref="Black76Kernel.EvaluateVariance"/>; 0 without time. Off by less than 2^-45
    /// of itself and, for SVI, what its parameters leave.
    /// </summary>
    public BinaryFraction TotalVariance(PriceTicks forward, PriceTicks strike, ulong timeToExpiryNanos) =>
        (IsSvi ? OfSvi(forward, strike, timeToExpiryNanos) : OfTable(strike, timeToExpiryNanos)).ToFraction();

    /// <summary>The same as an annual volatility, toward zero and held at the largest; 0 without time.</summary>
    public VolatilityQ48 Volatility(PriceTicks forward, PriceTicks strike, ulong timeToExpiryNanos)
    {
        if (!IsSvi)
        {
            return FromVariance(TableVariance((ulong)strike.Value));
        }

        return timeToExpiryNanos == 0
            ? default
            : FromVariance(OfSvi(forward, strike, timeToExpiryNanos).OverFloor(Years(timeToExpiryNanos)));
    }

    /// <summary>Total variance in 2^-56 at a log-moneyness, toward zero.</summary>
    internal ulong TotalVarianceQ56(PriceTicks forward, long moneynessQ56, ulong timeToExpiryNanos)
    {
        var variance = IsSvi
            ? Remaining(Magnitude.Of(_parameters.TotalVarianceQ56(moneynessQ56), SviParameters.VarianceBits), timeToExpiryNanos)
            : TableVarianceAt(forward, moneynessQ56).TimesFloor(Years(timeToExpiryNanos));
        return variance.FloorAtMost(SviParameters.VarianceBits, ulong.MaxValue >> 1);
    }

    /// <summary>SVI: what total variance rises by per unit of log-moneyness far right (1) or left (-1), in 2^-56.</summary>
    internal ulong WingQ56(int side, ulong timeToExpiryNanos)
    {
        var lean = (1L << SviParameters.FractionBits) + (side * _parameters.CorrelationQ48);
        var slope = Magnitude.Of((ulong)_parameters.SlopeQ48, SviParameters.FractionBits)
            .TimesFloor(Magnitude.Of((ulong)lean, SviParameters.FractionBits));
        return Remaining(slope, timeToExpiryNanos).FloorAtMost(SviParameters.VarianceBits, ulong.MaxValue >> 1);
    }

    private static VolatilityQ48 FromVariance(Magnitude variance) =>
        new((long)variance.RootFloor().FloorAtMost(VolatilityQ48.FractionBits, (ulong)VolatilityQ48.Max.Value));

    private static Magnitude Years(ulong timeNanos) => Magnitude.Of(timeNanos, 0)
        .TimesFloor(Magnitude.Of(KernelTables.YearReciprocalQ118, KernelTables.YearReciprocalBits));

    private static Magnitude SquareOf(VolatilityQ48 volatility)
    {
        var sigma = Magnitude.Of((ulong)volatility.Value, VolatilityQ48.FractionBits);
        return sigma.TimesFloor(sigma);
    }

    private Magnitude OfSvi(PriceTicks forward, PriceTicks strike, ulong timeNanos) =>
        Remaining(
            Magnitude.Of(_parameters.TotalVarianceQ56(Moneyness.Q56(forward, strike)), SviParameters.VarianceBits), timeNanos);

    private Magnitude Remaining(Magnitude atFit, ulong timeNanos) =>
        atFit.TimesFloor(timeNanos).OverFloor(Magnitude.Of(_fitNanos, 0));

    private Magnitude OfTable(PriceTicks strike, ulong timeNanos) =>
        TableVariance((ulong)strike.Value).TimesFloor(Years(timeNanos));

    /// <summary>Annual variance.</summary>
    private Magnitude TableVariance(ulong strike)
    {
        var above = FirstAbove(strike);
        if (above == 0 || above == _table.Length)
        {
            return SquareOf(_table[above == 0 ? 0 : above - 1].Volatility);
        }

        var (left, right) = (_table[above - 1], _table[above]);
        var (low, high) = (SquareOf(left.Volatility), SquareOf(right.Volatility));
        // Two parts that add up to 1, so that no difference of variances is needed.
        var whole = Magnitude.Of(LogRatio.Of((ulong)right.Strike.Value, (ulong)left.Strike.Value));
        var rightPart = Magnitude.Of(LogRatio.Of(strike, (ulong)left.Strike.Value)).OverFloor(whole);
        var leftPart = Magnitude.Of(LogRatio.Of((ulong)right.Strike.Value, strike)).OverFloor(whole);
        return low.TimesFloor(leftPart).PlusFloor(high.TimesFloor(rightPart));
    }

    /// <summary>Annual variance at a log-moneyness that need not belong to a whole strike.</summary>
    private Magnitude TableVarianceAt(PriceTicks forward, long moneynessQ56)
    {
        var above = 0;
        while (above < _table.Length && Moneyness.Q56(forward, _table[above].Strike) <= moneynessQ56)
        {
            above++;
        }

        if (above == 0 || above == _table.Length)
        {
            return SquareOf(_table[above == 0 ? 0 : above - 1].Volatility);
        }

        var left = Moneyness.Q56(forward, _table[above - 1].Strike);
        var right = Moneyness.Q56(forward, _table[above].Strike);
        var whole = Magnitude.Of((ulong)(right - left), SviParameters.VarianceBits);
        var rightPart = Magnitude.Of((ulong)(moneynessQ56 - left), SviParameters.VarianceBits).OverFloor(whole);
        var leftPart = Magnitude.Of((ulong)(right - moneynessQ56), SviParameters.VarianceBits).OverFloor(whole);
        return SquareOf(_table[above - 1].Volatility).TimesFloor(leftPart)
            .PlusFloor(SquareOf(_table[above].Volatility).TimesFloor(rightPart));
    }

    /// <summary>The first strike above; a strike of the table is the left end of its interval.</summary>
    private int FirstAbove(ulong strike)
    {
        var (low, high) = (0, _table.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = (ulong)_table[middle].Strike.Value <= strike ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>ln(strike / forward) in 2^-56, toward zero.</summary>
internal static class Moneyness
{
    public static long Q56(PriceTicks forward, PriceTicks strike)
    {
        var ratio = LogRatio.Of((ulong)strike.Value, (ulong)forward.Value);
        var magnitude = (long)Magnitude.Of(ratio).FloorAtMost(56, 44UL << 56);
        return ratio.IsNegative ? -magnitude : magnitude;
    }
}

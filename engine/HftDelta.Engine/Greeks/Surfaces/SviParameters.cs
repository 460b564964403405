namespace HftDelta.Engine.Greeks.Surfaces;

/// <summary>
/// One expiry's smile in five numbers (Gatheral's raw SVI, 2004): with k = ln(strike / forward) the total variance is
/// <code>w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + s^2))</code>
/// All in 2^-48. Evaluated in integers: each w is off by less than 2^-46 of the larger of itself and b. Pure.
/// </summary>
/// <param name="LevelQ48">a, at most 64 in magnitude.</param>
/// <param name="SlopeQ48">b, from 0 to 2.</param>
/// <param name="CorrelationQ48">rho, between -1 and 1.</param>
/// <param name="CentreQ48">m, at most 16 in magnitude.</param>
/// <param name="WidthQ48">s, above 0 and at most 16.</param>
public readonly record struct SviParameters(
    long LevelQ48, long SlopeQ48, long CorrelationQ48, long CentreQ48, long WidthQ48)
{
    public const int FractionBits = 48;

    /// <summary>Bits of the fraction of log-moneyness and of total variance.</summary>
    public const int VarianceBits = 56;

    private const long One = 1L << FractionBits;

    /// <summary>Log-moneyness is held at this magnitude: |ln| of two prices is at most 43.</summary>
    private const long MoneynessMaxQ56 = 44L << VarianceBits;

    /// <summary>What the five numbers alone must satisfy; the density is looked at by <see cref="SurfaceChecks.Svi"/>.</summary>
    public SurfaceFault Check()
    {
        if (long.Abs(LevelQ48) > 64 * One || long.Abs(CentreQ48) > 16 * One || WidthQ48 > 16 * One || SlopeQ48 > 2 * One)
        {
            return SurfaceFault.OutOfRange;
        }

        if (SlopeQ48 < 0)
        {
            return SurfaceFault.NegativeSlope;
        }

        if (CorrelationQ48 is <= -One or >= One)
        {
            return SurfaceFault.CorrelationOutOfRange;
        }

        if (WidthQ48 <= 0)
        {
            return SurfaceFault.WidthNotPositive;
        }

        if ((Int128)SlopeQ48 * (One + long.Abs(CorrelationQ48)) > (Int128)2 << (2 * FractionBits))
        {
            return SurfaceFault.WingTooSteep;
        }

        return LeastVarianceQ56() <= 0 ? SurfaceFault.NegativeVariance : SurfaceFault.None;
    }

    /// <summary>Total variance in 2^-56, toward minus infinity and at least 0.</summary>
    /// <param name="moneynessQ56">k.</param>
    public ulong TotalVarianceQ56(long moneynessQ56)
    {
        var distance = DistanceQ56(moneynessQ56);
        var inner = ((Int128)CorrelationQ48 * distance >> FractionBits) + (Int128)RootQ56(distance);
        var variance = ((Int128)LevelQ48 << (VarianceBits - FractionBits)) + (SlopeQ48 * inner >> FractionBits);
        return variance > 0 ? (ulong)variance : 0;
    }

    /// <summary>k - m.</summary>
    internal long DistanceQ56(long moneynessQ56) =>
        long.Clamp(moneynessQ56, -MoneynessMaxQ56, MoneynessMaxQ56) - (CentreQ48 << (VarianceBits - FractionBits));

    /// <summary>sqrt((k - m)^2 + s^2), below 64.</summary>
    internal ulong RootQ56(long distanceQ56)
    {
        var distance = Magnitude.Of((ulong)long.Abs(distanceQ56), VarianceBits);
        var width = Magnitude.Of((ulong)WidthQ48, FractionBits);
        return distance.TimesFloor(distance)
            .PlusFloor(width.TimesFloor(width))
            .RootFloor()
            .FloorAtMost(VarianceBits, 64UL << VarianceBits);
    }

    /// <summary>a + b s sqrt(1 - rho^2), toward minus infinity.</summary>
    private Int128 LeastVarianceQ56()
    {
        var rest = ((UInt128)1 << (2 * FractionBits)) - (UInt128)((Int128)CorrelationQ48 * CorrelationQ48);
        var height = Magnitude.OfFloor(rest, 2 * FractionBits)
            .RootFloor()
            .TimesFloor(Magnitude.Of((ulong)SlopeQ48, FractionBits))
            .TimesFloor(Magnitude.Of((ulong)WidthQ48, FractionBits))
            .FloorAtMost(VarianceBits, 64UL << VarianceBits);
        return ((Int128)LevelQ48 << (VarianceBits - FractionBits)) + (Int128)height;
    }
}

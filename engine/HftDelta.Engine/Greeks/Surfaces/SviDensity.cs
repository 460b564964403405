namespace HftDelta.Engine.Greeks.Surfaces;

/// <summary>The sign of Gatheral and Jacquier's g, to which the density that SVI implies is proportional. Pure.</summary>
internal static class SviDensity
{
    private const int Bits = SviParameters.VarianceBits;
    private const int SviBits = SviParameters.FractionBits;

    /// <summary>What of 1 may be rounding.</summary>
    private const int SlackBits = 30;

    private static readonly Int128 Most = (Int128)1 << 100;

    public static bool IsNegative(SviParameters parameters, long moneynessQ56)
    {
        var variance = (Int128)parameters.TotalVarianceQ56(moneynessQ56);
        if (variance == 0)
        {
            return true;
        }

        var distance = parameters.DistanceQ56(moneynessQ56);
        var root = (Int128)parameters.RootQ56(distance);
        // w' = b (rho + x / R) and w'' = b s^2 / R^3, x = k - m and R the root: at most 4 and b / s.
        var lean = ((Int128)parameters.CorrelationQ48 << (Bits - SviBits)) + (((Int128)distance << Bits) / root);
        var slope = parameters.SlopeQ48 * lean >> SviBits;
        var square = slope * slope;
        var falling = Int128.Min(square / variance, Most) / 4 + (square >> (Bits + 4));
        var bend = BendQ56(parameters, (ulong)root) / 2;
        // Sixteen bits less, and held at 2^22, so that the square fits.
        var limit = (Int128)1 << 62;
        var tilt = (((Int128)1 << Bits) - (moneynessQ56 * slope / (2 * variance))) >> 16;
        tilt = Int128.Clamp(tilt, -limit, limit);
        var rising = (tilt * tilt) >> (Bits - 32);
        var slack = ((rising + falling) >> SlackBits) + ((Int128)1 << (Bits - SlackBits));
        return rising + bend + slack < falling;
    }

    private static Int128 BendQ56(SviParameters parameters, ulong rootQ56)
    {
        var perRoot = Magnitude.One.OverFloor(Magnitude.Of(rootQ56, Bits));
        // s / R is at most 1, so this is at most b / s, 2^49.
        var part = Magnitude.Of((ulong)parameters.WidthQ48, SviBits).TimesFloor(perRoot);
        var bend = Magnitude.Of((ulong)parameters.SlopeQ48, SviBits).TimesFloor(part).TimesFloor(part).TimesFloor(perRoot);
        return bend.TryFloor(Bits, out var value) ? value : Most;
    }
}

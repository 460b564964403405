namespace HftDelta.Engine.Greeks.Surfaces;

/// <summary>Why a volatility slice, or two of them, are refused. The values are those of the wire when it has them.</summary>
public enum SurfaceFault : byte
{
    None = 0,

    /// <summary>A number is outside of the range that the arithmetic is proved for.</summary>
    OutOfRange = 1,

    /// <summary>SVI: the slope b is negative.</summary>
    NegativeSlope = 2,

    /// <summary>SVI: the correlation is not between -1 and 1.</summary>
    CorrelationOutOfRange = 3,

    /// <summary>SVI: the width is not above 0.</summary>
    WidthNotPositive = 4,

    /// <summary>The least total variance is not above 0.</summary>
    NegativeVariance = 5,

    /// <summary>SVI: a wing rises by more than 2 per unit of log-moneyness, more than any distribution allows (Lee).</summary>
    WingTooSteep = 6,

    /// <summary>Butterfly: the density that the prices imply is negative somewhere.</summary>
    NegativeDensity = 7,

    /// <summary>Table: no strike, too many, or strikes that do not rise.</summary>
    StrikesNotRising = 8,

    /// <summary>A call rises with its strike, or falls by more than the strike rises.</summary>
    VerticalSpread = 9,

    /// <summary>Butterfly: the middle one of three calls costs more than the mean of its neighbours.</summary>
    ButterflySpread = 10,

    /// <summary>Calendar: the later expiry has less total variance at some log-moneyness.</summary>
    CalendarSpread = 11,
}

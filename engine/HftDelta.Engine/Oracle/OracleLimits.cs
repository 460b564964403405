namespace HftDelta.Engine.Oracle;

/// <summary>Bounds of the oracle that those who configure it must know.</summary>
public static class OracleLimits
{
    /// <summary>Source ids are 1 to this.</summary>
    public const int SourcesPerUnderlying = OracleSources.PerUnderlying;

    /// <summary>Points in one ForwardUpdate.</summary>
    public const int ForwardPointsPerUpdate = ForwardCurves.PointsPerUpdateMax;
}

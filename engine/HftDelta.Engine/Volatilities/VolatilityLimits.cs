namespace HftDelta.Engine.Volatilities;

/// <summary>What one command on volatilities may hold.</summary>
public static class VolatilityLimits
{
    /// <summary>Strikes of a table, so that it fits into a datagram.</summary>
    public const int StrikesMax = SliceTerms.StrikesMax;
}

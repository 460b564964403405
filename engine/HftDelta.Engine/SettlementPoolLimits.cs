namespace HftDelta.Engine;

/// <summary>What terms of the settlement pool may be.</summary>
public static class SettlementPoolLimits
{
    /// <summary>No account borrows more of its claim.</summary>
    public const uint ShareOfClaimMaxPpm = 800_000;

    /// <summary>Ten times what is borrowed, a year.</summary>
    public const uint RateMaxPpm = 10_000_000;

    public const long CapMaxAtoms = 1L << 60;
}

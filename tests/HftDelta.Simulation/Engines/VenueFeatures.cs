namespace HftDelta.Simulation.Engines;

/// <summary>What random commands may use.</summary>
[Flags]
public enum VenueFeatures
{
    /// <summary>
    /// Limit orders, good-till dates, immediate or cancel, post-only, reduce-only, cancels, replacements, oracle.
    /// </summary>
    Basic = 0,

    /// <summary>Market, market-to-limit, fill or kill, minimum quantity.</summary>
    AtOnce = 1 << 0,

    Iceberg = 1 << 1,
    SelfTradePrevention = 1 << 2,
    Reprice = 1 << 3,
    Day = 1 << 4,
    Stops = 1 << 5,
    Pegs = 1 << 6,
    MassCancels = 1 << 7,
    Quotes = 1 << 8,
    Protection = 1 << 9,
    Rules = 1 << 10,
    States = 1 << 11,
    KillSwitch = 1 << 12,
    Strategies = 1 << 13,
    Sessions = 1 << 14,
    All = (1 << 15) - 1,
}

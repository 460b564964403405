namespace HftDelta.Engine.Markets;

/// <summary>
/// Which trading rules an instrument has: kept in its record, so that an instrument without rules costs one test. It follows
/// from its <see cref="RulesRecord"/>.
/// </summary>
[Flags]
internal enum RuleFlags : byte
{
    None = 0,
    Increments = 1 << 0,
    LotSize = 1 << 1,
    OrderLots = 1 << 2,
    AccountOrders = 1 << 3,
    PositionLots = 1 << 4,
    StaticBand = 1 << 5,
    DynamicBand = 1 << 6,

    /// <summary>Not of its rules: the price of its underlying is stale or dead, and only orders that reduce are taken.</summary>
    ReduceOnly = 1 << 7,
}

namespace HftDelta.Node.Config;

/// <summary>What a fee is a part of.</summary>
public enum MarketFeeBasis
{
    /// <summary>Lots x price.</summary>
    TradedValue,

    /// <summary>Lots x settlement price of the underlying.</summary>
    UnderlyingValue,
}

/// <summary>What instruments cost, for each tier of accounts (docs/money.md). Immutable.</summary>
public sealed record MarketFeeSchedule
{
    /// <summary>From 1 to 15.</summary>
    public required ushort ScheduleId { get; init; }

    public MarketFeeBasis Basis { get; init; }

    /// <summary>The value of the underlying counts at most this multiple of the traded value; 0: no such bound.</summary>
    public uint TradedMultiple { get; init; }

    /// <summary>From tier 0 on, at most eight; accounts of a higher tier pay what the last one pays.</summary>
    public required IReadOnlyList<MarketFeeTier> Tiers { get; init; }
}

/// <summary>Rates in parts per million.</summary>
public sealed record MarketFeeTier
{
    /// <summary>Negative: a rebate, never above the smallest taker's fee of the schedule.</summary>
    public int MakerPpm { get; init; }

    public int TakerPpm { get; init; }

    public uint AuctionPpm { get; init; }

    public uint SettlementPpm { get; init; }

    public uint FundingPpm { get; init; }
}

/// <summary>An asset that is collateral beside the quote asset.</summary>
public sealed record MarketAsset
{
    public required uint AssetId { get; init; }

    public required string Symbol { get; init; }

    /// <summary>Whose price it has.</summary>
    public required uint UnderlyingId { get; init; }

    public required long AtomsPerUnit { get; init; }

    /// <summary>Quote atoms that one unit is worth for each tick of the underlying.</summary>
    public required long QuoteAtomsPerTick { get; init; }

    public uint HaircutPpm { get; init; }

    /// <summary>Of all accounts together, in atoms of the asset.</summary>
    public required long VenueMaxAtoms { get; init; }

    public required long AccountMaxAtoms { get; init; }
}

/// <summary>What is paid into an account when it is opened, beside the quote asset.</summary>
public sealed record MarketDeposit
{
    public required uint AssetId { get; init; }

    public required long Atoms { get; init; }
}

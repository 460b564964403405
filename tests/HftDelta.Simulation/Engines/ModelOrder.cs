using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>One live order of the model venue.</summary>
internal sealed class ModelOrder
{
    /// <summary>Place among all orders that were accepted; also its entry where rules speak of one.</summary>
    public required ulong Id { get; init; }

    public required uint Session { get; init; }

    public required uint Account { get; init; }

    public required uint Instrument { get; init; }

    public required Side Side { get; init; }

    public ulong ClientOrderId { get; set; }

    /// <summary>What it is now: a triggered stop has become a market or a limit order.</summary>
    public OrderType Type { get; set; }

    public TimeInForce TimeInForce { get; init; }

    public ExecutionFlags Flags { get; init; }

    public SelfTradePrevention SelfTradePrevention { get; init; }

    public ulong ExpireTime { get; init; }

    /// <summary>Where it stands or takes.</summary>
    public long Price { get; set; }

    /// <summary>What the account must be able to pay: the limit of a pegged order, otherwise its price.</summary>
    public long MarginPrice { get; set; }

    /// <summary>Of a strategy's order, by leg: what the account must be able to pay or may have to take.</summary>
    public long[] LegPrices { get; set; } = [];

    /// <summary>Total, what was filled and decremented included.</summary>
    public long Quantity { get; set; }

    /// <summary>Shown and hidden together.</summary>
    public long Open { get; set; }

    /// <summary>What the book shows of it while it rests.</summary>
    public long Shown { get; set; }

    public long Display { get; init; }

    public bool IsResting { get; set; }

    /// <summary>It takes from its own book alone as long as it is incoming: its quantity was promised at once.</summary>
    public bool IsAllAtOnce { get; set; }

    /// <summary>A stop that is not active: it waits outside the book.</summary>
    public bool IsWaiting { get; set; }

    public TriggerSource TriggerSource { get; init; }

    /// <summary>Of a trailing stop it moves.</summary>
    public long TriggerPrice { get; set; }

    public long TrailingAmount { get; init; }

    public TrailingUnit TrailingUnit { get; init; }

    /// <summary>The highest or lowest price that a trailing stop has seen.</summary>
    public long Watermark { get; set; }

    /// <summary>A trailing stop that a price has triggered.</summary>
    public bool IsMarked { get; set; }

    public long PegOffset { get; init; }

    /// <summary>Price of a pegged order before it is moved behind the best opposite; 0 is none.</summary>
    public long PegTarget { get; set; }

    /// <summary>It came with hidden quantity, a trigger or a peg.</summary>
    public bool IsExtended { get; init; }

    public bool IsQuote { get; init; }

    /// <summary>Market-maker protection has ended it; it only waits for its report.</summary>
    public bool IsPulled { get; set; }

    /// <summary>The kill switch has ended it; it only waits for its report.</summary>
    public bool IsKilled { get; set; }

    public bool IsBuy => Side == Side.Buy;

    public bool IsProtected => (Flags & ExecutionFlags.MarketMakerProtection) != 0;

    public bool IsReduceOnly => (Flags & ExecutionFlags.ReduceOnly) != 0;

    public bool IsPegged => Type == OrderType.Pegged;

    public bool IsStop => Type is OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop;
}

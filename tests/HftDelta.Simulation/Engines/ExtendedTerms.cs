using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Terms of an order beyond side, price and quantity, as a test sets them; without any, a plain limit order.</summary>
public sealed class ExtendedTerms
{
    public ulong ClientOrderId { get; set; }

    public OrderType OrderType { get; set; } = OrderType.Limit;

    public TimeInForce TimeInForce { get; set; }

    public ExecutionFlags Flags { get; set; }

    public SelfTradePrevention SelfTradePrevention { get; set; }

    public ulong ExpireTime { get; set; }

    public long MinimumQuantity { get; set; }

    public long DisplayQuantity { get; set; }

    public long TriggerPrice { get; set; }

    public TriggerSource TriggerSource { get; set; }

    public long TrailingAmount { get; set; }

    public TrailingUnit TrailingUnit { get; set; }

    public long PegOffset { get; set; }
}

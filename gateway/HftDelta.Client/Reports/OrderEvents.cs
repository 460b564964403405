using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Reports;

/// <summary>Where a report stands: its number in the session, the command that caused it, and the venue's time.</summary>
/// <param name="Sequence">From 1 within the session, without gaps.</param>
/// <param name="Command">The sequenced command.</param>
/// <param name="Time">Venue time.</param>
public readonly record struct ReportPlace(ReportSequence Sequence, CommandSequence Command, TimeNanos Time);

/// <summary>The number of a recoverable report within its session.</summary>
public readonly record struct ReportSequence(ulong Value);

/// <summary>An order of this session traded.</summary>
public readonly struct OrderFill
{
    public required ReportPlace Place { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required OrderId OrderId { get; init; }

    public required ClientOrderId Order { get; init; }

    public required ulong TradeId { get; init; }

    public required Side Side { get; init; }

    /// <summary>Gross, that of the resting order.</summary>
    public required PriceTicks Price { get; init; }

    public required QuantityLots Quantity { get; init; }

    /// <summary>What is open after it; 0: the order is done.</summary>
    public required QuantityLots Leaves { get; init; }

    /// <summary>The delta index at the trade, for one lot: the net price is the price less it.</summary>
    public required SubAtoms DeltaIndex { get; init; }

    /// <summary>Cash of the account after it.</summary>
    public required Atoms Cash { get; init; }

    /// <summary>What it cost, in the cash already; negative: a rebate.</summary>
    public required SubAtoms Fee { get; init; }

    public required Liquidity Liquidity { get; init; }
}

/// <summary>One leg of a strategy order's fill: what the account holds now. The strategy itself is never held.</summary>
public readonly struct StrategyLegFill
{
    public required ReportPlace Place { get; init; }

    /// <summary>The leg.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>The strategy order.</summary>
    public required OrderId OrderId { get; init; }

    public required ClientOrderId Order { get; init; }

    /// <summary>Of the leg's trade.</summary>
    public required ulong TradeId { get; init; }

    /// <summary>Of the leg: that of the order where its ratio is positive, else the other.</summary>
    public required Side Side { get; init; }

    /// <summary>Gross price of the leg.</summary>
    public required PriceTicks Price { get; init; }

    /// <summary>Lots of the leg.</summary>
    public required QuantityLots Quantity { get; init; }

    /// <summary>The leg's delta index at the trade, for one lot.</summary>
    public required SubAtoms DeltaIndex { get; init; }

    /// <summary>Cash of the account after it.</summary>
    public required Atoms Cash { get; init; }

    /// <summary>What the leg cost, in the cash already; negative: a rebate.</summary>
    public required SubAtoms Fee { get; init; }

    public required Liquidity Liquidity { get; init; }
}

/// <summary>An order is gone that nobody asked to cancel; cancels that were asked for are outcomes.</summary>
public readonly struct OrderCancellation
{
    public required ReportPlace Place { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required OrderId OrderId { get; init; }

    public required ClientOrderId Order { get; init; }

    public required Side Side { get; init; }

    /// <summary>What was open and is not any more.</summary>
    public required QuantityLots Quantity { get; init; }

    public required CancelReason Reason { get; init; }
}

/// <summary>Self-trade prevention took quantity from an order of this session without a trade.</summary>
public readonly struct OrderDecrement
{
    public required ReportPlace Place { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required OrderId OrderId { get; init; }

    public required ClientOrderId Order { get; init; }

    /// <summary>What was taken.</summary>
    public required QuantityLots Quantity { get; init; }

    /// <summary>What is open after it; 0: the order is done.</summary>
    public required QuantityLots Leaves { get; init; }
}

/// <summary>The venue changed an order by its own terms: a stop has become active, a pegged order has another price.</summary>
public readonly struct OrderRepricing
{
    public required ReportPlace Place { get; init; }

    public required InstrumentId Instrument { get; init; }

    public required OrderId OrderId { get; init; }

    public required ClientOrderId Order { get; init; }

    public required Side Side { get; init; }

    /// <summary>Its price from now on.</summary>
    public required PriceTicks Price { get; init; }

    public required QuantityLots Leaves { get; init; }

    public required RepriceReason Reason { get; init; }
}

/// <summary>Delta settlement moved cash of the session's account.</summary>
public readonly struct AccountSettlement
{
    public required ReportPlace Place { get; init; }

    public required AccountId Account { get; init; }

    /// <summary>Positions whose index had moved.</summary>
    public required int Positions { get; init; }

    /// <summary>Received; negative if paid.</summary>
    public required Atoms Amount { get; init; }

    public required Atoms Cash { get; init; }

    /// <summary>Remainder of the cash, below one atom.</summary>
    public required SubAtoms Dust { get; init; }

    /// <summary>Settlement fees, in the amount already.</summary>
    public required SubAtoms Fee { get; init; }

    /// <summary>Funding received, in the amount already; negative if paid.</summary>
    public required SubAtoms Funding { get; init; }

    /// <summary>Paid to the settlement pool for borrowed cash, in the amount already.</summary>
    public required SubAtoms Interest { get; init; }
}

using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Orders;

/// <summary>A new order: what is not said is that of a plain limit order.</summary>
public readonly record struct OrderTerms
{
    private readonly OrderType _type;

    public required InstrumentId Instrument { get; init; }

    public required Side Side { get; init; }

    /// <summary>
    /// The limit; of what takes at the market the protection price. 0 where the type's rules say that it may be.
    /// </summary>
    public required PriceTicks Price { get; init; }

    public required QuantityLots Quantity { get; init; }

    public OrderType Type
    {
        get => _type == default ? OrderType.Limit : _type;
        init => _type = value;
    }

    public TimeInForce TimeInForce { get; init; }

    /// <summary>With good-till-date.</summary>
    public TimeNanos ExpireTime { get; init; }

    public ExecutionFlags Flags { get; init; }

    /// <summary>What happens where the order would trade with one of its account group.</summary>
    public SelfTradePrevention SelfTradePrevention { get; init; }

    /// <summary>To be filled at once, or the order ends; 0: none.</summary>
    public QuantityLots MinimumQuantity { get; init; }

    /// <summary>The most that is shown at a time; 0: all.</summary>
    public QuantityLots DisplayQuantity { get; init; }

    /// <summary>Of stops: what their trigger looks at.</summary>
    public TriggerSource TriggerSource { get; init; }

    /// <summary>Of stops and stop-limits, in ticks of the source.</summary>
    public PriceTicks TriggerPrice { get; init; }

    /// <summary>Of trailing stops: how far the trigger stays behind, in <see cref="TrailingUnit"/>.</summary>
    public long TrailingAmount { get; init; }

    public TrailingUnit TrailingUnit { get; init; }

    /// <summary>Of pegged orders: ticks added to the oracle's price.</summary>
    public long PegOffset { get; init; }

    /// <summary>Whether the shorter message has no room for it.</summary>
    internal bool IsExtended =>
        (MinimumQuantity.Value | DisplayQuantity.Value | TriggerPrice.Value | TrailingAmount | PegOffset) != 0 ||
        TriggerSource != TriggerSource.None || TrailingUnit != TrailingUnit.None;

    /// <summary>Venue time from which on it must not be applied; null: the client's default, 0: none.</summary>
    public TimeNanos? Deadline { get; init; }
}

/// <summary>Another price or quantity for an order that rests; named by the venue's id, or by the client's own.</summary>
public readonly record struct ReplaceTerms
{
    public required InstrumentId Instrument { get; init; }

    /// <summary>The venue's name of the order; none: <see cref="Order"/> names it.</summary>
    public OrderId OrderId { get; init; }

    /// <summary>The client's present name of the order.</summary>
    public ClientOrderId Order { get; init; }

    public required PriceTicks Price { get; init; }

    /// <summary>The new total, what was filled before included.</summary>
    public required QuantityLots Quantity { get; init; }

    /// <summary>Venue time from which on it must not be applied; null: the client's default, 0: none.</summary>
    public TimeNanos? Deadline { get; init; }
}

/// <summary>A price from a session that is an oracle source.</summary>
public readonly record struct OracleTerms
{
    public required UnderlyingId Underlying { get; init; }

    /// <summary>1 to 8 within its underlying.</summary>
    public required int Source { get; init; }

    /// <summary>The source's own count, always increasing.</summary>
    public required ulong SourceSequence { get; init; }

    public required TimeNanos SourceTime { get; init; }

    /// <summary>In ticks of the underlying.</summary>
    public required PriceTicks Price { get; init; }

    /// <summary>Venue time from which on it must not be applied; null: the client's default, 0: none.</summary>
    public TimeNanos? Deadline { get; init; }
}

/// <summary>How a call is told apart and timed; nothing of it goes on the wire.</summary>
/// <param name="Tag">Comes back with the outcome.</param>
/// <param name="IntendedTime">When it was meant to be sent; 0: now.</param>
public readonly record struct CallNote(RequestTag Tag, TimeNanos IntendedTime = default);

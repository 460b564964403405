using System.Collections.Immutable;
using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// What is said to a venue, decoded: the production core and the model take the same. Times are nanoseconds after the world's
/// start, never earlier than those of the command before. Orders are named by session and client order id, so that a command
/// keeps its meaning when others before it are left out.
/// </summary>
public abstract record VenueCommand
{
    public ulong TimeNanos { get; init; }

    /// <summary>The session of a request; 0 for what the venue's own say.</summary>
    public uint Requester => this switch
    {
        NewOrder order => order.Session,
        CancelOrder cancel => cancel.Session,
        ReplaceOrder replace => replace.Session,
        MassCancel cancel => cancel.Session,
        QuoteMass quote => quote.Session,
        Protect protect => protect.Session,
        _ => 0,
    };
}

/// <summary>A new order; <see cref="IsExtended"/> says which of the two templates carries it.</summary>
public sealed record NewOrder : VenueCommand
{
    public uint Session { get; init; }

    public uint Account { get; init; }

    public uint Instrument { get; init; } = 1;

    public ulong ClientOrderId { get; init; }

    public Side Side { get; init; }

    public long Price { get; init; }

    public long Quantity { get; init; }

    public long MinimumQuantity { get; init; }

    public long DisplayQuantity { get; init; }

    /// <summary>Nanoseconds after the world's start; 0 is none.</summary>
    public ulong ExpireTime { get; init; }

    public long TriggerPrice { get; init; }

    public long TrailingAmount { get; init; }

    public long PegOffset { get; init; }

    public OrderType OrderType { get; init; } = OrderType.Limit;

    public TimeInForce TimeInForce { get; init; }

    public ExecutionFlags Flags { get; init; }

    public SelfTradePrevention SelfTradePrevention { get; init; }

    public TriggerSource TriggerSource { get; init; }

    public TrailingUnit TrailingUnit { get; init; }

    public bool IsExtended { get; init; }

    /// <summary>It has terms that only the extended template can carry.</summary>
    public bool NeedsExtended => MinimumQuantity != 0 || DisplayQuantity != 0 || TriggerPrice != 0 || TrailingAmount != 0 ||
        PegOffset != 0 || TriggerSource != TriggerSource.None || TrailingUnit != TrailingUnit.None;
}

/// <summary>
/// Original is the client order id that the order has; by order id, the venue's id of that order is said, if it has one.
/// </summary>
public sealed record CancelOrder(
    uint Session, uint Account, uint Instrument, ulong Original, ulong ClientOrderId, bool IsByOrderId) : VenueCommand
{
    /// <summary>Whose order is meant by its id; 0 is the session's own.</summary>
    public uint Owner { get; init; }
}

/// <summary>Named as in <see cref="CancelOrder"/>.</summary>
public sealed record ReplaceOrder(
    uint Session, uint Account, uint Instrument, ulong Original, ulong ClientOrderId, bool IsByOrderId, long Price,
    long Quantity) : VenueCommand;

public sealed record MassCancel(
    uint Session, uint Account, uint Instrument, uint Underlying, SideFilter Side, long LowestPrice, long HighestPrice,
    ulong ClientOrderId) : VenueCommand;

public readonly record struct QuoteEntry(uint Instrument, long BidPrice, long BidQuantity, long AskPrice, long AskQuantity);

public sealed record QuoteMass(
    uint Session, uint Account, uint Underlying, ulong ClientOrderId, ExecutionFlags Flags,
    SelfTradePrevention SelfTradePrevention, ImmutableArray<QuoteEntry> Entries) : VenueCommand
{
    public bool Equals(QuoteMass? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => ClientOrderId.GetHashCode();
}

public sealed record Protect(
    uint Session, uint Account, uint Underlying, ulong ClientOrderId, ulong WindowNanos, ulong FreezeNanos, long QuantityLimit,
    long DeltaLimit, uint CountLimit) : VenueCommand;

/// <summary>The one oracle source of the underlying reports a price.</summary>
public sealed record OraclePrice(uint Underlying, long Price) : VenueCommand;

/// <summary>Settles the underlying at its present price, whatever its threshold: marks follow the oracle.</summary>
public sealed record SettleNow(uint Underlying) : VenueCommand;

/// <summary>Only time passes.</summary>
public sealed record TimePasses : VenueCommand;

public readonly record struct PriceIncrement(long FromPrice, long Increment);

public sealed record SetRules(uint Instrument) : VenueCommand
{
    public uint StaticBandPpm { get; init; }

    public uint DynamicBandPpm { get; init; }

    public uint BandMinimumTicks { get; init; }

    public long LotSize { get; init; }

    public long OrderLotsMax { get; init; }

    public long PositionLotsMax { get; init; }

    public uint AccountOrdersMax { get; init; }

    public ulong OpeningAuctionNanos { get; init; }

    public ulong VolatilityAuctionNanos { get; init; }

    public ImmutableArray<PriceIncrement> Increments { get; init; } = [];
}

/// <summary>Instrument 0: every one of the underlying.</summary>
public sealed record ChangeState(uint Instrument, uint Underlying, InstrumentState State) : VenueCommand;

/// <summary>Account 0: the venue.</summary>
public sealed record Kill(uint Account, bool IsOn, bool CancelsOrders) : VenueCommand;

public sealed record SetGroup(uint Account, uint Group) : VenueCommand;

/// <summary>The connection is gone. Nobody sends requests of a closed session.</summary>
public sealed record CloseSession(uint Session) : VenueCommand;

/// <summary>It comes back, and says whether its orders end when it goes again.</summary>
public sealed record OpenSession(uint Session, bool CancelsOrders) : VenueCommand;

/// <summary>The next trading day begins.</summary>
public sealed record EndDay(ulong Day) : VenueCommand;

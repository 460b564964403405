using System.Collections.Immutable;
using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// What a venue answers, decoded and comparable. Order ids are numbers in the order in which the venue gave them, so that two
/// venues with different ideas of an id can be compared. <see cref="Session"/> is 0 and <see cref="Sequence"/> 0 for the public.
/// </summary>
public abstract record VenueReport(uint Session, ulong Sequence);

public sealed record Accepted(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong ClientOrderId, long Price, long Quantity)
    : VenueReport(Session, Sequence);

public sealed record Rejected(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong ClientOrderId, RejectCode Code, long Bound)
    : VenueReport(Session, Sequence);

public sealed record Filled(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong ClientOrderId, ulong Trade, long Price,
    long Quantity, long Leaves, Int128 DeltaIndex, long Cash, Side Side, Liquidity Liquidity) : VenueReport(Session, Sequence);

/// <summary>One leg of a strategy order's fill.</summary>
public sealed record LegFilled(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong ClientOrderId, ulong Trade, long Price,
    long Quantity, Int128 DeltaIndex, long Cash, Side Side, Liquidity Liquidity) : VenueReport(Session, Sequence);

public sealed record Canceled(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong ClientOrderId, ulong RequestClientOrderId,
    long Quantity, CancelReason Reason, Side Side) : VenueReport(Session, Sequence);

public sealed record Replaced(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong Original, ulong ClientOrderId, long Price,
    long Quantity, long Leaves, bool IsPriorityKept, Side Side) : VenueReport(Session, Sequence);

public sealed record CancelRejected(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong Original, ulong ClientOrderId,
    RejectCode Code, ushort Template, long Bound) : VenueReport(Session, Sequence);

public sealed record Repriced(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong ClientOrderId, long Price, long Leaves,
    RepriceReason Reason, Side Side) : VenueReport(Session, Sequence);

public sealed record Decremented(
    uint Session, ulong Sequence, uint Account, uint Instrument, ulong Order, ulong ClientOrderId, long Quantity, long Leaves)
    : VenueReport(Session, Sequence);

public sealed record MassCanceled(
    uint Session, ulong Sequence, uint Account, RejectCode Code, ulong ClientOrderId, uint Count, long Bound)
    : VenueReport(Session, Sequence);

public readonly record struct QuoteOutcome(uint Instrument, RejectCode Bid, RejectCode Ask, ulong BidOrder, ulong AskOrder);

public sealed record Quoted(
    uint Session, ulong Sequence, uint Account, RejectCode Code, ulong ClientOrderId, long Bound,
    ImmutableArray<QuoteOutcome> Entries) : VenueReport(Session, Sequence)
{
    public bool Equals(Quoted? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ClientOrderId.GetHashCode();

    public override string ToString() =>
        $"Quoted {Session}/{Sequence} {Account} {Code} {ClientOrderId} {Bound}: {string.Join("; ", Entries)}";
}

public sealed record Settled(
    uint Session, ulong Sequence, uint Account, uint Positions, long Amount, long Cash, uint Dust)
    : VenueReport(Session, Sequence);

public sealed record Protected(
    uint Session, ulong Sequence, uint Account, uint Underlying, ulong ClientOrderId, ulong FrozenUntil, RejectCode Code,
    long Bound) : VenueReport(Session, Sequence);

public sealed record Traded(
    uint Instrument, Side Aggressor, ulong Trade, long Price, long Quantity, Int128 DeltaIndex) : VenueReport(0, 0);

public sealed record Indicated(
    uint Instrument, InstrumentState State, Side ImbalanceSide, long? Price, long Volume, long Imbalance, ulong EndTime)
    : VenueReport(0, 0);

public sealed record StatusChanged(uint Instrument, InstrumentState State, ulong EndTime) : VenueReport(0, 0);

/// <summary>A command of the venue's own that changed nothing.</summary>
public sealed record Refused(RejectCode Code) : VenueReport(0, 0);

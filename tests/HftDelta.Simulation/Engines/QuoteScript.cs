using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>What tests say to cancel and to quote many orders, and to protect quotes.</summary>
public static class QuoteScript
{
    public static void CancelMany(
        this VenueScript venue, uint account, uint instrument = 0, uint underlying = 0, SideFilter side = SideFilter.Both,
        long lowest = 0, long highest = 0, ulong request = 7, uint? session = null)
    {
        var cancel = new MassCancel(
            session ?? account, account, instrument, underlying, side, lowest, highest, request);
        venue.Engine.SendRequest(cancel.Session, VenueFrames.Encode(venue.Engine.Buffer, cancel));
    }

    /// <returns>The client order id of all its orders.</returns>
    public static ulong QuoteMany(
        this VenueScript venue, uint account, IReadOnlyList<QuoteEntry> entries, ExecutionFlags flags = default,
        uint underlying = 1, uint? session = null, ulong? clientOrderId = null,
        SelfTradePrevention selfTradePrevention = SelfTradePrevention.Off)
    {
        var quote = new QuoteMass(
            session ?? account, account, underlying, clientOrderId ?? venue.TakeClientOrderId(), flags, selfTradePrevention,
            [.. entries]);
        venue.Engine.SendRequest(quote.Session, VenueFrames.Encode(venue.Engine.Buffer, quote));
        return quote.ClientOrderId;
    }

    /// <summary>One instrument; a quantity of 0 quotes nothing.</summary>
    /// <returns>The client order id of both orders.</returns>
    public static ulong Quote(
        this VenueScript venue, uint account, uint instrument, long bid, long bidLots, long ask, long askLots,
        ExecutionFlags flags = default, uint? session = null) =>
        venue.QuoteMany(account, [new QuoteEntry(instrument, bid, bidLots, ask, askLots)], flags, session: session);

    public static void SetProtection(
        this VenueScript venue, uint account, ulong windowNanos, ulong freezeNanos = 0, long lots = 0, long delta = 0,
        uint count = 0, uint underlying = 1, ulong request = 9, uint? session = null)
    {
        var protect = new Protect(
            session ?? account, account, underlying, request, windowNanos, freezeNanos, lots, delta, count);
        venue.Engine.SendRequest(protect.Session, VenueFrames.Encode(venue.Engine.Buffer, protect));
    }
}

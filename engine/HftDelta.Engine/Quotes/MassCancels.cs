using HftDelta.Engine.Pending;
using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>
/// Mass cancels: docs/matching-rules.md section 11. The command ends what it has room for, the rest is pending work. Owner: the
/// engine agent.
/// </summary>
internal sealed class MassCancels(VenueState state, QuoteEvents events, AccountOrders orders)
{
    /// <param name="session">An open session.</param>
    /// <param name="message">A validated frame.</param>
    /// <param name="refusal">Why it is refused before anyone looks at it, or none.</param>
    public void Apply(uint session, in MassCancelRequestDecoder message, RejectCode refusal)
    {
        var code = refusal != default ? refusal : Check(session, message);
        if (code != default)
        {
            state.Sessions.Write(session).PresentRejectCode = (ushort)code;
            events.MassCancelReport(session, message.AccountId, message.ClientOrderId, code, canceled: 0);
            return;
        }

        var record = new MassCancelRecord
        {
            ClientOrderId = message.ClientOrderId,
            LowestPrice = message.LowestPrice,
            HighestPrice = message.HighestPrice,
            LastOrder = state.Orders.Slab.LastNumber,
            OwnerAccount = message.AccountId,
            Instrument = message.InstrumentId,
            Underlying = message.UnderlyingId,
            Side = message.Side,
        };
        var cursor = default(AccountCursor);
        var units = int.MaxValue;
        var looks = state.Limits.PendingLooksPerCommand;
        if (orders.End(record, ref cursor, ref units, ref looks) == SliceEnd.Over)
        {
            events.MassCancelReport(
                session, record.OwnerAccount, record.ClientOrderId, default, (uint)(int.MaxValue - units));
            return;
        }

        // Another walk may have its place in the list of a session at present, so this one begins that session again.
        record.Canceled = (uint)(int.MaxValue - units);
        record.WalkSession = AccountOrders.Again(cursor).Session;
        state.MassCancels.Write(session) = record;
        state.Pending.Add(PendingKind.MassCancel, session);
    }

    /// <summary>Goes on with the mass cancel of a session.</summary>
    public SliceEnd Run(uint session, ref int units, ref int looks)
    {
        ref var record = ref state.MassCancels.Write(session);
        var before = units;
        var end = orders.EndPending(record, ref record.WalkSession, ref units, ref looks);
        record.Canceled += (uint)(before - units);
        if (end == SliceEnd.Over)
        {
            events.MassCancelReport(session, record.OwnerAccount, record.ClientOrderId, default, record.Canceled);
            record = default;
        }

        return end;
    }

    private RejectCode Check(uint session, in MassCancelRequestDecoder message)
    {
        if (!state.Accounts.IsOpen(message.AccountId))
        {
            return RejectCode.UnknownAccount;
        }

        if (state.Sessions.Read(session).Account != message.AccountId)
        {
            return RejectCode.AccountNotOfSession;
        }

        if (message.InstrumentId != 0 && !state.Instruments.Exists(message.InstrumentId))
        {
            return RejectCode.UnknownInstrument;
        }

        if (message.UnderlyingId != 0 && !state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (message.Side > SideFilter.Sell)
        {
            return RejectCode.BadSide;
        }

        if (message.LowestPrice > message.HighestPrice)
        {
            return RejectCode.BadRange;
        }

        return state.MassCancels.Read(session).OwnerAccount != 0 ? RejectCode.RequestOutstanding : default;
    }
}

using HftDelta.Engine.Instruments;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Settlement;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Deliveries;

/// <summary>
/// Obligations to deliver that physically delivered instruments leave at expiry. In cash they are settled as every other: the
/// index becomes the payoff. What then remains is a swap of the underlying against cash at the expiry's price, outside: who takes
/// a call's underlying at that price and has been paid its payoff has paid the strike. So an obligation that lapses
/// leaves everybody settled in cash, and all obligations of an expiry add up to nothing. Where the underlying is an asset of the
/// venue it makes the swap itself at the deadline (DeliverySettlement). Owner: the engine agent.
/// </summary>
internal sealed class DeliveryObligations(VenueState state, EventEmitter events, EventWriter writer)
{
    /// <summary>Whether there is room for what closing a position may leave.</summary>
    public bool HasRoomFor(uint position)
    {
        ref readonly var held = ref state.Positions.Read(position);
        ref readonly var instrument = ref state.Instruments.Read(held.Instrument);
        return instrument.IsPhysical == 0 || state.Obligations.HasRoom
            || state.Obligations.Find(held.Account, instrument.Point) != 0;
    }

    /// <summary>
    /// There is no room for what an instrument's positions leave: it waits for the end of some obligation. That no obligation of
    /// its own expiry has to wait for it in turn, a full table is settled as it is.
    /// </summary>
    public void Park(uint instrument)
    {
        state.Parked.Add(PendingKind.CloseInstrumentPositions, instrument);
        state.Delivery.Note(state.Points.Read(state.Instruments.Read(instrument).Point).DeliveryDeadline);
    }

    /// <summary>A position is closed next: what it delivers is netted with the rest of its account's expiry.</summary>
    public void Note(uint position)
    {
        ref readonly var held = ref state.Positions.Read(position);
        ref readonly var instrument = ref state.Instruments.Read(held.Instrument);
        var lots = DeliveredLots(instrument, held.Quantity);
        if (instrument.IsPhysical == 0 || lots == 0)
        {
            return;
        }

        var deadline = state.Points.Read(instrument.Point).DeliveryDeadline;
        var slot = state.Obligations.Find(held.Account, instrument.Point);
        if (slot == 0)
        {
            slot = state.Obligations.Add(held.Account, instrument.Point, instrument.SettlementPrice, deadline);
            state.Delivery.Note(deadline);
        }

        ref var obligation = ref state.Obligations.Write(slot);
        obligation.Amount += (Int128)lots * instrument.AtomsPerUnderlyingTick;
        if (obligation.Amount != 0)
        {
            Tell(obligation, DeliveryState.Due);
            return;
        }

        End(slot, DeliveryState.Netted);
    }

    public RejectCode Resolve(in ResolveDeliveryDecoder message)
    {
        var slot = state.Obligations.Find(message.ObligationId);
        if (slot == 0)
        {
            return RejectCode.UnknownObligation;
        }

        if (state.Delivery.Read.Phase > DeliveryPhase.Find && state.Obligations.Read(slot).Point == state.Delivery.Read.Point)
        {
            return RejectCode.RequestOutstanding;
        }

        var isDelivered = message.IsDelivered != 0;
        if (!isDelivered && state.TimeNanos < state.Obligations.Read(slot).Deadline)
        {
            return RejectCode.BeforeDeadline;
        }

        End(slot, isDelivered ? DeliveryState.Delivered : DeliveryState.Lapsed);
        return default;
    }

    /// <summary>A future delivers its lots, an option in the money by a tick or more as well, a put the other way.</summary>
    private static long DeliveredLots(in InstrumentRecord instrument, long lots)
    {
        if (!instrument.IsOption)
        {
            return lots;
        }

        return DeltaSettlement.PayoffTicks(instrument, instrument.SettlementPrice) == 0
            ? 0
            : instrument.OptionKind == Wire.OptionKind.Call ? lots : -lots;
    }

    /// <summary>A part of an obligation, or all of it, is delivered: it is told as that, and what is left as due.</summary>
    public void Deliver(uint slot, Int128 amount)
    {
        var part = state.Obligations.Read(slot);
        part.Amount = amount;
        Tell(part, DeliveryState.Delivered);
        ref var obligation = ref state.Obligations.Write(slot);
        obligation.Amount -= amount;
        if (obligation.Amount == 0)
        {
            Remove(slot);
        }
    }

    public void End(uint slot, DeliveryState how)
    {
        Tell(state.Obligations.Read(slot), how);
        Remove(slot);
    }

    /// <summary>All that wait for room are looked at again: who comes first may need none.</summary>
    private void Remove(uint slot)
    {
        state.Obligations.Remove(slot);
        while (!state.Parked.IsEmpty)
        {
            var parked = state.Parked.First;
            state.Parked.RemoveFirst();
            state.Pending.Add(parked.Kind, parked.Id);
        }
    }

    private void Tell(in ObligationRecord obligation, DeliveryState how)
    {
        ref readonly var point = ref state.Points.Read(obligation.Point);
        ref readonly var account = ref state.Accounts.Read(obligation.Account);
        var changed = DeliveryChangedEncoder.Wrap(writer.Open(DeliveryChangedDecoder.FrameLength));
        changed.SetObligationId(obligation.Id).SetAccountId(obligation.Account).SetUnderlyingId(point.Underlying)
            .SetPrice(obligation.Price).SetExpiryTime(point.ExpiryTime).SetDeadline(obligation.Deadline).SetState((byte)how)
            .SetOwner(account.Owner);
        changed.Amount.SetLow((ulong)obligation.Amount).SetHigh((long)(obligation.Amount >> 64));
        writer.Commit(changed.EncodedLength, RecordSource.Internal, SessionHandle.None);
        if (account.SessionHandle == 0)
        {
            return;
        }

        var message = DeliveryReportEncoder.Wrap(events.Open(DeliveryReportDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, account.SessionHandle);
        message.SetAccountId(obligation.Account).SetUnderlyingId(point.Underlying).SetObligationId(obligation.Id)
            .SetPrice(obligation.Price).SetExpiryTime(point.ExpiryTime).SetDeadline(obligation.Deadline).SetState(how);
        EventEmitter.Write(message.Amount, obligation.Amount);
        EventEmitter.Write(message.Cash, obligation.Amount * obligation.Price);
        events.Report(message.EncodedLength, account.SessionHandle, sequence);
    }
}

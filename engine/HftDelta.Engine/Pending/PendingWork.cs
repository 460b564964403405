using HftDelta.Engine.Accounts;
using HftDelta.Engine.Deliveries;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Governance;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Quotes;
using HftDelta.Engine.Settlement;
using HftDelta.Engine.Strategies;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Pending;

/// <summary>
/// Performs unfinished work at the head of each command, at most so many units and no more events than its share of the
/// command's bound. Owner: the engine agent. A unit is one fill, one cancelled order, one closed position,
/// one order that is activated or priced again.
/// </summary>
internal sealed class PendingWork(
    VenueState state,
    InternalEvents internalEvents,
    Matching matching,
    SessionOrders sessionOrders,
    OrderTaking taking,
    DeltaSettlement settlement,
    DeliveryObligations deliveries,
    MarketStates states,
    Auctions auctions,
    KillSwitches kills,
    Activations activations,
    PegMoves pegs,
    MassCancels massCancels,
    ProtectionPulls pulls,
    StrategyLooks looks,
    ControlStates controls,
    ParameterTelling telling,
    FeeScheduleMoves moves,
    LiquidityCalls calls,
    DeliverySettlement swaps,
    TradingWork work,
    EventBudget budget)
{
    /// <summary>A pass over all accounts takes this part of what a command performs: others need not wait for it.</summary>
    private const int PartOfPass = 4;

    // Looking at an order that is not concerned is no unit, but it is bounded too.
    private int _looks;

    public void Run()
    {
        // Without work too: what earlier commands set aside for book tops is given back here.
        budget.EnterPendingWork();
        if (state.Pending.IsEmpty)
        {
            return;
        }

        var units = state.Limits.PendingUnitsPerCommand;
        _looks = state.Limits.PendingLooksPerCommand;
        var hasPassed = false;
        while (!state.Pending.IsEmpty && units > 0 && budget.HasRoomForUnit)
        {
            if (state.Pending.First.Kind == PendingKind.LookForShortfalls)
            {
                if (hasPassed)
                {
                    return;
                }

                hasPassed = true;
                LookForShortfalls(ref units);
            }
            else if (!RunFirst(ref units))
            {
                return;
            }
            else
            {
                state.Pending.RemoveFirst();
            }
        }
    }

    /// <summary>A slice of the pass, of which each command has one; then it lets all others go first.</summary>
    private void LookForShortfalls(ref int units)
    {
        var part = (units + PartOfPass - 1) / PartOfPass;
        var left = part;
        var looks = state.Limits.PendingLooksPerCommand / PartOfPass;
        if (calls.Run(ref state.Pending.First.Id, ref left, ref looks, budget))
        {
            state.Pending.RemoveFirst();
        }
        else
        {
            Rotate();
        }

        units -= part - left;
    }

    /// <returns>True when the oldest entry is finished.</returns>
    private bool RunFirst(ref int units)
    {
        ref var first = ref state.Pending.First;
        switch (first.Kind)
        {
            case PendingKind.Sweep:
                return Sweep(first.Id, ref units);
            case PendingKind.CancelSessionOrders:
                return CancelSessionOrders(first.Id, ref units);
            case PendingKind.CancelInstrumentOrders:
                return CancelInstrumentOrders(first.Id, ref units);
            case PendingKind.CloseInstrumentPositions:
                return CloseInstrumentPositions(first.Id, ref units);
            case PendingKind.TellSessionStates:
                return TellSessionStates(ref first, ref units);
            case PendingKind.ChangeMarketState:
                return states.RunWanted(first.Id) || Rotate();
            case PendingKind.Uncross:
                return auctions.RunUncross(first.Id, ref units);
            case PendingKind.IndicateAuction:
                return auctions.RunIndication(first.Id) || Rotate();
            case PendingKind.EndKilledOrders:
                return kills.Run(ref first.Id, ref units);
            case PendingKind.EndDay:
                return EndDay(ref first, ref units);
            case PendingKind.ActivateTriggered:
                return activations.RunPending(ref first, ref units);
            case PendingKind.RepricePegs:
                return RepricePegs(first.Id, ref units);
            case PendingKind.MassCancel:
                return IsOver(massCancels.Run(first.Id, ref units, ref _looks));
            case PendingKind.PullProtected:
                return IsOver(pulls.Run(first.Id, ref units, ref _looks));
            case PendingKind.LookAtStrategy:
                return LookAtStrategy(first.Id, ref units);
            case PendingKind.TellControlState:
                return controls.Run(ref first.Id, ref units, ref _looks);
            case PendingKind.TellParameters:
                return telling.Run(ref first.Id, ref units, ref _looks);
            case PendingKind.MoveFeeSchedule:
                return moves.Run(ref first.Id, ref _looks);
            case PendingKind.SettleDeliveries:
                return swaps.Run(ref units, ref _looks);
            default:
                Check.Never("a pending record has a known kind");
                return false;
        }
    }

    /// <summary>What cannot go on yet does not hold up the others.</summary>
    private bool Rotate()
    {
        state.Pending.RotateFirst();
        return false;
    }

    private bool IsOver(SliceEnd end) => end == SliceEnd.Over || (end == SliceEnd.Blocked && Rotate());

    private bool Sweep(uint slot, ref int units)
    {
        var instrument = state.Orders.Slab.Hot(slot).Instrument.Value;
        var result = taking.Run(slot, ref units);
        if (result == MatchResult.Stopped || (result == MatchResult.Done && !budget.HasRoomForUnit))
        {
            return false;
        }

        units--;
        if (result == MatchResult.Done)
        {
            taking.Finish(slot);
        }

        work.Done(instrument);
        return true;
    }

    private bool CancelSessionOrders(uint handle, ref int units)
    {
        if (!sessionOrders.End(handle, CancelReason.SessionClosed, ref units))
        {
            return false;
        }

        state.Sessions.Write(handle).Closing = 0;
        return true;
    }

    private bool EndDay(ref PendingRecord first, ref int units)
    {
        while (units > 0 && budget.HasRoomForUnit)
        {
            var slot = OrderWalk.Next(state, ref first.Id, ref _looks);
            if (slot == 0)
            {
                return OrderWalk.IsOver(state, first.Id) && TellDayEnded();
            }

            if (state.Orders.Slab.Hot(slot).TimeInForce() == TimeInForce.Day &&
                state.Orders.Slab.NumberOf(slot) <= state.LastOrderOfDay)
            {
                if (state.Orders.Slab.Hot(slot).IsTaking())
                {
                    // The walk meets it again when its sweep, which came later, is done.
                    state.Orders.WalkNext = slot;
                    state.Pending.BringForward(PendingKind.Sweep, slot);
                    return false;
                }

                units--;
                state.DayEndedOrders++;
                matching.Cancel(slot, 0, CancelReason.EndOfDay);
            }
        }

        return false;
    }

    private bool TellDayEnded()
    {
        internalEvents.CommandCompleted(EndOfDayDecoder.TemplateId, state.DayEndedBy, state.DayEndedOrders);
        return true;
    }

    private bool RepricePegs(uint instrument, ref int units)
    {
        if (!pegs.BringBack(instrument, ref units))
        {
            return false;
        }

        work.Done(instrument);
        return true;
    }

    private bool LookAtStrategy(uint strategy, ref int units)
    {
        if (!looks.RunPending(strategy, ref units))
        {
            return false;
        }

        work.Done(strategy);
        return true;
    }

    private bool CancelInstrumentOrders(uint instrument, ref int units)
    {
        var book = state.Book(instrument);
        while (true)
        {
            var side = book.HasBest(Side.Buy) ? Side.Buy : Side.Sell;
            var slot = book.TryGetBest(side, out var price)
                ? book.HeadAt(side, price)
                : state.Orders.Conditional.FindAny(instrument);
            if (slot == 0)
            {
                return true;
            }

            if (units == 0 || !budget.HasRoomForUnit)
            {
                return false;
            }

            units--;
            matching.Cancel(slot, 0, CancelReason.InstrumentExpired);
        }
    }

    private bool CloseInstrumentPositions(uint instrument, ref int units)
    {
        while (true)
        {
            var clearing = state.Positions.Find(VenueState.ClearingAccount, instrument);
            var slot = state.Instruments.Read(instrument).FirstPosition;
            if (slot == clearing && slot != 0)
            {
                slot = state.Positions.Read(slot).NextOfInstrument;
            }

            if (slot == 0)
            {
                Check.That(clearing == 0);
                settlement.Remove(instrument);
                return true;
            }

            if (units == 0 || !budget.HasRoomForUnit)
            {
                return false;
            }

            if (!deliveries.HasRoomFor(slot))
            {
                units--;
                deliveries.Park(instrument);
                return true;
            }

            units--;
            deliveries.Note(slot);
            Close(slot, clearing, instrument);
        }
    }

    private void Close(uint slot, uint clearing, uint instrument)
    {
        var account = state.Positions.Read(slot).Account;
        matching.Settle(account);
        if (clearing == 0)
        {
            clearing = AddClearing(instrument);
        }

        state.Ledger.CloseExpired(slot, clearing);
        Release(slot);
        if (state.Positions.Read(clearing).Quantity == 0)
        {
            Release(clearing);
        }
    }

    private uint AddClearing(uint instrument)
    {
        ref var account = ref state.Accounts.Write(VenueState.ClearingAccount);
        ref var listed = ref state.Instruments.Write(instrument);
        account.PositionCount++;
        return state.Positions.Add(
            VenueState.ClearingAccount, instrument, ref account.FirstPosition, ref listed.FirstPosition,
            PositionIndices.Of(state, instrument, account.FeeTier));
    }

    private void Release(uint slot)
    {
        // The marks of an expired instrument no longer change, so the sums are corrected here once.
        matching.UpdateRisk(slot);
        matching.ReleaseIfEmpty(slot);
    }

    private bool TellSessionStates(ref PendingRecord first, ref int units)
    {
        for (; first.Id < state.Sessions.HandleLimit; first.Id++)
        {
            if (!state.Sessions.Exists(first.Id))
            {
                continue;
            }

            if (units == 0 || !budget.HasRoomForUnit)
            {
                return false;
            }

            units--;
            internalEvents.SessionState(first.Id);
        }

        return true;
    }
}

using HftDelta.Engine.Deliveries;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Settlement;
using HftDelta.Engine.Strategies;
using HftDelta.Wire;

namespace HftDelta.Engine;

/// <summary>
/// What falls due by input time: classes of prices, settlement windows and intervals, looks at the books of perpetuals,
/// expiries, ends of auctions, good-till dates. Two comparisons when nothing is due; what does not fit the command's budget stays
/// due for the next. Owner: the engine agent.
/// </summary>
internal sealed class Timers(
    VenueState state,
    DeltaSettlement settlement,
    Staleness staleness,
    ForwardCurves curves,
    FundingIndices funding,
    MarketPhases phases,
    MarketStates states,
    StrategyExpiry strategies,
    Matching matching,
    EventBudget budget)
{
    private ulong _nextTime = ulong.MaxValue;

    /// <summary>Something is due and waits only for room in the budget.</summary>
    public bool IsWorkLeft { get; private set; }

    /// <summary>Call after a command that may have set an earlier time.</summary>
    public void Reschedule()
    {
        var next = state.Expiries.NextTime;
        for (uint id = 1; id < state.Underlyings.NextId; id++)
        {
            ref readonly var underlying = ref state.Underlyings.Read(id);
            next = underlying.NextIntervalTime < next ? underlying.NextIntervalTime : next;
            next = underlying.NextExpiryTime < next ? underlying.NextExpiryTime : next;
            next = underlying.NextStalenessTime < next ? underlying.NextStalenessTime : next;
            next = underlying.NextWindowTime < next ? underlying.NextWindowTime : next;
            next = underlying.NextSampleTime < next ? underlying.NextSampleTime : next;
        }

        _nextTime = next;
    }

    /// <summary>A good-till date was set.</summary>
    public void NoteOrderExpiry() => _nextTime = state.Expiries.NextTime < _nextTime ? state.Expiries.NextTime : _nextTime;

    public void Run()
    {
        DeliverySettlement.BeginIfDue(state);
        if (state.TimeNanos < _nextTime && state.TimeNanos < phases.NextEndTime)
        {
            IsWorkLeft = false;
            return;
        }

        budget.EnterTimers();
        IsWorkLeft = !RunAll();
        Reschedule();
    }

    private bool RunAll()
    {
        for (uint id = 1; id < state.Underlyings.NextId; id++)
        {
            if (!Age(id) || !Expire(id))
            {
                return false;
            }

            funding.Sample(id);
            if (!SettleInterval(id))
            {
                return false;
            }
        }

        states.RunEnds();
        return ExpireOrders();
    }

    /// <summary>The class of the price, then the windows that average it: a window that opens late is told late.</summary>
    private bool Age(uint id)
    {
        if (state.TimeNanos >= state.Underlyings.Read(id).NextStalenessTime)
        {
            if (!budget.HasRoomForUnit)
            {
                return false;
            }

            staleness.Judge(id);
        }

        return state.TimeNanos < state.Underlyings.Read(id).NextWindowTime || curves.OpenWindows(id, budget);
    }

    private bool SettleInterval(uint id)
    {
        ref readonly var underlying = ref state.Underlyings.Read(id);
        if (state.TimeNanos < underlying.NextIntervalTime)
        {
            return true;
        }

        if (!budget.HasRoom(EventBudget.SettlementSlots(underlying.InstrumentCount, underlying.FundedCount)))
        {
            return false;
        }

        settlement.Tick(id, SettlementTrigger.Interval);
        return true;
    }

    private bool Expire(uint id)
    {
        if (state.TimeNanos < state.Underlyings.Read(id).NextExpiryTime)
        {
            return true;
        }

        if (state.Underlyings.Read(id).Staleness == StalenessClass.Dead)
        {
            // Looked for again when the price returns.
            state.Underlyings.Write(id).NextExpiryTime = ulong.MaxValue;
            return true;
        }

        var next = ulong.MaxValue;
        var instrument = state.Underlyings.Read(id).FirstInstrument;
        for (; instrument != 0; instrument = state.Instruments.Read(instrument).NextOfUnderlying)
        {
            ref readonly var record = ref state.Instruments.Read(instrument);
            if (!record.IsLive || record.ExpiryTime == 0)
            {
                continue;
            }

            if (!IsExpired(record))
            {
                next = record.ExpiryTime < next ? record.ExpiryTime : next;
                continue;
            }

            // A sweep that began before the expiry is finished first.
            if (record.Busy != 0 || !budget.HasRoom(EventBudget.UnitSlots + (2 * Primitives.Records.RecordSlots.PerRecordMax)))
            {
                return false;
            }

            if (!strategies.ExpireOf(instrument))
            {
                return false;
            }

            settlement.Expire(instrument);
            phases.Forget(instrument);
        }

        state.Underlyings.Write(id).NextExpiryTime = next;
        return true;
    }

    private bool IsExpired(in InstrumentRecord record) => record.ExpiryTime <= state.TimeNanos;

    private bool ExpireOrders()
    {
        while (state.Expiries.NextTime <= state.TimeNanos)
        {
            if (!budget.HasRoomForUnit)
            {
                return false;
            }

            if (state.Orders.Slab.TryFind(state.Expiries.NextOrder, out var slot))
            {
                // An order that is still sweeping goes on: it is not in the book yet, and it ends before it rests.
                if (state.Orders.Slab.Hot(slot).IsTaking())
                {
                    return false;
                }

                matching.Cancel(slot, 0, CancelReason.GoodTillDateReached);
            }

            state.Expiries.RemoveNext();
        }

        return true;
    }
}

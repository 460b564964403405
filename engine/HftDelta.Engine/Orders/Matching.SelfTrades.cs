using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

// Self-trade prevention: docs/matching-rules.md section 6. The incoming order says what happens.
internal sealed partial class Matching
{
    /// <summary>Accounts that do not trade with each other when one of them asks for it.</summary>
    public static bool AreOneGroup(VenueState state, uint account, uint other)
    {
        if (account == other)
        {
            return true;
        }

        var group = state.Accounts.Read(account).Group;
        return group != 0 && group == state.Accounts.Read(other).Group;
    }

    /// <summary>The next maker is of the taker's group: something of both ends instead of a trade.</summary>
    /// <returns>Whether the taker goes on.</returns>
    public bool PreventSelfTrade(uint taker, uint maker, uint instrument)
    {
        switch (state.Orders.Slab.Hot(taker).SelfTradePrevention())
        {
            case SelfTradePrevention.CancelNewest:
                Cancel(taker, 0, CancelReason.SelfTrade);
                return false;
            case SelfTradePrevention.CancelOldest:
                Cancel(maker, 0, CancelReason.SelfTrade);
                return true;
            case SelfTradePrevention.CancelBoth:
                Cancel(maker, 0, CancelReason.SelfTrade);
                Cancel(taker, 0, CancelReason.SelfTrade);
                return false;
            default:
                Decrement(taker, maker, instrument);
                return true;
        }
    }

    private void Decrement(uint taker, uint maker, uint instrument)
    {
        ref readonly var takerHot = ref state.Orders.Slab.Hot(taker);
        ref readonly var makerHot = ref state.Orders.Slab.Hot(maker);
        var lots = takerHot.LeavesLots < makerHot.LeavesLots ? takerHot.LeavesLots : makerHot.LeavesLots;
        tops.Changed(instrument);
        var (takerPosition, makerPosition) = TakeLots(taker, maker, instrument, lots);
        events.OrderDecremented(maker, lots);
        events.OrderDecremented(taker, lots);
        EndIfFilled(maker, instrument);
        ReleaseIfEmpty(makerPosition, takerPosition);
    }
}

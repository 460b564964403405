using HftDelta.Engine.Pending;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>Ends every order of a session, the newest first, in slices of pending work. Owner: the engine agent.</summary>
internal sealed class SessionOrders(VenueState state, Matching matching, EventBudget budget)
{
    /// <param name="session">Its handle.</param>
    /// <param name="reason">What its orders are told.</param>
    /// <param name="units">How many orders it may end; lowered by those ended.</param>
    /// <returns>True when none is left.</returns>
    public bool End(uint session, CancelReason reason, ref int units)
    {
        while (state.Sessions.Read(session).FirstOrder != 0)
        {
            if (units == 0 || !budget.HasRoomForUnit)
            {
                return false;
            }

            var slot = state.Sessions.Read(session).FirstOrder;
            if (state.Orders.Slab.Hot(slot).IsTaking())
            {
                // It ends with its sweep, which became pending after this work began.
                state.Pending.BringForward(PendingKind.Sweep, slot);
                return false;
            }

            units--;
            matching.Cancel(slot, 0, reason);
        }

        return true;
    }
}

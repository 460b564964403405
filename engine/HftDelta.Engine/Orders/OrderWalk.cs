namespace HftDelta.Engine.Orders;

/// <summary>
/// A walk over the live orders of all sessions, by session handle and within one the newest first, in slices: the session stands
/// in the pending work, the next order in <see cref="OrderStore.WalkNext"/>, which stays right when orders go. Only the oldest
/// pending work walks, so there is one at a time. Orders that come while it goes on may be met: whoever walks tells them by
/// their number or by what they are.
/// </summary>
internal static class OrderWalk
{
    /// <summary>The next order of the walk.</summary>
    /// <param name="state">The venue.</param>
    /// <param name="handle">The session that is walked; 0 at the beginning.</param>
    /// <param name="looks">How many sessions and orders may still be looked at; lowered by those that were.</param>
    /// <returns>Its slot; 0 when the walk is over, which <see cref="IsOver"/> tells, or no looks are left.</returns>
    public static uint Next(VenueState state, ref uint handle, ref int looks)
    {
        while (looks > 0 && !IsOver(state, handle))
        {
            looks--;
            var slot = state.Orders.WalkNext;
            if (slot != 0)
            {
                state.Orders.WalkNext = state.Orders.Slab.Cold(slot).SessionNext;
                return slot;
            }

            handle++;
            state.Orders.WalkNext = handle < state.Sessions.HandleLimit ? state.Sessions.Read(handle).FirstOrder : 0;
        }

        return 0;
    }

    public static bool IsOver(VenueState state, uint handle) => handle >= state.Sessions.HandleLimit;
}

using HftDelta.Engine.Orders;
using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>Why a slice over an account's orders ended.</summary>
internal enum SliceEnd
{
    /// <summary>Every order has been looked at.</summary>
    Over,

    /// <summary>The command has no room for more.</summary>
    Stopped,

    /// <summary>The next order is taking: first its sweep has to end.</summary>
    Blocked,
}

/// <summary>Which orders of an account are to end, and with what words. On a struct it is called directly.</summary>
internal interface IOrderFilter
{
    uint Account { get; }

    CancelReason Reason { get; }

    /// <summary>The id of the request that asks for it, 0 for none.</summary>
    ulong Request { get; }

    bool Covers(VenueState state, uint slot);
}

/// <summary>Where a walk over the sessions of an account stands.</summary>
internal struct AccountCursor
{
    /// <summary>The session that is walked; with <see cref="Order"/> 0 it is done.</summary>
    public uint Session;

    /// <summary>The order that comes next.</summary>
    public uint Order;
}

/// <summary>
/// Ends orders of an account by session handle, and within one the newest first, so far as the command has room. Orders of other
/// accounts are not looked at. Owner: the engine agent.
/// </summary>
internal sealed class AccountOrders(VenueState state, Matching matching, EventBudget budget)
{
    /// <param name="filter">Which orders.</param>
    /// <param name="cursor">Where to begin; afterwards where it stands.</param>
    /// <param name="units">How many orders it may end; lowered by those ended.</param>
    /// <param name="looks">How many sessions and orders it may look at; lowered by those looked at.</param>
    public SliceEnd End<TFilter>(in TFilter filter, ref AccountCursor cursor, ref int units, ref int looks)
        where TFilter : struct, IOrderFilter
    {
        while (true)
        {
            if (cursor.Order == 0)
            {
                if (cursor.Session + 1 >= state.Sessions.HandleLimit)
                {
                    return SliceEnd.Over;
                }

                if (looks == 0)
                {
                    return SliceEnd.Stopped;
                }

                looks--;
                ref readonly var session = ref state.Sessions.Read(++cursor.Session);
                cursor.Order = session.Account == filter.Account ? session.FirstOrder : 0;
                continue;
            }

            if (looks == 0)
            {
                return SliceEnd.Stopped;
            }

            looks--;
            var slot = cursor.Order;
            if (filter.Covers(state, slot))
            {
                if (state.Orders.Slab.Hot(slot).IsTaking())
                {
                    return SliceEnd.Blocked;
                }

                if (units == 0 || !budget.HasRoomForUnit)
                {
                    return SliceEnd.Stopped;
                }

                units--;
                cursor.Order = state.Orders.Slab.Cold(slot).SessionNext;
                matching.Cancel(slot, filter.Request, filter.Reason);
            }
            else
            {
                cursor.Order = state.Orders.Slab.Cold(slot).SessionNext;
            }
        }
    }

    /// <summary>
    /// The same as pending work: its place within a session is kept in <see cref="OrderStore.WalkNext"/>, which is free when the
    /// walk before is over.
    /// </summary>
    /// <param name="filter">Which orders.</param>
    /// <param name="session">The session that is walked, or that was done last.</param>
    /// <param name="units">How many orders it may end; lowered by those ended.</param>
    /// <param name="looks">How many sessions and orders it may look at; lowered by those looked at.</param>
    public SliceEnd EndPending<TFilter>(in TFilter filter, ref uint session, ref int units, ref int looks)
        where TFilter : struct, IOrderFilter
    {
        var cursor = new AccountCursor { Session = session, Order = state.Orders.WalkNext };
        var end = End(filter, ref cursor, ref units, ref looks);
        if (end == SliceEnd.Blocked)
        {
            // Others go first, and may need the place: the session is walked again from its newest order on.
            cursor = Again(cursor);
        }

        session = cursor.Session;
        state.Orders.WalkNext = cursor.Order;
        return end;
    }

    /// <summary>A cursor that begins again with the session that it stands in.</summary>
    public static AccountCursor Again(in AccountCursor cursor) =>
        new() { Session = cursor.Order == 0 ? cursor.Session : cursor.Session - 1 };
}

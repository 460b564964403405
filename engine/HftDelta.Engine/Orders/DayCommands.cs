using HftDelta.Engine.Pending;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Orders;

/// <summary>
/// The end of the trading day: day orders entered before it end, as pending work. They are those up to the number
/// of the last order at that time. Owner: the engine agent.
/// </summary>
internal sealed class DayCommands(VenueState state)
{
    public RejectCode End(in EndOfDayDecoder message)
    {
        if (message.Day != state.Day + 1)
        {
            return RejectCode.BadParameter;
        }

        if (state.Pending.Has(PendingKind.EndDay))
        {
            return RejectCode.RequestOutstanding;
        }

        state.Day = message.Day;
        state.LastOrderOfDay = state.Orders.Slab.LastNumber;
        state.DayEndedBy = state.Sequence;
        state.DayEndedOrders = 0;
        state.Pending.Add(PendingKind.EndDay, 0);
        return default;
    }
}

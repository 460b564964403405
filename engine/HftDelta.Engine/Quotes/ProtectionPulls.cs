using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>Ends the orders that protection has pulled, as pending work. Owner: the engine agent.</summary>
internal sealed class ProtectionPulls(VenueState state, AccountOrders orders)
{
    /// <param name="slot">Of the protection.</param>
    /// <param name="units">How many orders it may end; lowered by those ended.</param>
    /// <param name="looks">How many sessions and orders it may look at; lowered by those looked at.</param>
    public SliceEnd Run(uint slot, ref int units, ref int looks)
    {
        ref var record = ref state.Protections.Write(slot);
        while (true)
        {
            var filter = new Pulled(record.Account, record.Underlying);
            var end = orders.EndPending(filter, ref record.WalkSession, ref units, ref looks);
            if (end != SliceEnd.Over)
            {
                return end;
            }

            record.WalkSession = 0;
            if (--record.Pulling != 0)
            {
                continue;
            }

            if (record.WindowNanos == 0 && record.FrozenUntil == 0)
            {
                // Switched off in the meantime.
                state.Protections.Remove(slot);
            }

            return SliceEnd.Over;
        }
    }

    private readonly struct Pulled(uint account, uint underlying) : IOrderFilter
    {
        public uint Account => account;

        public CancelReason Reason => CancelReason.MarketMakerProtection;

        public ulong Request => 0;

        public bool Covers(VenueState state, uint slot) =>
            state.Instruments.Read(state.Orders.Slab.Hot(slot).Instrument.Value).Underlying == underlying &&
            state.Protections.IsPulled(state, slot);
    }
}

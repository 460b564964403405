using HftDelta.Engine.Accounts;
using HftDelta.Engine.Orders;
using HftDelta.Primitives;
using HftDelta.Wire;

namespace HftDelta.Engine.Strategies;

/// <summary>What the auditor knows of strategies: their orders are open in their legs at the prices that were kept.</summary>
internal static class StrategyAudit
{
    /// <summary>Adds what is open of a strategy's order to the sums of its account's positions.</summary>
    public static void AddOpen(VenueState state, uint slot, Dictionary<uint, PositionRecord> open)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        ref readonly var strategy = ref state.Strategies.Read(hot.Instrument.Value);
        ref readonly var order = ref state.Strategies.ReadOrder(slot);
        Check.That(order.IsLive == 1);
        Check.That(order.IsOwnBookOnly == 0 || !hot.IsResting);
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            var ratio = strategy.Ratios[leg];
            var position = state.Positions.Find(hot.Account, strategy.Legs[leg]);
            Check.That(position != 0);
            open.TryGetValue(position, out var sums);
            sums.OpenOrders++;
            Matching.AddOpen(
                ref sums, state.Instruments.Read(strategy.Legs[leg]).AtomsPerTick, StrategyLegs.SideOf(hot.Side, ratio),
                StrategyLegs.Lots(hot.LeavesLots, ratio), order.Prices[leg]);
            open[position] = sums;
        }
    }

    public static void Run(VenueState state)
    {
        for (uint id = 1; state.Strategies.Any && id < state.Instruments.NextId; id++)
        {
            ref readonly var listed = ref state.Instruments.Read(id);
            if (listed.Kind != InstrumentKind.Strategy)
            {
                continue;
            }

            ref readonly var strategy = ref state.Strategies.Read(id);
            Check.That(listed.FirstPosition == 0);
            Check.That(!listed.IsLive || state.FindBook(id) is { IsCrossed: false });
            for (var leg = 0; leg < strategy.LegCount; leg++)
            {
                Check.That(!listed.IsLive || state.Instruments.Read(strategy.Legs[leg]).IsLive);
                Check.That(IsUsed(state, strategy.Legs[leg], id) == listed.IsLive);
            }
        }
    }

    private static bool IsUsed(VenueState state, uint leg, uint strategy)
    {
        for (var place = 0; place < state.Strategies.UseCount(leg); place++)
        {
            if (state.Strategies.UseAt(leg, place) == strategy)
            {
                return true;
            }
        }

        return false;
    }
}

using HftDelta.Engine.Accounts;
using HftDelta.Engine.Strategies;

namespace HftDelta.Engine.Orders;

// A strategy's order is open in each of its legs, at leg prices that are kept with it: docs/matching-rules.md section 14.
internal sealed partial class Matching
{
    /// <summary>What is open of a strategy's order becomes open in its legs, at the leg prices of now.</summary>
    public void OpenLegs(uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        ref readonly var strategy = ref state.Strategies.Read(hot.Instrument.Value);
        ref var order = ref state.Strategies.WriteOrder(slot);
        order.IsLive = 1;
        order.Prices = StrategyLegs.MarginPricesAt(state, strategy, hot.PriceTicks, hot.Side);
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            var id = strategy.Legs[leg];
            var ratio = strategy.Ratios[leg];
            OpenPosition(hot.Account, id);
            AddOpen(
                hot.Account, id, StrategyLegs.SideOf(hot.Side, ratio), StrategyLegs.Lots(hot.LeavesLots, ratio),
                order.Prices[leg]);
        }
    }

    /// <summary>Takes lots out of the open orders of the legs; their positions stay, for a trade that follows.</summary>
    public void CloseLegs(uint slot, long lots)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        ref readonly var strategy = ref state.Strategies.Read(hot.Instrument.Value);
        var isAll = lots == hot.LeavesLots;
        var prices = state.Strategies.ReadOrder(slot).Prices;
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            var ratio = strategy.Ratios[leg];
            var position = ChangeOpen(
                hot.Account, strategy.Legs[leg], StrategyLegs.SideOf(hot.Side, ratio), -StrategyLegs.Lots(lots, ratio),
                prices[leg]);
            if (isAll)
            {
                state.Positions.Cached(position).OpenOrders--;
            }
        }

        if (isAll)
        {
            state.Strategies.WriteOrder(slot) = default;
        }
    }

    /// <summary>Frees the positions of an account in a strategy's legs that hold nothing any more.</summary>
    public void ReleaseLegs(uint account, uint strategy)
    {
        ref readonly var record = ref state.Strategies.Read(strategy);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var position = state.Positions.Find(account, record.Legs[leg]);
            if (position != 0)
            {
                ReleaseIfEmpty(position);
            }
        }
    }

    /// <summary>Opens the account's position if there is none; the checks have seen to it that there is room.</summary>
    public void OpenPosition(uint account, uint instrument)
    {
        if (state.Positions.Find(account, instrument) != 0)
        {
            return;
        }

        ref var owner = ref state.Accounts.Write(account);
        ref var listed = ref state.Instruments.Write(instrument);
        owner.PositionCount++;
        state.Positions.Add(account, instrument, ref owner.FirstPosition, ref listed.FirstPosition,
            PositionIndices.Of(state, instrument, owner.FeeTier));
    }
}

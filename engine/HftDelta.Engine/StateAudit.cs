using HftDelta.Engine.Accounts;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Strategies;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives;
using HftDelta.Wire;

namespace HftDelta.Engine;

/// <summary>
/// The engine's own auditor: slow, complete, between commands, for tests and for the operator's audit of a recovered state. It
/// allocates. Books audit themselves; here is what lies between books, orders, positions and sessions.
/// </summary>
internal static class StateAudit
{
    public static void Run(VenueState state)
    {
        for (uint id = 1; id < state.Instruments.NextId; id++)
        {
            state.FindBook(id)?.Audit();
        }

        AuditOrders(state);
        AuditSessions(state);
        ConditionalAudit.Run(state);
        StrategyAudit.Run(state);
        MoneyAudit.Run(state);
        AuditRisk(state);
        Check.That(state.RecomputeHash().Total == state.FoldHash().Total);
    }

    /// <summary>What is installed hashes to what the state hash covers, and whatever is live has it.</summary>
    private static void AuditRisk(VenueState state)
    {
        for (uint id = 1; id < state.Instruments.NextId; id++)
        {
            ref readonly var instrument = ref state.Instruments.Read(id);
            ref readonly var installed = ref state.Vectors.Read(id);
            Check.That(installed.IsInstalled == (instrument.IsLive && instrument.Kind != InstrumentKind.Strategy ? 1 : 0));
            if (installed.IsInstalled != 0)
            {
                var side = state.Underlyings.Read(instrument.Underlying).ResultSide;
                Check.That(state.Results.At(side, id).DigestOf(id) == installed.Digest);
            }
        }
    }

    /// <summary>Open orders of each position are the sums over its live orders, and live orders rest unless they take.</summary>
    private static void AuditOrders(VenueState state)
    {
        var open = new Dictionary<uint, PositionRecord>();
        var extras = 0;
        var quotes = 0;
        for (uint slot = 1; slot < state.Orders.Slab.SlotLimit; slot++)
        {
            if (!state.Orders.Slab.IsLive(slot))
            {
                continue;
            }

            ref readonly var hot = ref state.Orders.Slab.Hot(slot);
            var instrument = hot.Instrument.Value;
            var lots = state.Orders.OpenLots(slot);
            extras += AuditExtra(state, slot);
            quotes += AuditQuote(state, slot);
            if (lots == 0)
            {
                // Filled by a sweep whose last step waits for room: it holds nothing any more.
                Check.That(!hot.IsResting);
                continue;
            }

            Check.That(lots > 0);
            Check.That(lots <= state.Orders.QuantityLots(slot));
            if (state.Instruments.Read(instrument).Kind == InstrumentKind.Strategy)
            {
                StrategyAudit.AddOpen(state, slot, open);
                continue;
            }

            var position = state.Positions.Find(hot.Account, instrument);
            Check.That(position != 0);
            open.TryGetValue(position, out var sums);
            sums.OpenOrders++;
            var atomsPerTick = state.Instruments.Read(instrument).AtomsPerTick;
            Matching.AddOpen(ref sums, atomsPerTick, hot.Side, lots, state.Orders.MarginPrice(slot));
            open[position] = sums;
        }

        Check.That(extras == state.Orders.Extras.Count);
        Check.That(quotes == state.Orders.Quotes.Count);
        foreach (var (slot, sums) in open)
        {
            ref readonly var position = ref state.Positions.Read(slot);
            Check.That(position.OpenBuyLots == sums.OpenBuyLots);
            Check.That(position.OpenSellLots == sums.OpenSellLots);
            Check.That(position.OpenOrders == sums.OpenOrders);
            Check.That(position.OpenBuyAtoms == sums.OpenBuyAtoms);
            Check.That(position.OpenSellAtoms == sums.OpenSellAtoms);
        }
    }

    private static int AuditQuote(VenueState state, uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (!hot.Has(OrderFlags.IsQuote))
        {
            return 0;
        }

        Check.That(hot.IsResting);
        Check.That(state.Orders.Quotes.Find(hot.Account, hot.Instrument.Value, hot.Side) == slot);
        return 1;
    }

    private static int AuditExtra(VenueState state, uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (!hot.Has(OrderFlags.HasExtra))
        {
            return 0;
        }

        ref readonly var extra = ref state.Orders.Extra(slot);
        Check.That(extra.Order == slot);
        Check.That(extra.HiddenLots >= 0);
        Check.That(extra.DisplayLots != 0 || extra.HiddenLots == 0);
        Check.That(!hot.IsResting || extra.DisplayLots == 0 || hot.LeavesLots <= extra.DisplayLots);
        return 1;
    }

    private static void AuditSessions(VenueState state)
    {
        var orders = 0u;
        for (uint handle = 1; handle < state.Sessions.HandleLimit; handle++)
        {
            if (!state.Sessions.Exists(handle))
            {
                continue;
            }

            var count = 0u;
            var number = ulong.MaxValue;
            for (var slot = state.Sessions.Read(handle).FirstOrder; slot != 0; slot = state.Orders.Slab.Cold(slot).SessionNext)
            {
                Check.That(state.Orders.Slab.SessionOf(slot) == handle);
                Check.That(state.Orders.Slab.NumberOf(slot) < number);
                number = state.Orders.Slab.NumberOf(slot);
                count++;
                Check.That(count <= (uint)state.Orders.Slab.Count);
            }

            Check.That(count == state.Sessions.Read(handle).OrderCount);
            orders += count;
        }

        Check.That(orders == (uint)state.Orders.Slab.Count);
    }
}

using HftDelta.Engine.Orders;
using HftDelta.Primitives;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// The auditor of conditional orders: slow, complete, between commands. Every waiting stop is in the tree or list where it
/// belongs and nowhere else, trees are ordered and balanced, lists are in the order of entry, and no count is off.
/// </summary>
internal static class ConditionalAudit
{
    public static void Run(VenueState state)
    {
        var found = 0;
        for (uint id = 1; id < state.Instruments.NextId; id++)
        {
            found += Audit(state, id);
        }

        Check.That(found == state.Orders.Conditional.Count);
        Check.That(state.Orders.Conditional.NotedCount == 0);
        for (uint slot = 1; slot < state.Orders.Slab.SlotLimit; slot++)
        {
            ref readonly var hot = ref state.Orders.Slab.Hot(slot);
            if (state.Orders.Slab.IsLive(slot))
            {
                found -= hot.Has(OrderFlags.Waits) || hot.Has(OrderFlags.IsPegged) ? 1 : 0;
                Check.That(!(hot.IsResting && hot.Has(OrderFlags.Waits)));
                Check.That(!hot.IsTaking() || state.Instruments.Read(hot.Instrument.Value).Busy != 0);
            }
        }

        Check.That(found == 0);
    }

    private static int Audit(VenueState state, uint instrument)
    {
        ref readonly var conditions = ref state.Orders.Conditional.Of(instrument);
        var stops = 0;
        for (var source = TriggerSource.LastTrade; source <= TriggerSource.Oracle; source++)
        {
            foreach (var isSell in (ReadOnlySpan<bool>)[false, true])
            {
                uint last = 0;
                var root = conditions.Roots[StopRoots.PlaceOf(source, isSell)];
                stops += AuditTree(state, root, instrument, source, isSell, ref last);
            }
        }

        Check.That(stops == (int)conditions.Stops);
        var marked = AuditList(state, conditions.Trailing, instrument, isPegged: false);
        Check.That(marked == (int)conditions.Marked);
        var leaving = AuditList(state, conditions.Pegs, instrument, isPegged: true);
        Check.That(leaving == (int)conditions.Leaving);
        ref readonly var observed = ref state.Orders.Conditional.Observed(instrument);
        Check.That(conditions.HasStops || (observed.Seen == 0 && observed.MarkTicks == 0));
        Check.That(observed.Phase != ActivationPhase.Due);
        Check.That(leaving == 0 || state.Instruments.Read(instrument).Busy != 0);
        return stops + (int)conditions.Trailing.Count + (int)conditions.Pegs.Count;
    }

    /// <returns>Stops in the tree.</returns>
    private static int AuditTree(
        VenueState state, uint root, uint instrument, TriggerSource source, bool isSell, ref uint last)
    {
        if (root == 0)
        {
            return 0;
        }

        ref readonly var node = ref state.Orders.Extras[root];
        var count = 1 + AuditTree(state, node.Previous, instrument, source, isSell, ref last);
        ref readonly var hot = ref state.Orders.Slab.Hot(node.Order);
        Check.That(hot.Has(OrderFlags.Waits) && !hot.Has(OrderFlags.IsPegged));
        Check.That(hot.Instrument.Value == instrument && node.TriggerSource == source);
        Check.That((hot.Side == Primitives.Units.Side.Sell) == isSell && (node.IsSell != 0) == isSell);
        Check.That(last == 0 || IsBefore(state, last, root, isSell));
        last = root;
        count += AuditTree(state, node.Next, instrument, source, isSell, ref last);
        var left = node.Previous == 0 ? 0 : state.Orders.Extras[node.Previous].Height;
        var right = node.Next == 0 ? 0 : state.Orders.Extras[node.Next].Height;
        Check.That(node.Height == int.Max(left, right) + 1);
        Check.That(int.Abs(left - right) <= 1);
        return count;
    }

    private static bool IsBefore(VenueState state, uint left, uint right, bool isSell)
    {
        var difference = state.Orders.Extras[left].TriggerPrice - state.Orders.Extras[right].TriggerPrice;
        return difference == 0
            ? EntryOf(state, left) < EntryOf(state, right)
            : isSell ? difference > 0 : difference < 0;
    }

    /// <returns>Trailing stops that are marked; pegged orders that are to come back.</returns>
    private static int AuditList(VenueState state, in EntryList list, uint instrument, bool isPegged)
    {
        var told = 0;
        var count = 0u;
        uint last = 0;
        for (var record = list.Head; record != 0; record = state.Orders.Extras[record].Next)
        {
            ref readonly var extra = ref state.Orders.Extras[record];
            ref readonly var hot = ref state.Orders.Slab.Hot(extra.Order);
            Check.That(hot.Instrument.Value == instrument && hot.Has(OrderFlags.IsPegged) == isPegged);
            Check.That(isPegged || hot.Has(OrderFlags.Waits));
            Check.That(extra.Previous == last);
            Check.That(last == 0 || EntryOf(state, last) < EntryOf(state, record));
            told += isPegged ? (hot.Has(OrderFlags.Waits) ? 1 : 0) : extra.IsMarked;
            last = record;
            count++;
        }

        Check.That(last == list.Tail && count == list.Count);
        return told;
    }

    private static ulong EntryOf(VenueState state, uint record) =>
        state.Orders.Slab.NumberOf(state.Orders.Extras[record].Order);
}

using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

// The book's own auditor: slow, complete, for tests and for the operator's audit of a recovered state.
public sealed unsafe partial class OrderBook
{
    /// <summary>Walks every level and order and checks what the book promises of itself.</summary>
    public void Audit()
    {
        var pooled = 0;
        var locked = 0u;
        for (var side = 0u; side < 2; side++)
        {
            var orders = 0u;
            var state = _sides + side;
            var has = TryGetBest((Side)side, out var price);
            Check.That(has || (state->SparseRoot == 0 && state->Ticks.First() < 0));
            Check.That(!has || LevelAt((Side)side, price.Value) == state->Best);
            Check.That(!has || state->BestRank == long.MinValue
                || LevelAfter(side, long.MinValue, out _) == state->Best);
            while (has)
            {
                var level = LevelAt((Side)side, price.Value);
                Check.That(level != null);
                AuditLevel(level, side, price.Value);
                orders += level->Count;
                if (level < _band || level >= _bandEnd)
                {
                    pooled++;
                    if ((ulong)(price.Value - _bandBase) < _bandTicks) locked++;
                }

                var last = price;
                has = TryGetNext((Side)side, last, out price);
                Check.That(!has || (price.Value ^ RankMask(side)) > (last.Value ^ RankMask(side)));
            }

            Check.That(orders == state->OrderCount);
        }

        Check.That(pooled == _sparse.Count);
        Check.That(_sparse.NodeCount <= _sparse.Count);
        Check.That(locked == _lockedLevels);
        AuditBand();
    }

    private void AuditLevel(PriceLevel* level, uint side, long price)
    {
        var volume = 0L;
        var count = 0u;
        var previous = 0u;
        var priority = 0UL;
        for (var slot = level->Head; slot != 0; slot = _hot[slot].Next)
        {
            var order = _hot + slot;
            Check.That(_orders.IsLive(slot));
            Check.That(order->IsResting);
            Check.That(order->LeavesLots > 0);
            Check.That(order->PriceTicks == price);
            Check.That(SideOf(order) == side);
            Check.That(order->Instrument.Value == _instrument);
            Check.That(order->Previous == previous);
            Check.That(_orders.Cold(slot).Priority > priority);
            priority = _orders.Cold(slot).Priority;
            previous = slot;
            volume += order->LeavesLots;
            count++;
            Check.That(count <= level->Count);
        }

        Check.That(count > 0);
        Check.That(count == level->Count);
        Check.That(volume == level->Volume);
        Check.That(previous == level->Tail);
        Check.That(level->Owner == side + 1);
    }

    /// <summary>Bitmaps and levels of the band agree at every tick.</summary>
    private void AuditBand()
    {
        for (var tick = 0UL; tick < _bandTicks; tick++)
        {
            var level = _band + tick;
            Check.That(_sides[0].Ticks.IsSet(Mirrored(tick, 0)) == (level->Owner == 1));
            Check.That(_sides[1].Ticks.IsSet(Mirrored(tick, 1)) == (level->Owner == 2));
            Check.That((level->Count == 0) == (level->Owner == 0));
        }
    }
}

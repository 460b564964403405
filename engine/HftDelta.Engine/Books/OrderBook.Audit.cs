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
        var levels = 0u;
        for (var side = 0u; side < 2; side++)
        {
            var orders = 0u;
            var state = _sides + side;
            var has = TryGetBest((Side)side, out var price);
            Check.That(has || (state->SparseRoot == 0 && state->Ticks.IsEmpty));
            Check.That(!has || LevelAt((Side)side, price.Value) == state->Best);
            Check.That(!has || state->BestRank == long.MinValue
                || LevelAfter(side, long.MinValue, out _) == state->Best);
            while (has)
            {
                var level = LevelAt((Side)side, price.Value);
                Check.That(level != null);
                AuditLevel(level, side, price.Value);
                orders += level->Count;
                levels++;
                if (level < _band || level >= _bandEnd)
                {
                    pooled++;
                    Check.That((price.Value ^ RankMask(side)) >= state->PooledRank);
                    if (IsInWindow(price.Value)) locked++;
                }

                var last = price;
                has = TryGetNext((Side)side, last, out price);
                Check.That(!has || (price.Value ^ RankMask(side)) > (last.Value ^ RankMask(side)));
            }

            Check.That(orders == state->OrderCount);
            Check.That(state->PooledRank == FirstPooledRank(state));
        }

        Check.That(pooled == _sparse.Count);
        Check.That(_sparse.NodeCount <= _sparse.Count);
        Check.That(locked == _lockedLevels);
        Check.That(levels == _levelCount);
        Check.That(levels <= (uint)_sparse.Capacity);
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
            Check.That(previous == 0 || OrderCold.IsBefore(priority, _orders.Cold(slot).Priority));
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

    private long FirstPooledRank(BookSide* state)
    {
        if (state->SparseRoot == 0) return long.MaxValue;
        _sparse.First(state->SparseRoot, out var key);
        return RankOf(key);
    }

    /// <summary>Bitmaps and levels of the band agree at every tick, and ticks outside the window are empty.</summary>
    private void AuditBand()
    {
        Check.That(_windowTicks <= _bandTicks);
        Check.That(_isMoving || (_windowBase == _targetBase && _windowTicks == _bandTicks));
        for (var tick = 0L; tick < (long)_bandTicks; tick++)
        {
            var level = _band + tick;
            var price = _windowBase + BitOf(tick - _windowBase);
            Check.That(_sides[0].Ticks.IsSet(BitOf(~tick)) == (level->Owner == 1));
            Check.That(_sides[1].Ticks.IsSet(BitOf(tick)) == (level->Owner == 2));
            Check.That((level->Count == 0) == (level->Owner == 0));
            Check.That(level->Owner == 0 || IsInWindow(price));
        }
    }
}

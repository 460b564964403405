using System.Runtime.CompilerServices;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

// The band's window follows the best prices. It starts to move when they leave its middle half. Then every operation that
// rests an order or takes one out does one step, until the window is where it should be: first it lets go of what lies outside
// the target, then it grows over the target, and where it is not, levels are pooled. A step looks at so many slices of so many
// ticks and ends after one in which a level moved, so that no operation waits for more than SliceTicks levels to leave, or
// twice as many to come in. Steps follow from the commands alone.
public sealed unsafe partial class OrderBook
{
    /// <summary>Ticks by which the window's edge moves at once.</summary>
    private const ulong SliceTicks = 16;

    /// <summary>Slices without a level that one operation passes.</summary>
    private const int SlicesPerStep = 8;

    /// <summary>The band is on its way to where the best prices are. Nothing but speed depends on it.</summary>
    public bool IsRecentring => _isMoving;

    /// <summary>Where the band is, or is on its way to.</summary>
    public PriceTicks BandBase => new(_targetBase);

    /// <summary>A price has become the best of its side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FollowMarket(long price)
    {
        if ((ulong)(price - _calmBase) >= _calmTicks) Recentre();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Recentre()
    {
        if (_bandTicks == 0 || !TryGetMiddle(out var middle) || (ulong)(middle - _calmBase) < _calmTicks) return;
        AimAt(BookGeometry.Around(new PriceTicks(middle), (int)_bandTicks).BandBase.Value);
        _isMoving = true;
    }

    private void AimAt(long lowest)
    {
        _targetBase = lowest;
        _calmBase = lowest + (long)(_bandTicks / 4);
        _calmTicks = _bandTicks / 2;
    }

    /// <summary>
    /// The middle of the market. Best prices that are too far apart for one band have none: the window stays if one of them is
    /// in its middle, else it goes to the side with more orders.
    /// </summary>
    private bool TryGetMiddle(out long middle)
    {
        var hasBid = TryGetBest(Side.Buy, out var bidPrice);
        var hasAsk = TryGetBest(Side.Sell, out var askPrice);
        var (bid, ask) = (bidPrice.Value, askPrice.Value);
        middle = hasBid ? bid : ask;
        if (!hasBid || !hasAsk) return hasBid || hasAsk;
        var (low, high) = bid < ask ? (bid, ask) : (ask, bid);
        if ((ulong)(high - low) <= _bandTicks / 4)
        {
            middle = low + ((high - low) / 2);
            return true;
        }

        if (_sides[0].OrderCount < _sides[1].OrderCount) middle = ask;
        return (ulong)(bid - _calmBase) >= _calmTicks && (ulong)(ask - _calmBase) >= _calmTicks;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveWindow()
    {
        for (var slices = 0; slices < SlicesPerStep; slices++)
        {
            if (_windowBase == _targetBase && _windowTicks == _bandTicks)
            {
                _isMoving = false;
                return;
            }

            if (SkipEmptyBand() || !TryShrink(out var moved)) moved = Grow();
            if (moved) return;
        }
    }

    /// <summary>A window without a level starts anew at the target's middle, or is the target if nothing is pooled.</summary>
    private bool SkipEmptyBand()
    {
        if (!_sides[0].Ticks.IsEmpty || !_sides[1].Ticks.IsEmpty) return false;
        if ((_sides[0].SparseRoot | _sides[1].SparseRoot) == 0)
        {
            _windowBase = _targetBase;
            _windowTicks = _bandTicks;
            return true;
        }

        if (!IsOutsideTarget(_windowBase) && !IsOutsideTarget(_windowBase + (long)(_windowTicks - 1))) return false;
        _windowBase = _targetBase + (long)(_bandTicks / 2);
        _windowTicks = 0;
        _lockedLevels = 0;
        return true;
    }

    private bool IsOutsideTarget(long price) => _windowTicks != 0 && (ulong)(price - _targetBase) >= _bandTicks;

    /// <summary>Lets go of a slice at an end that is outside the target.</summary>
    /// <returns>False when neither end is.</returns>
    private bool TryShrink(out bool moved)
    {
        moved = false;
        var last = _windowBase + (long)(_windowTicks - 1);
        ulong ticks;
        if (_windowTicks != 0 && _windowBase < _targetBase)
        {
            ticks = Slice((ulong)(_targetBase - _windowBase));
            moved = LetGo(_windowBase, ticks);
            _windowBase += (long)ticks;
        }
        else if (IsOutsideTarget(last))
        {
            ticks = Slice((ulong)(last - _targetBase) - (_bandTicks - 1));
            moved = LetGo(last - (long)(ticks - 1), ticks);
        }
        else
        {
            return false;
        }

        _windowTicks -= ticks;
        if (_windowTicks == 0) _windowBase = _targetBase + (long)(_bandTicks / 2);
        return true;
    }

    private ulong Slice(ulong outside)
    {
        var ticks = outside < _windowTicks ? outside : _windowTicks;
        return ticks < SliceTicks ? ticks : SliceTicks;
    }

    /// <summary>Pools the levels of some ticks that the window is about to lose.</summary>
    private bool LetGo(long first, ulong ticks)
    {
        var moved = false;
        for (var offset = 0L; offset < (long)ticks; offset++)
        {
            var price = first + offset;
            if (_lockedLevels != 0) ForgetLocked(price);
            var level = TickOf(price);
            if (level->Owner == 0) continue;
            var side = level->Owner - 1;
            var state = _sides + side;
            var rank = price ^ RankMask(side);
            var pooled = AddPooled(side, rank);
            *pooled = *level;
            *level = default;
            state->Ticks.Clear(BitOf(rank));
            if (state->Best == level) state->Best = pooled;
            moved = true;
        }

        return moved;
    }

    /// <summary>A pooled level of a price that is no more in the window is like any other.</summary>
    private void ForgetLocked(long price)
    {
        for (var side = 0u; side < 2; side++)
        {
            if (PooledLevelAt(side, price) != null) _lockedLevels--;
        }
    }

    /// <summary>Takes a slice of the target at the end of the window where more of it is left.</summary>
    private bool Grow()
    {
        var below = (ulong)(_windowBase - _targetBase);
        var above = _bandTicks - below - _windowTicks;
        if ((below | above) == 0) return false;
        var isUp = above >= below;
        var ticks = isUp ? above : below;
        if (ticks > SliceTicks && (_sides[0].SparseRoot | _sides[1].SparseRoot) != 0) ticks = SliceTicks;
        var first = isUp ? _windowBase + (long)_windowTicks : _windowBase - (long)ticks;
        if (!isUp) _windowBase = first;
        _windowTicks += ticks;
        return TakeIn(0, first, ticks) | TakeIn(1, first, ticks);
    }

    /// <summary>Gives the pooled levels of some prices their ticks, unless the other side has them.</summary>
    private bool TakeIn(uint side, long first, ulong ticks)
    {
        var state = _sides + side;
        if (state->SparseRoot == 0) return false;
        var start = side == 0 ? ~(first + (long)(ticks - 1)) : first;
        var moved = false;
        ulong key;
        var level = start == long.MinValue
            ? _sparse.First(state->SparseRoot, out key)
            : _sparse.After(state->SparseRoot, KeyOf(start - 1), out key);
        while (level != null && (ulong)(RankOf(key) - start) < ticks)
        {
            var rank = RankOf(key);
            TakeIn(state, side, level, rank);
            moved = true;
            level = _sparse.After(state->SparseRoot, KeyOf(rank), out key);
        }

        return moved;
    }

    private void TakeIn(BookSide* state, uint side, PriceLevel* level, long rank)
    {
        var tick = TickOf(rank ^ RankMask(side));
        if (tick->Owner != 0)
        {
            _lockedLevels++;
            return;
        }

        *tick = *level;
        *level = default;
        state->Ticks.Set(BitOf(rank));
        if (state->Best == level) state->Best = tick;
        RemovePooled(side, rank);
    }
}

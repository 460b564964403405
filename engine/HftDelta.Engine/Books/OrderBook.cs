using System.Runtime.CompilerServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

/// <summary>
/// The price-time book of one instrument. Owner: the engine; one writer; nothing allocates after construction.
/// <para>The matching loop is the caller's, so that ledger and reports come between fills: while
/// <see cref="BestMaker"/> gives a slot, <see cref="Fill"/> it at the maker's price, and <see cref="OrderSlab.Free"/> it when
/// nothing is left; then <see cref="Rest"/> what remains of the taker, or do not.</para>
/// Invariants (all checked by <see cref="Audit"/>):
/// <list type="bullet">
/// <item>A side and price has at most one level; an empty level is in no index.</item>
/// <item>A level's volume and count are those of its queue, whose orders ascend in priority from head to tail.</item>
/// <item>The levels of the prices of the band's window are ticks of the band, all others are pooled. A tick holds one side at
/// a time: if the other side rests at the same price (a locked book, as before an auction), its level is pooled until it
/// empties.</item>
/// <item>The window follows the market in steps of bounded work. Where it stands decides nothing but speed: a price is
/// refused for the number of levels in use, wherever they are.</item>
/// <item>The best level of a side is known at any time, not searched for by the taker.</item>
/// </list>
/// What proves the bounds of the unchecked accesses: a price's tick is the price modulo the band's size, a power of two; slots
/// are live slots of the slab.
/// </summary>
public sealed unsafe partial class OrderBook : IDisposable
{
    /// <summary>The largest quantity of one order: 2^40 lots.</summary>
    public const long QuantityMaxLots = 1L << 40;

    private readonly OrderSlab _orders;
    private readonly OrderHot* _hot;
    private readonly uint _instrument;
    private readonly NativeSlab<BookSide> _sideSlab;
    private readonly BookSide* _sides;
    private readonly NativeSlab<PriceLevel>? _bandSlab;
    private readonly NativeSlab<ulong>? _bitmapSlab;
    private readonly PriceLevel* _band;
    private readonly PriceLevel* _bandEnd;
    private readonly ulong _bandTicks;
    private readonly SparseLevels _sparse;
    private readonly PriceLevel* _nothing;
    private long _windowBase;
    private ulong _windowTicks;
    private uint _levelCount;
    private uint _lockedLevels;
    private long _targetBase;
    private long _calmBase = long.MinValue;
    private ulong _calmTicks = ulong.MaxValue;
    private bool _isMoving;

    /// <param name="orders">The slab that the engine's books share. It outlives the book.</param>
    /// <param name="instrument">The instrument of every order that rests here.</param>
    /// <param name="geometry">Band and pool; valid.</param>
    public OrderBook(OrderSlab orders, InstrumentId instrument, BookGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(orders);
        Check.That(geometry.IsValid);
        Check.That(instrument.Value <= OrderHot.InstrumentMax);
        _orders = orders;
        _hot = orders.HotPointer;
        _instrument = instrument.Value;
        Geometry = geometry;
        _sparse = new SparseLevels(geometry.LevelsMax);
        _nothing = _sparse.Nothing;
        _sideSlab = new NativeSlab<BookSide>(2);
        _sides = _sideSlab.Pointer;
        if (geometry.BandTicks != 0)
        {
            var words = TickBitmap.WordsFor(geometry.BandTicks);
            _bandSlab = new NativeSlab<PriceLevel>(geometry.BandTicks);
            _bitmapSlab = new NativeSlab<ulong>(2 * words);
            _band = _bandSlab.Pointer;
            _bandEnd = _band + geometry.BandTicks;
            _bandTicks = (ulong)geometry.BandTicks;
            _windowBase = geometry.BandBase.Value;
            _windowTicks = _bandTicks;
            AimAt(_windowBase);
            _sides[0].Ticks.Attach(_bitmapSlab.Pointer, geometry.BandTicks);
            _sides[1].Ticks.Attach(_bitmapSlab.Pointer + words, geometry.BandTicks);
        }

        for (var side = 0; side < 2; side++)
        {
            _sides[side].Best = _nothing;
            _sides[side].BestRank = long.MaxValue;
            _sides[side].PooledRank = long.MaxValue;
        }
    }

    public InstrumentId Instrument => new(_instrument);

    /// <summary>As the book was made; the band has moved since.</summary>
    public BookGeometry Geometry { get; }

    /// <summary>Orders that rest, both sides together.</summary>
    public int OrderCount => (int)(_sides[0].OrderCount + _sides[1].OrderCount);

    /// <summary>Levels in use, both sides together: at most <see cref="BookGeometry.LevelsMax"/>.</summary>
    public int LevelCount => (int)_levelCount;

    /// <summary>Those of them that are outside the band's window, or locked inside it.</summary>
    public int SparseLevelCount => _sparse.Count;

    /// <summary>Native memory that the book holds from its construction on; the orders' is the slab's.</summary>
    public long LengthBytes =>
        _sideSlab.LengthBytes + (_bandSlab?.LengthBytes ?? 0) + (_bitmapSlab?.LengthBytes ?? 0);

    /// <summary>Address space for pooled levels, which becomes memory as far as so many are in use at once.</summary>
    public long ReservedBytes => _sparse.LengthBytes;

    /// <summary>Would <see cref="Rest"/> find a level at the price?</summary>
    public BookResult CanRest(Side side, PriceTicks price) =>
        _levelCount < (uint)_sparse.Capacity || LevelAt(side, price.Value) != null
            ? BookResult.Ok
            : BookResult.LevelPoolFull;

    /// <summary>
    /// Puts a live order at the back of its level. Its price, leaves, account and <see cref="OrderHot.Pack">packed word</see>
    /// have been set. The book does not look whether it crosses: fill it first.
    /// </summary>
    public BookResult Rest(uint slot)
    {
        var order = _hot + slot;
        Check.That(slot != 0 && slot < _orders.SlotLimit);
        Check.That((order->InstrumentAndFlags & (OrderHot.InstrumentMax | OrderHot.RestingFlag)) == _instrument);
        Check.That((ulong)(order->LeavesLots - 1) < QuantityMaxLots);
        var side = SideOf(order);
        var level = LevelToRestAt(side, order->PriceTicks);
        if (level == null) return BookResult.LevelPoolFull;
        var tail = level->Tail;
        order->Previous = tail;
        order->Next = 0;
        order->InstrumentAndFlags |= OrderHot.RestingFlag;
        if (tail == 0) level->Head = slot;
        else _hot[tail].Next = slot;
        level->Tail = slot;
        level->Count++;
        level->Volume += order->LeavesLots;
        _sides[side].OrderCount++;
        if (_isMoving) MoveWindow();
        return BookResult.Ok;
    }

    /// <summary>The oldest order of the best level opposite to the taker, if its price is within the taker's limit.</summary>
    /// <returns>Its slot, or 0.</returns>
    public uint BestMaker(Side takerSide, PriceTicks limit)
    {
        var side = (uint)takerSide ^ 1;
        var state = _sides + side;
        return state->BestRank <= (limit.Value ^ RankMask(side)) ? state->Best->Head : 0;
    }

    /// <summary>Takes lots off a resting order; one with nothing left leaves the book and keeps its slot.</summary>
    public void Fill(uint slot, QuantityLots quantity)
    {
        var order = Resting(slot);
        Check.That((ulong)(quantity.Value - 1) < (ulong)order->LeavesLots);
        var level = LevelOf(order);
        order->LeavesLots -= quantity.Value;
        level->Volume -= quantity.Value;
        if (order->LeavesLots == 0) Unlink(order, level);
    }

    /// <summary>Takes a resting order out of the book; its leaves and its slot stay.</summary>
    public void Remove(uint slot)
    {
        var order = Resting(slot);
        var level = LevelOf(order);
        level->Volume -= order->LeavesLots;
        Unlink(order, level);
    }

    /// <summary>Lowers what is open of a resting order, which keeps its place.</summary>
    public void Reduce(uint slot, QuantityLots newLeaves)
    {
        var order = Resting(slot);
        Check.That((ulong)(newLeaves.Value - 1) < (ulong)order->LeavesLots);
        LevelOf(order)->Volume -= order->LeavesLots - newLeaves.Value;
        order->LeavesLots = newLeaves.Value;
    }

    public void Dispose()
    {
        _sideSlab.Dispose();
        _bandSlab?.Dispose();
        _bitmapSlab?.Dispose();
        _sparse.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SideOf(OrderHot* order) => (order->InstrumentAndFlags >> OrderHot.SideBit) & 1;

    /// <summary>What turns a price into a rank and back: all ones for buys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long RankMask(uint side) => (long)side - 1;

    /// <summary>A rank as the unsigned key of the pool.</summary>
    private static ulong KeyOf(long rank) => (ulong)rank ^ (1UL << 63);

    private static long RankOf(ulong key) => (long)(key ^ (1UL << 63));

    /// <summary>A price's tick: the band is a ring, so that a price keeps its tick when the window moves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PriceLevel* TickOf(long price) => _band + ((ulong)price & (_bandTicks - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsInWindow(long price) => (ulong)(price - _windowBase) < _windowTicks;

    /// <summary>A rank as its side's bitmap counts it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint BitOf(long rank) => (uint)((ulong)rank & (_bandTicks - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private OrderHot* Resting(uint slot)
    {
        var order = _hot + slot;
        Check.That(slot < _orders.SlotLimit);
        Check.That((order->InstrumentAndFlags & (OrderHot.InstrumentMax | OrderHot.RestingFlag))
            == (_instrument | OrderHot.RestingFlag));
        return order;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PriceLevel* LevelOf(OrderHot* order)
    {
        var side = SideOf(order);
        var price = order->PriceTicks;
        if (IsInWindow(price) && TickOf(price)->Owner == side + 1) return TickOf(price);
        var level = PooledLevelAt(side, price);
        Check.That(level != null);
        return level;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PriceLevel* PooledLevelAt(uint side, long price) =>
        _sparse.Find(_sides[side].SparseRoot, KeyOf(price ^ RankMask(side)));

    /// <summary>The level that holds this side at this price, or null.</summary>
    private PriceLevel* LevelAt(Side side, long price)
    {
        if (IsInWindow(price) && TickOf(price)->Owner == (uint)side + 1) return TickOf(price);
        return PooledLevelAt((uint)side, price);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PriceLevel* LevelToRestAt(uint side, long price)
    {
        if (IsInWindow(price))
        {
            var level = TickOf(price);
            if (level->Owner == side + 1) return level;
            if ((level->Owner | _lockedLevels) == 0) return ClaimTick(side, price);
        }

        return PooledLevelToRestAt(side, price);
    }

    private PriceLevel* ClaimTick(uint side, long price)
    {
        if (_levelCount == (uint)_sparse.Capacity) return null;
        var level = TickOf(price);
        level->Owner = side + 1;
        _sides[side].Ticks.Set(BitOf(price ^ RankMask(side)));
        OfferBest(side, level, price);
        return level;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PriceLevel* PooledLevelToRestAt(uint side, long price)
    {
        var level = PooledLevelAt(side, price);
        if (level != null) return level;
        var inWindow = IsInWindow(price);
        if (inWindow && TickOf(price)->Owner == 0) return ClaimTick(side, price);
        if (_levelCount == (uint)_sparse.Capacity) return null;
        level = AddPooled(side, price ^ RankMask(side));
        level->Owner = side + 1;
        if (inWindow) _lockedLevels++;
        OfferBest(side, level, price);
        return level;
    }

    private PriceLevel* AddPooled(uint side, long rank)
    {
        var state = _sides + side;
        if (rank < state->PooledRank) state->PooledRank = rank;
        return _sparse.Add(&state->SparseRoot, KeyOf(rank));
    }

    private void RemovePooled(uint side, long rank)
    {
        var state = _sides + side;
        _sparse.Remove(&state->SparseRoot, KeyOf(rank));
        if (rank != state->PooledRank) return;
        state->PooledRank = long.MaxValue;
        if (state->SparseRoot == 0) return;
        _sparse.First(state->SparseRoot, out var key);
        state->PooledRank = RankOf(key);
    }

    /// <summary>A new level may be the best. Equal counts: a price can have the rank of an empty side.</summary>
    private void OfferBest(uint side, PriceLevel* level, long price)
    {
        _levelCount++;
        var state = _sides + side;
        var rank = price ^ RankMask(side);
        if (rank > state->BestRank) return;
        state->BestRank = rank;
        state->Best = level;
        FollowMarket(price);
    }

    private void Unlink(OrderHot* order, PriceLevel* level)
    {
        var next = order->Next;
        var previous = order->Previous;
        if (previous == 0) level->Head = next;
        else _hot[previous].Next = next;
        if (next == 0) level->Tail = previous;
        else _hot[next].Previous = previous;
        order->Next = 0;
        order->Previous = 0;
        order->InstrumentAndFlags &= ~OrderHot.RestingFlag;
        var side = SideOf(order);
        _sides[side].OrderCount--;
        if (--level->Count == 0) Vacate(side, level, order->PriceTicks);
        if (_isMoving) MoveWindow();
    }

    /// <summary>Takes an empty level out of its index and finds the side's next best if it was the best.</summary>
    private void Vacate(uint side, PriceLevel* level, long price)
    {
        Check.That(level->Volume == 0);
        Check.That((level->Head | level->Tail) == 0);
        _levelCount--;
        var state = _sides + side;
        var rank = price ^ RankMask(side);
        var wasBest = state->Best == level;
        level->Owner = 0;
        if (level >= _band && level < _bandEnd)
        {
            state->Ticks.Clear(BitOf(rank));
            if (wasBest) FindBest(side, state->Ticks.AfterAround(BitOf(rank)));
        }
        else
        {
            VacatePooled(side, price);
            if (wasBest) FindBest(side, FirstTick(side));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void VacatePooled(uint side, long price)
    {
        RemovePooled(side, price ^ RankMask(side));
        if (IsInWindow(price)) _lockedLevels--;
    }

    /// <summary>The bit of the side's best tick, or -1.</summary>
    private int FirstTick(uint side) => _bandTicks == 0 ? -1 : _sides[side].Ticks.FirstFrom(BitOf(FirstRank(side)));

    /// <summary>The best rank that the window has for a side. The window must not be empty.</summary>
    private long FirstRank(uint side) => side == 0 ? ~(_windowBase + (long)(_windowTicks - 1)) : _windowBase;

    /// <param name="side">The side whose best level has gone.</param>
    /// <param name="bit">The bit of its best tick, or -1.</param>
    private void FindBest(uint side, int bit)
    {
        var state = _sides + side;
        if (bit >= 0)
        {
            var first = FirstRank(side);
            var rank = first + BitOf(bit - first);
            if (rank <= state->PooledRank)
            {
                state->BestRank = rank;
                state->Best = TickOf(rank ^ RankMask(side));
                FollowMarket(rank ^ RankMask(side));
                return;
            }
        }

        FindPooledBest(state);
    }

    /// <summary>The best level is pooled, or the side has become empty: the other side alone says where the market is.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FindPooledBest(BookSide* state)
    {
        state->BestRank = state->PooledRank;
        state->Best = state->SparseRoot == 0 ? _nothing : _sparse.First(state->SparseRoot, out _);
        Recentre();
    }
}

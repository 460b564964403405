using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Books;

/// <summary>Defects known from other engines, each in the band, in the pool, and across the band's edge.</summary>
[CancelAfter(20_000)]
[TestFixtureSource(nameof(Geometries))]
public class OrderBookTests(string name)
{
    private const long Price = 1_000;
    private BookPair _pair = null!;

    public static readonly string[] Geometries = ["band", "large band", "sparse", "edge"];

    private OrderBook Book => _pair.Book;

    [SetUp]
    public void SetUp() => _pair = new BookPair(
        name switch
        {
            "band" => BookGeometry.Around(new PriceTicks(Price), BookGeometry.SmallBandTicks),
            "large band" => BookGeometry.Around(new PriceTicks(Price), BookGeometry.LargeBandTicks),
            "edge" => new BookGeometry(new PriceTicks(Price + 1), BookGeometry.SmallBandTicks),
            _ => BookGeometry.None,
        },
        100);

    [TearDown]
    public void TearDown()
    {
        _pair.CompareAll();
        _pair.Dispose();
    }

    [TestCase(Side.Buy)]
    [TestCase(Side.Sell)]
    public void Trade_happens_at_the_makers_price(Side taker)
    {
        _pair.Rest(Opposite(taker), Price, 10);
        var worse = taker == Side.Buy ? Price + 7 : Price - 7;
        var maker = Book.BestMaker(taker, new PriceTicks(worse));
        Assert.That(maker, Is.Not.Zero);
        Assert.That(_pair.Orders.Hot(maker).Price, Is.EqualTo(new PriceTicks(Price)));
    }

    [TestCase(Side.Buy)]
    [TestCase(Side.Sell)]
    public void Limit_one_tick_short_does_not_trade(Side taker)
    {
        _pair.Rest(Opposite(taker), Price, 10);
        Assert.That(Book.BestMaker(taker, new PriceTicks(taker == Side.Buy ? Price - 1 : Price + 1)), Is.Zero);
        Assert.That(Book.BestMaker(taker, new PriceTicks(Price)), Is.Not.Zero);
    }

    [Test]
    public void Remainder_of_an_immediate_order_never_rests()
    {
        _pair.Rest(Side.Sell, Price, 10);
        _pair.Submit(Side.Buy, Price + 1, 25, immediate: true);
        Assert.That(Book.OrderCount, Is.Zero);
        Assert.That(Book.HasBest(Side.Buy), Is.False);
    }

    [Test]
    public void Remainder_of_a_limit_order_rests_at_its_own_limit()
    {
        _pair.Rest(Side.Sell, Price, 10);
        _pair.Submit(Side.Buy, Price + 2, 25, immediate: false);
        Assert.That(Book.TryGetTop(Side.Buy, out var top), Is.True);
        Assert.That(top, Is.EqualTo(new BookLevel(new PriceTicks(Price + 2), new QuantityLots(15), 1)));
        Assert.That(Book.HasBest(Side.Sell), Is.False);
    }

    [Test]
    public void Partly_filled_maker_keeps_its_place()
    {
        var first = _pair.Rest(Side.Sell, Price, 10);
        _pair.Rest(Side.Sell, Price, 10);
        _pair.Submit(Side.Buy, Price, 4, immediate: true);
        Assert.That(Head(Side.Sell), Is.EqualTo(first));
        _pair.Submit(Side.Buy, Price, 6, immediate: true);
        Assert.That(Head(Side.Sell), Is.EqualTo(first + 1));
        Assert.That(Book.VolumeAt(Side.Sell, new PriceTicks(Price)).Value, Is.EqualTo(10));
    }

    [Test]
    public void Reduced_order_keeps_its_place()
    {
        var first = _pair.Rest(Side.Buy, Price, 10);
        _pair.Rest(Side.Buy, Price, 10);
        _pair.Reduce(first, 3);
        Assert.That(Head(Side.Buy), Is.EqualTo(first));
        Assert.That(Book.VolumeAt(Side.Buy, new PriceTicks(Price)).Value, Is.EqualTo(13));
        Assert.That(Book.CountAt(Side.Buy, new PriceTicks(Price)), Is.EqualTo(2));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Cancel_anywhere_in_the_queue_keeps_the_others_in_order(int cancelled)
    {
        var numbers = new List<ulong>();
        for (var i = 0; i < 4; i++) numbers.Add(_pair.Rest(Side.Sell, Price, 5));
        _pair.Cancel(numbers[cancelled]);
        numbers.RemoveAt(cancelled);
        _pair.CompareAll();
        foreach (var number in numbers)
        {
            Assert.That(Head(Side.Sell), Is.EqualTo(number));
            _pair.Submit(Side.Buy, Price, 5, immediate: true);
        }

        Assert.That(Book.OrderCount, Is.Zero);
    }

    [Test]
    public void Filled_maker_is_not_found_any_more_nor_is_its_slots_next_tenant_by_its_id()
    {
        var first = _pair.Rest(Side.Sell, Price, 5);
        var id = _pair.IdOf(first);
        _pair.Submit(Side.Buy, Price, 5, immediate: true);
        Assert.That(_pair.Orders.TryFind(id, out _), Is.False);
        var second = _pair.Rest(Side.Sell, Price + 1, 5);
        Assert.That(_pair.IdOf(second).Slot, Is.EqualTo(id.Slot), "the slot is reused");
        Assert.That(_pair.Orders.TryFind(id, out _), Is.False);
    }

    [Test]
    public void Second_cancel_finds_nothing_and_removes_no_other_order()
    {
        var first = _pair.Rest(Side.Buy, Price, 5);
        _pair.Rest(Side.Buy, Price, 6);
        var id = _pair.IdOf(first);
        _pair.Cancel(first);
        Assert.That(_pair.Orders.TryFind(id, out _), Is.False);
        Assert.That(Book.VolumeAt(Side.Buy, new PriceTicks(Price)).Value, Is.EqualTo(6));
    }

    [Test]
    public void Removing_an_order_that_does_not_rest_is_a_broken_invariant()
    {
        _pair.Orders.TryAllocate(out var slot);
        _pair.Orders.Hot(slot).InstrumentAndFlags = OrderHot.Pack(Book.Instrument, Side.Buy);
        Assert.That(() => Book.Remove(slot), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Book.Fill(slot, new QuantityLots(1)), Throws.TypeOf<InvariantBrokenException>());
        _pair.Orders.Free(slot);
    }

    [Test]
    public void Fill_of_more_than_is_left_is_a_broken_invariant()
    {
        _pair.Rest(Side.Sell, Price, 5);
        var slot = Book.BestMaker(Side.Buy, new PriceTicks(Price));
        Assert.That(() => Book.Fill(slot, new QuantityLots(6)), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Book.Fill(slot, new QuantityLots(0)), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Book.Fill(slot, new QuantityLots(-1)), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Book.Reduce(slot, new QuantityLots(0)), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Book.Reduce(slot, new QuantityLots(6)), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void Order_of_another_instrument_is_a_broken_invariant()
    {
        _pair.Orders.TryAllocate(out var slot);
        _pair.Orders.Hot(slot).LeavesLots = 1;
        _pair.Orders.Hot(slot).InstrumentAndFlags = OrderHot.Pack(new InstrumentId(8), Side.Buy);
        Assert.That(() => Book.Rest(slot), Throws.TypeOf<InvariantBrokenException>());
        _pair.Orders.Free(slot);
    }

    [TestCase(Side.Buy)]
    [TestCase(Side.Sell)]
    public void Best_price_moves_when_its_level_empties(Side side)
    {
        var away = side == Side.Buy ? -1 : 1;
        var best = _pair.Rest(side, Price, 5);
        _pair.Rest(side, Price + (70 * away), 5);
        var second = _pair.Rest(side, Price + (3 * away), 5);
        AssertBest(side, Price);
        _pair.Cancel(best);
        AssertBest(side, Price + (3 * away));
        _pair.Cancel(second);
        AssertBest(side, Price + (70 * away));
        _pair.Submit(Opposite(side), Price + (70 * away), 5, immediate: true);
        Assert.That(Book.TryGetBest(side, out var none), Is.False);
        Assert.That(none, Is.EqualTo(default(PriceTicks)));
    }

    [TestCase(Side.Buy)]
    [TestCase(Side.Sell)]
    public void Sweep_stops_at_its_limit(Side taker)
    {
        var away = taker == Side.Buy ? 1 : -1;
        for (var i = 0; i < 5; i++) _pair.Rest(Opposite(taker), Price + (i * away), 10);
        _pair.Submit(taker, Price + (2 * away), 1_000, immediate: true);
        Assert.That(_pair.Fills, Is.EqualTo(3));
        AssertBest(Opposite(taker), Price + (3 * away));
    }

    [Test]
    public void Level_serves_the_other_side_after_it_emptied()
    {
        var sell = _pair.Rest(Side.Sell, Price, 5);
        _pair.Cancel(sell);
        _pair.Rest(Side.Buy, Price, 7);
        Assert.That(Book.HasBest(Side.Sell), Is.False);
        AssertBest(Side.Buy, Price);
        Assert.That(Book.VolumeAt(Side.Sell, new PriceTicks(Price)).Value, Is.Zero);
        _pair.Submit(Side.Sell, Price, 10, immediate: false);
        Assert.That(Book.HasBest(Side.Buy), Is.False);
        AssertBest(Side.Sell, Price);
    }

    [Test]
    public void Locked_price_holds_both_sides_and_one_queue_each()
    {
        _pair.Rest(Side.Sell, Price, 5);
        var firstBuy = _pair.Rest(Side.Buy, Price, 6);
        Assert.That(Book.IsCrossed, Is.True);
        _pair.CompareAll();
        _pair.Submit(Side.Buy, Price, 5, immediate: true);
        Assert.That(Book.IsCrossed, Is.False);
        var secondBuy = _pair.Rest(Side.Buy, Price, 7);
        _pair.CompareAll();
        Assert.That(Head(Side.Buy), Is.EqualTo(firstBuy), "the older order stays first though a tick became free");
        _pair.Cancel(firstBuy);
        Assert.That(Head(Side.Buy), Is.EqualTo(secondBuy));
    }

    [Test]
    public void Extreme_prices_are_prices()
    {
        _pair.Rest(Side.Buy, long.MinValue, 1);
        _pair.Rest(Side.Sell, long.MaxValue, 2);
        AssertBest(Side.Buy, long.MinValue);
        AssertBest(Side.Sell, long.MaxValue);
        _pair.Submit(Side.Buy, long.MaxValue, 2, immediate: true);
        _pair.Submit(Side.Sell, long.MinValue, 1, immediate: true);
        Assert.That(_pair.Fills, Is.EqualTo(2));
        _pair.Rest(Side.Buy, long.MaxValue, 1);
        AssertBest(Side.Buy, long.MaxValue);
        Assert.That(Book.BestMaker(Side.Sell, new PriceTicks(long.MaxValue)), Is.Not.Zero);
    }

    [Test]
    public void Depth_reads_no_more_than_asked_and_best_first()
    {
        for (var i = 0; i < 6; i++) _pair.Rest(Side.Buy, Price - (i * 64), i + 1);
        var levels = new BookLevel[4];
        Assert.That(Book.ReadDepth(Side.Buy, levels), Is.EqualTo(4));
        for (var i = 0; i < 4; i++)
        {
            Assert.That(levels[i], Is.EqualTo(new BookLevel(new PriceTicks(Price - (i * 64)), new QuantityLots(i + 1), 1)));
        }

        Assert.That(Book.ReadDepth(Side.Buy, []), Is.Zero);
        Assert.That(Book.ReadDepth(Side.Sell, levels), Is.Zero);
    }

    [Test]
    public void Next_level_is_found_from_any_price_occupied_or_not()
    {
        _pair.Rest(Side.Sell, Price, 1);
        _pair.Rest(Side.Sell, Price + 500, 1);
        Assert.That(Book.TryGetNext(Side.Sell, new PriceTicks(long.MinValue), out var price), Is.True);
        Assert.That(price.Value, Is.EqualTo(Price));
        Assert.That(Book.TryGetNext(Side.Sell, new PriceTicks(Price + 1), out price), Is.True);
        Assert.That(price.Value, Is.EqualTo(Price + 500));
        Assert.That(Book.TryGetNext(Side.Sell, new PriceTicks(Price + 500), out _), Is.False);
        Assert.That(Book.TryGetNext(Side.Sell, new PriceTicks(long.MaxValue), out _), Is.False);
    }

    private static Side Opposite(Side side) => side == Side.Buy ? Side.Sell : Side.Buy;

    private ulong Head(Side side) => _pair.Orders.Cold(Book.HeadAt(side, new PriceTicks(Price))).ClientOrderId;

    private void AssertBest(Side side, long price)
    {
        Assert.That(Book.TryGetBest(side, out var best), Is.True);
        Assert.That(best, Is.EqualTo(new PriceTicks(price)));
    }
}

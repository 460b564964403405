using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Books;

/// <summary>What is fixed at construction: pools, memory, and that nothing allocates afterwards.</summary>
[CancelAfter(20_000)]
public class OrderBookPoolTests
{
    private static readonly BookGeometry Band = new(new PriceTicks(0), BookGeometry.SmallBandTicks);

    [Test]
    public void Full_pool_refuses_a_new_price_and_changes_nothing()
    {
        using var orders = new OrderSlab(10);
        using var book = new OrderBook(orders, new InstrumentId(1), BookGeometry.None with { LevelsMax = 2 });
        Assert.That(Rest(orders, book, Side.Buy, 10), Is.EqualTo(BookResult.Ok));
        Assert.That(Rest(orders, book, Side.Sell, 20), Is.EqualTo(BookResult.Ok));
        Assert.That(book.CanRest(Side.Sell, new PriceTicks(30)), Is.EqualTo(BookResult.LevelPoolFull));
        Assert.That(Rest(orders, book, Side.Sell, 30), Is.EqualTo(BookResult.LevelPoolFull));
        Assert.That(orders.Hot(3).IsResting, Is.False);
        Assert.That(Rest(orders, book, Side.Sell, 20), Is.EqualTo(BookResult.Ok), "a price that is there has room");
        orders.Free(3);
        book.Audit();
        book.Remove(1);
        Assert.That(book.CanRest(Side.Sell, new PriceTicks(30)), Is.EqualTo(BookResult.Ok), "emptied");
    }

    [TestCase(0)]
    [TestCase(1_000_000)]
    public void Level_is_refused_for_the_number_of_levels_and_not_for_its_place(long bandBase)
    {
        using var orders = new OrderSlab(10);
        var geometry = new BookGeometry(new PriceTicks(bandBase), BookGeometry.SmallBandTicks) { LevelsMax = 3 };
        using var book = new OrderBook(orders, new InstrumentId(1), geometry);
        Assert.That(Rest(orders, book, Side.Buy, -5), Is.EqualTo(BookResult.Ok));
        Assert.That(Rest(orders, book, Side.Buy, 0), Is.EqualTo(BookResult.Ok));
        Assert.That(Rest(orders, book, Side.Sell, 4_095), Is.EqualTo(BookResult.Ok));
        Assert.That(Rest(orders, book, Side.Sell, 4_094), Is.EqualTo(BookResult.LevelPoolFull), "one level too many");
        Assert.That(Rest(orders, book, Side.Sell, 0), Is.EqualTo(BookResult.LevelPoolFull), "the other side is another level");
        Assert.That(Rest(orders, book, Side.Sell, 4_095), Is.EqualTo(BookResult.Ok), "a level that is there");
    }

    [Test]
    public void Pool_of_any_size_is_filled_to_its_last_level()
    {
        var random = new SeededRandom(11);
        using var orders = new OrderSlab(600);
        using var book = new OrderBook(orders, new InstrumentId(1), BookGeometry.None with { LevelsMax = 500 });
        for (var i = 0; i < 500; i++)
        {
            Assert.That(Rest(orders, book, (Side)(i & 1), (long)random.Next()), Is.EqualTo(BookResult.Ok));
        }

        book.Audit();
        Assert.That(book.SparseLevelCount, Is.EqualTo(500));
        Assert.That(Rest(orders, book, Side.Buy, 12_345), Is.EqualTo(BookResult.LevelPoolFull));
    }

    [Test]
    public void Five_hundred_books_with_bands_fit_in_a_hundred_megabytes()
    {
        using var orders = new OrderSlab(1);
        using var book = new OrderBook(orders, new InstrumentId(1), Band);
        Assert.That(500 * book.LengthBytes, Is.LessThan(100_000_000));
        Assert.That(book.LengthBytes, Is.GreaterThan(BookGeometry.SmallBandTicks * 24), "the band alone");
    }

    [Test]
    public void Two_books_share_a_slab_and_nothing_else()
    {
        using var orders = new OrderSlab(10);
        using var first = new OrderBook(orders, new InstrumentId(1), BookGeometry.None);
        using var second = new OrderBook(orders, new InstrumentId(2), BookGeometry.None);
        Rest(orders, first, Side.Buy, 100);
        Rest(orders, second, Side.Buy, 100);
        Assert.That(first.BestMaker(Side.Sell, new PriceTicks(100)), Is.EqualTo(1));
        Assert.That(second.BestMaker(Side.Sell, new PriceTicks(100)), Is.EqualTo(2));
        Assert.That(() => first.Remove(2), Throws.TypeOf<InvariantBrokenException>(), "an order of the other book");
    }

    [TestCase(1)]
    [TestCase(64)]
    [TestCase(4_095)]
    [TestCase(-4_096)]
    public void Band_of_another_size_is_not_a_geometry(int ticks) =>
        Assert.That(new BookGeometry(new PriceTicks(0), ticks).IsValid, Is.False);

    [Test]
    public void Band_around_any_price_is_a_geometry_that_holds_it()
    {
        foreach (var price in new[] { long.MinValue, -1, 0, 5_802_300, long.MaxValue })
        {
            var geometry = BookGeometry.Around(new PriceTicks(price), BookGeometry.SmallBandTicks);
            Assert.That(geometry.IsValid, Is.True);
            Assert.That((ulong)(price - geometry.BandBase.Value), Is.LessThan((ulong)geometry.BandTicks));
        }
    }

    [Test]
    public void Nothing_allocates_after_construction()
    {
        using var orders = new OrderSlab(3_000);
        using var banded = new OrderBook(orders, new InstrumentId(1), Band);
        using var pooled = new OrderBook(orders, new InstrumentId(1), BookGeometry.None with { LevelsMax = 1_000 });
        Churn(orders, banded, new SeededRandom(1));
        Churn(orders, pooled, new SeededRandom(1));
        var random = new SeededRandom(2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Churn(orders, banded, random);
        Churn(orders, pooled, random);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void Churn(OrderSlab orders, OrderBook book, SeededRandom random)
    {
        Span<BookLevel> depth = stackalloc BookLevel[10];
        for (var i = 0; i < 5_000; i++)
        {
            var side = (Side)random.Below(2);
            var price = new PriceTicks(2_048 + random.Below(400) - 200);
            for (var maker = book.BestMaker(side, price); maker != 0; maker = book.BestMaker(side, price))
            {
                book.Fill(maker, orders.Hot(maker).Leaves);
                orders.Free(maker);
            }

            Check.That(Rest(orders, book, side, price.Value) == BookResult.Ok);
            book.ReadDepth(side, depth);
            var id = OrderId.From((uint)random.Below((int)orders.SlotLimit), (uint)random.Below(8));
            if (!orders.TryFind(id, out var slot)) continue;
            book.Reduce(slot, orders.Hot(slot).Leaves);
            book.Remove(slot);
            orders.Free(slot);
        }

        while (book.TryGetBest(Side.Buy, out var bid)) Clear(orders, book, book.BestMaker(Side.Sell, bid));
        while (book.TryGetBest(Side.Sell, out var ask)) Clear(orders, book, book.BestMaker(Side.Buy, ask));
    }

    private static void Clear(OrderSlab orders, OrderBook book, uint slot)
    {
        book.Remove(slot);
        orders.Free(slot);
    }

    private static BookResult Rest(OrderSlab orders, OrderBook book, Side side, long price)
    {
        if (!orders.TryAllocate(out var slot)) return BookResult.LevelPoolFull;
        ref var hot = ref orders.Hot(slot);
        hot.PriceTicks = price;
        hot.LeavesLots = 10;
        hot.InstrumentAndFlags = OrderHot.Pack(book.Instrument, side);
        orders.Cold(slot).Priority = orders.NextPriority();
        return book.Rest(slot);
    }
}

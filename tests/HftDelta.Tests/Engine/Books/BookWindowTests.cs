using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Books;

/// <summary>The band follows the market step by step, and nobody who uses the book can tell where it stands.</summary>
[CancelAfter(60_000)]
public class BookWindowTests
{
    private const long Start = 1_000_000;
    private static readonly BookGeometry Band = BookGeometry.Around(new PriceTicks(Start), BookGeometry.SmallBandTicks);

    /// <summary>Each market walks and sometimes jumps; the book is audited after every command.</summary>
    /// <param name="walk">Ticks by which the middle rises at most per command; it falls by half as much.</param>
    /// <param name="jump">Ticks by which it jumps now and then.</param>
    /// <param name="spread">How far from the middle orders rest.</param>
    /// <param name="restPercent">Orders that rest without matching, and so lock and cross.</param>
    [TestCase(20, 0, 60, 0)]
    [TestCase(4, 6_000, 1_500, 0)]
    [TestCase(60, 900, 3_000, 10)]
    [TestCase(10, 3_000, 12, 40)]
    [TestCase(0, 1L << 45, 40, 5)]
    public void Book_is_the_models_while_its_band_moves(long walk, long jump, int spread, int restPercent)
    {
        const ulong Seed = 20_261_123;
        var random = new SeededRandom(Seed);
        using var pair = new BookPair(Band, 1_000);
        var middle = Start;
        var moves = 0;
        for (var command = 1; command <= 8_000; command++)
        {
            middle += walk == 0 ? 0 : random.Below((int)(2 * walk) + 1) - (walk / 2);
            if (jump != 0 && random.Below(300) == 0) middle += random.Below(2) == 0 ? jump : -jump;
            var wasMoving = pair.Book.IsRecentring;
            Step(pair, random, middle, spread, restPercent);
            if (!wasMoving && pair.Book.IsRecentring) moves++;
            try
            {
                pair.Book.Audit();
                if (command % 100 == 0) pair.CompareAll();
            }
            catch (InvariantBrokenException exception)
            {
                throw new InvalidOperationException($"seed {Seed}, command {command}", exception);
            }
        }

        pair.CompareAll();
        Assert.That(moves, Is.GreaterThan(5), "the walk must force the band to move");
        Assert.That(pair.Fills, Is.GreaterThan(100), "the flow must trade");
    }

    [TestCase(long.MinValue)]
    [TestCase(long.MaxValue)]
    public void Band_moves_to_the_end_of_the_prices_and_back(long end)
    {
        using var pair = new BookPair(Band, 1_000);
        var inwards = end < 0 ? 1 : -1;
        var side = end < 0 ? Side.Buy : Side.Sell;
        var far = Enumerable.Range(0, 100).Select(i => pair.Rest(side, end + (inwards * 7 * i), 5)).ToArray();
        Settle(pair, side, end);
        Assert.That(pair.Book.SparseLevelCount, Is.Zero, "every level is in the band");
        var near = Enumerable.Range(0, 100).Select(i => pair.Rest(Side.Buy, Start - i, 5)).ToArray();
        foreach (var number in far) pair.Cancel(number);
        Settle(pair, Side.Buy, Start);
        pair.CompareAll();
        Assert.That(pair.Book.SparseLevelCount, Is.Zero, "back again");
        Assert.That(pair.Book.BandBase, Is.LessThan(new PriceTicks(Start)));
        Assert.That(near, Has.Length.EqualTo(pair.LiveCount));
    }

    [Test]
    public void Operation_moves_no_more_levels_than_its_bound()
    {
        using var pair = new BookPair(Band, 10_000);
        for (var i = 0; i < 1_400; i++) pair.Rest(Side.Buy, Start - i, 1);
        for (var i = 0; i < 1_400; i++) pair.Rest(Side.Sell, Start + 1 + i, 1);
        var above = Start + 50_000;
        for (var i = 0; i < 1_400; i++) pair.Rest(Side.Buy, above - i, 1);
        for (var i = 0; i < 1_400; i++) pair.Rest(Side.Sell, above + 1 + i, 1);
        Assert.That(pair.Book.IsCrossed, Is.True);
        var most = 0;
        var price = Start;
        var operations = 0;
        while (price < Start + 1_400 || pair.Book.IsRecentring)
        {
            var pooled = pair.Book.SparseLevelCount;
            if (++price <= Start + 1_400) pair.Cancel(NumberAt(pair, Side.Sell, price));
            else pair.Reduce(pair.Rest(Side.Buy, above, 2), 1);
            most = Math.Max(most, Math.Abs(pair.Book.SparseLevelCount - pooled));
            operations += pair.Book.IsRecentring ? 1 : 0;
        }

        pair.CompareAll();
        Assert.That(most, Is.InRange(1, 33), "sixteen ticks leave, or come in with both sides; and what the order itself moves");
        Assert.That(operations, Is.InRange(4_096 / 16 / 8, 1_000), "it takes steps, and comes to an end");
        Assert.That(pair.Book.SparseLevelCount, Is.EqualTo(1_400), "only the old market is outside the band");
    }

    [Test]
    public void Full_book_moves_its_band_and_loses_no_level()
    {
        using var pair = new BookPair(Band with { LevelsMax = 200 }, 1_000);
        for (var i = 0; i < 199; i++) pair.Rest(Side.Buy, Start - i, 1);
        var far = Start + 100_000;
        pair.Rest(Side.Sell, far, 1);
        pair.Submit(Side.Sell, Start - 170, 171, immediate: true);
        for (var i = 0; i < 171; i++) pair.Rest(Side.Sell, far + i, 1);
        Assert.That(pair.Book.LevelCount, Is.EqualTo(199));
        pair.Rest(Side.Buy, far - 1, 1);
        Assert.That(pair.Book.LevelCount, Is.EqualTo(200));
        for (var i = 0; i < 500; i++)
        {
            pair.Cancel(pair.Rest(Side.Sell, far, 1));
            pair.Book.Audit();
        }

        pair.CompareAll();
        Assert.That(pair.Book.IsRecentring, Is.False);
        Assert.That(pair.Book.CanRest(Side.Buy, new PriceTicks(far - 2)), Is.EqualTo(BookResult.LevelPoolFull));
        Assert.That(pair.Book.CanRest(Side.Buy, new PriceTicks(far - 1)), Is.EqualTo(BookResult.Ok));
    }

    /// <summary>What a user of the book sees follows from the commands and not from where the band was put.</summary>
    [Test]
    public void Books_with_bands_in_different_places_refuse_the_same_orders()
    {
        BookGeometry[] geometries =
        [
            Band, BookGeometry.None, BookGeometry.Around(new PriceTicks(-77), BookGeometry.SmallBandTicks),
            BookGeometry.Around(new PriceTicks(Start + 2_000), BookGeometry.SmallBandTicks),
        ];
        var pairs = geometries.Select(geometry => new BookPair(geometry with { LevelsMax = 40 }, 1_000)).ToArray();
        foreach (var pair in pairs)
        {
            var random = new SeededRandom(5);
            for (var command = 0; command < 6_000; command++)
            {
                Step(pair, random, Start + (command / 1_000 * 3_000), 500, 10);
            }

            pair.CompareAll();
        }

        Assert.That(pairs.Select(pair => pair.PoolRefusals).Distinct().Single(), Is.GreaterThan(100));
        Assert.That(pairs.Select(pair => pair.Fills).Distinct().Single(), Is.GreaterThan(100));
        foreach (var pair in pairs) pair.Dispose();
    }

    private static void Step(BookPair pair, SeededRandom random, long middle, int spread, int restPercent)
    {
        var side = (Side)random.Below(2);
        var dice = random.Below(100);
        if (pair.LiveCount > 0 && (dice < 30 || pair.LiveCount > 900))
        {
            pair.Cancel(pair.AnyLiveNumber(random));
            return;
        }

        if (pair.LiveCount > 0 && dice < 38)
        {
            var number = pair.AnyLiveNumber(random);
            pair.Reduce(number, 1 + random.Below((int)pair.Model[number].Leaves));
            return;
        }

        var away = random.Below(spread + 1) - (spread / 5);
        var price = middle + (side == Side.Buy ? -away : away);
        if (random.Percent(restPercent)) pair.Rest(side, price, 1 + random.Below(100));
        else pair.Submit(side, price, 1 + random.Below(150), random.Percent(25));
    }

    private static ulong NumberAt(BookPair pair, Side side, long price) =>
        pair.Orders.Cold(pair.Book.HeadAt(side, new PriceTicks(price))).ClientOrderId;

    /// <summary>Orders come and go until the band has arrived.</summary>
    private static void Settle(BookPair pair, Side side, long price)
    {
        for (var operation = 0; operation < 2_000 && pair.Book.IsRecentring; operation++)
        {
            pair.Cancel(pair.Rest(side, price, 1));
            pair.Book.Audit();
        }

        Assert.That(pair.Book.IsRecentring, Is.False);
    }
}

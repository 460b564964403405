using HftDelta.Engine.Books;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Books;

/// <summary>Random commands to the production book and to the model: the same fills, the same queues, at all times.</summary>
[CancelAfter(40_000)]
public class BookModelTests
{
    private const long Middle = 1_000_000;

    public static IEnumerable<TestCaseData<Flow>> Flows()
    {
        var band = BookGeometry.Around(new PriceTicks(Middle), BookGeometry.SmallBandTicks);
        var large = BookGeometry.Around(new PriceTicks(Middle), BookGeometry.LargeBandTicks);
        yield return Case("band only", new Flow(band, 60_000, Spread: 60, Scale: 1));
        yield return Case("band only, thin and far apart", new Flow(band, 30_000, Spread: 2_000, Scale: 1));
        yield return Case("large band", new Flow(large, 40_000, Spread: 100, Scale: 997));
        yield return Case("sparse only", new Flow(BookGeometry.None, 50_000, Spread: 60, Scale: 1));
        yield return Case("sparse only, wide", new Flow(BookGeometry.None, 40_000, Spread: 80, Scale: 1L << 50));
        yield return Case("inside and outside", new Flow(band, 60_000, Spread: 6_000, Scale: 1));
        yield return Case("edge of the band", new Flow(BandFrom(Middle), 40_000, Spread: 40, Scale: 1));
        yield return Case("call phases lock and cross", new Flow(band, 40_000, Spread: 20, Scale: 1) { RestPercent = 30 });
        yield return Case("locked at the edge", new Flow(BandFrom(Middle), 30_000, Spread: 12, Scale: 1) { RestPercent = 40 });
        yield return Case("levels too few", new Flow(band with { LevelsMax = 16 }, 30_000, Spread: 3_000, Scale: 1)
        {
            RestPercent = 5,
        });
    }

    [TestCaseSource(nameof(Flows))]
    public void Fills_and_queues_are_the_models(Flow flow)
    {
        const ulong Seed = 20_261_123;
        var random = new SeededRandom(Seed);
        using var pair = new BookPair(flow.Geometry, 4_000);
        for (var command = 1; command <= flow.Commands; command++)
        {
            try
            {
                Step(pair, flow, random);
                if (command % 1_000 == 0) pair.CompareAll();
            }
            catch (Exception exception) when (exception is not AssertionException)
            {
                throw new InvalidOperationException($"seed {Seed}, command {command}", exception);
            }
        }

        pair.CompareAll();
        Drain(pair);
        Assert.That(pair.Fills, Is.GreaterThan(flow.Commands / 20), "the flow must trade");
        Assert.That(pair.PoolRefusals > 0, Is.EqualTo(flow.Geometry.LevelsMax < 64), "only the small book fills up");
    }

    private static void Step(BookPair pair, Flow flow, SeededRandom random)
    {
        var side = (Side)random.Below(2);
        var dice = random.Below(100);
        if (pair.LiveCount > 0 && (dice < 30 || pair.LiveCount > 3_000))
        {
            pair.Cancel(pair.AnyLiveNumber(random));
        }
        else if (pair.LiveCount > 0 && dice < 38)
        {
            var number = pair.AnyLiveNumber(random);
            var leaves = pair.Model[number].Leaves;
            pair.Reduce(number, 1 + random.Below((int)leaves));
        }
        else if (dice < 42 && pair.Gone.Count > 0)
        {
            var gone = pair.Gone[random.Below(pair.Gone.Count)];
            Assert.That(pair.Orders.TryFind(gone, out var slot), Is.False);
            Assert.That(slot, Is.Zero);
        }
        else if (random.Percent(flow.RestPercent))
        {
            pair.Rest(side, flow.Price(side, random), 1 + random.Below(100));
        }
        else
        {
            pair.Submit(side, flow.Price(side, random), 1 + random.Below(150), random.Percent(25));
        }
    }

    /// <summary>Sweeps both sides away: every level is the best once.</summary>
    private static void Drain(BookPair pair)
    {
        const long Everything = 1L << 39;
        pair.Submit(Side.Buy, long.MaxValue, Everything, immediate: true);
        pair.Submit(Side.Sell, long.MinValue, Everything, immediate: true);
        pair.CompareAll();
        Assert.That(pair.Book.OrderCount, Is.Zero);
        Assert.That(pair.Book.LevelCount, Is.Zero);
        Assert.That(pair.Book.SparseLevelCount, Is.Zero);
        Assert.That(pair.Book.HasBest(Side.Buy) || pair.Book.HasBest(Side.Sell), Is.False);
    }

    private static BookGeometry BandFrom(long price) => new(new PriceTicks(price), BookGeometry.SmallBandTicks);

    private static TestCaseData<Flow> Case(string name, Flow flow) =>
        new(flow) { TestName = $"Fills_and_queues_are_the_models({name})" };

    /// <summary>What comes at the books: prices around the middle, on a grid, more passive than not, sometimes extreme.</summary>
    public sealed record Flow(BookGeometry Geometry, int Commands, int Spread, long Scale)
    {
        /// <summary>How many of the new orders rest without matching.</summary>
        public int RestPercent { get; init; }

        internal long Price(Side side, SeededRandom random)
        {
            if (random.Below(400) == 0)
            {
                return side == Side.Buy ? long.MinValue + random.Below(2) : long.MaxValue - random.Below(2);
            }

            var away = random.Below(Spread + 1) - (Spread / 5);
            return Middle + ((side == Side.Buy ? -away : away) * Scale);
        }
    }
}

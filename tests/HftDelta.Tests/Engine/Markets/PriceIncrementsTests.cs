using HftDelta.Engine.Markets;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>The nearest allowed prices, against a walk over all of them.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PriceIncrementsTests
{
    [Test]
    public void The_nearest_allowed_price_is_the_one_that_a_walk_tick_by_tick_finds([Values(1UL, 2UL, 3UL, 4UL)] ulong seed)
    {
        var words = new SeededWords(seed);
        for (var round = 0; round < 200; round++)
        {
            var rules = Rules(words);
            for (var price = 1L; price < 200; price += 1 + words.Below(3))
            {
                var below = price;
                while (below > 0 && !IsAllowed(rules, below))
                {
                    below--;
                }

                var above = price;
                while (!IsAllowed(rules, above))
                {
                    above++;
                }

                Assert.That(PriceIncrements.Allow(rules, price), Is.EqualTo(below == price), $"seed {seed} round {round}");
                Assert.That(PriceIncrements.NotAbove(rules, price), Is.EqualTo(below), $"seed {seed} round {round} at {price}");
                Assert.That(PriceIncrements.NotBelow(rules, price), Is.EqualTo(above), $"seed {seed} round {round} at {price}");
            }
        }
    }

    [Test]
    public void Below_the_first_and_above_the_last_allowed_price_there_is_none()
    {
        var rules = default(RulesRecord);
        rules.IncrementCount = 1;
        rules.Increments[0] = new IncrementRow { FromPrice = 1, Increment = 10 };

        Assert.That(PriceIncrements.NotAbove(rules, 9), Is.Zero);
        Assert.That(PriceIncrements.NotAbove(rules, 0), Is.Zero);
        Assert.That(PriceIncrements.NotBelow(rules, -5), Is.EqualTo(10));
        Assert.That(PriceIncrements.NotBelow(rules, HftDelta.Engine.Orders.NewOrderChecks.PriceMax), Is.Zero);
    }

    private static RulesRecord Rules(SeededWords words)
    {
        var rules = default(RulesRecord);
        var from = 1L;
        for (var row = 0; row < 1 + words.Below(IncrementRows.Most); row++)
        {
            rules.Increments[row] = new IncrementRow { FromPrice = from, Increment = 1 + words.Below(12) };
            rules.IncrementCount++;
            from += 1 + words.Below(30);
        }

        return rules;
    }

    private static bool IsAllowed(in RulesRecord rules, long price)
    {
        var increment = 1L;
        for (var row = 0; row < (int)rules.IncrementCount; row++)
        {
            increment = rules.Increments[row].FromPrice <= price ? rules.Increments[row].Increment : increment;
        }

        return price % increment == 0;
    }
}

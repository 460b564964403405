using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Money;

/// <summary>Random lives of a venue against a plain model of money.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class MoneyHistoryTests
{
    [Test]
    public void Every_account_has_to_the_sub_atom_what_its_trades_payoffs_transfers_and_fees_add_up_to()
    {
        var seed = LongSuite.Seed(20_261_124);
        var histories = LongSuite.Volume(400, 40_000);
        var tally = new SortedDictionary<string, int>();
        for (var history = 0; history < histories; history++)
        {
            var own = SplitMix64.Mix(seed + (ulong)history);
            try
            {
                using var life = new MoneyLife(own);
                life.Run(commands: 100);
                foreach (var (what, count) in life.Model.Tally)
                {
                    tally[what] = tally.GetValueOrDefault(what) + count;
                }

                if (!life.IsGarbled && history % 8 == 0)
                {
                    using var replay = life.Engine.Replay();
                    Assert.That(replay.Processor.StateHash(), Is.EqualTo(life.Engine.Processor.StateHash()));
                    Assert.That(replay.Processor.RecomputeStateHash(), Is.EqualTo(replay.Processor.StateHash()));
                }
            }
            catch (Exception fault)
            {
                Assert.Fail($"history with seed {own}: {fault}");
            }
        }

        TestContext.Out.WriteLine(string.Join(Environment.NewLine, tally.Select(entry => $"{entry.Key}: {entry.Value:N0}")));
        foreach (var what in new[]
        {
            "trades", "leg fills", "auction trades", "fees", "rebates", "settlement fees", "funding", "funding fees", "expiries",
            "transfers",
            "transfer refused NotSameOwner", "transfer refused InsufficientCash", "transfer refused InsufficientMargin",
            "transfer refused AssetLimit", "withdrawal Held", "withdrawal Canceled", "withdrawal Released",
            "withdrawal Returned", "withdrawal refused InsufficientMargin", "withdrawal refused InsufficientCash",
        })
        {
            Assert.That(tally.GetValueOrDefault(what), Is.Positive, $"{what}: histories without it would prove nothing of it");
        }
    }
}

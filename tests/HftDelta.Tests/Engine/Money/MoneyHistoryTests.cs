using NUnit.Framework;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// Random lives of a venue against a plain model of money: a million of them in the long suite, which has an hour and a half for
/// them by the test's own limit.
/// </summary>
[TestFixture]
[CancelAfter(5_400_000)]
public sealed class MoneyHistoryTests
{
    private const int Commands = 100;

    [Test]
    public void Every_account_has_to_the_sub_atom_what_its_trades_payoffs_transfers_and_fees_add_up_to()
    {
        var tally = new MoneyTally();
        Histories.Run(
            LongSuite.Seed(20_261_124), LongSuite.Volume(10_000, 1_000_000),
            TimeSpan.FromMinutes(LongSuite.IsAsked ? 90 : 5), (seed, place) =>
        {
            using var life = new MoneyLife(seed, keepsCommands: place % 32 == 0);
            life.Run(Commands);
            if (!life.IsGarbled && place % 32 == 0)
            {
                using var replay = life.Engine.Replay();
                Demand.That(
                    replay.Processor.StateHash() == life.Engine.Processor.StateHash()
                        && replay.Processor.RecomputeStateHash() == replay.Processor.StateHash(),
                    "a replay has the same state");
                life.Model.Tally.Count("replays");
            }

            lock (tally)
            {
                tally.Add(life.Model.Tally);
            }
        });
        foreach (var (what, count) in tally.Counts)
        {
            TestContext.Out.WriteLine($"{count,14:N0} {what}");
        }

        Assert.That(
            MoneyEvents.All.Where(what => tally[what] == 0), Is.Empty, "histories without it would prove nothing of it");
    }
}

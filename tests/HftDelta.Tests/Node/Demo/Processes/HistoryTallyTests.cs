using HftDelta.Engine;
using HftDelta.Node.Config;
using HftDelta.Node.Demo;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Demo.Processes;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Demo.Processes;

/// <summary>
/// What is counted by replaying a journal is what the participants counted who were there: a run within one process, whose
/// participants count by themselves, is the measure.
/// </summary>
[CancelAfter(60_000)]
internal sealed class HistoryTallyTests
{
    [Test]
    public void A_replay_counts_what_those_counted_who_were_there()
    {
        using var folder = new DemoFolder();
        var report = DemoRun.Run(
            new DemoOptions { Seconds = 2, Seed = 3, Pace = 0, JournalDirectory = folder.Journal, OnFailure = _ => { } },
            new DemoWatcher(TextWriter.Null, false),
            CancellationToken.None);
        var market = SeededMarket.Create(3, new DemoTiming(2));
        var tally = new HistoryTally(market);
        var storage = new FileStorage(folder.Journal);
        using var host = new EngineHost(EngineLimitsFile.Read(storage)!);
        var replay = JournalReplay.Run(storage, host, report.Live.LastSequence, observer: tally);
        var flow = report.Flow;
        Assert.That(replay.HistoryHash, Is.EqualTo(report.Live.History), "an observer changes nothing");
        Assert.That(tally.NewOrders, Is.EqualTo(flow.Orders));
        Assert.That(tally.Cancels, Is.EqualTo(flow.Cancels));
        Assert.That(tally.Replaces, Is.EqualTo(flow.Replaces));
        Assert.That(tally.OracleReports, Is.EqualTo(flow.OracleReports));
        Assert.That(tally.Rejects, Is.EqualTo(flow.Rejects));
        Assert.That(tally.Fills, Is.EqualTo(flow.Fills));
        Assert.That(tally.FillsOf.Values.Sum(), Is.EqualTo(flow.Fills));
        Assert.That(tally.CanceledByExpiry, Is.EqualTo(flow.CanceledByExpiry));
        Assert.That(tally.CanceledBySessionClose, Is.EqualTo(flow.CanceledBySessionClose));
        Assert.That(tally.Epochs, Is.EqualTo(flow.Epochs));
        Assert.That(tally.Tape.Trades, Is.EqualTo(flow.Trades));
        Assert.That(tally.Tape.VolumeLots, Is.EqualTo(flow.VolumeLots));
        Assert.That(tally.Tape.ThresholdTicks, Is.EqualTo(flow.SettlementTicksByThreshold));
        Assert.That(tally.Tape.IntervalTicks, Is.EqualTo(flow.SettlementTicksByInterval));
        Assert.That(tally.Tape.Expiries, Is.EqualTo(flow.Expiries));
        Assert.That(tally.Tape.IndexDifferences, Is.Zero);
        Assert.That(tally.Tape.Gaps, Is.Zero);
        Assert.That(SubAtoms.FromAtoms((long)tally.MovedAtoms), Is.EqualTo(report.Ledger.PaidIn));
    }

    [Test]
    public void Accounts_that_are_all_applied_hold_what_was_paid_in()
    {
        using var folder = new DemoFolder();
        DemoRun.Run(
            new DemoOptions { Seconds = 2, Pace = 0, JournalDirectory = folder.Journal, OnFailure = _ => { } },
            new DemoWatcher(TextWriter.Null, false),
            CancellationToken.None);
        var storage = new FileStorage(folder.Journal);

        // In the middle of things: positions are open and settlement has not been applied to everybody.
        using var whole = new EngineHost(EngineLimitsFile.Read(storage)!);
        var last = JournalReplay.Run(storage, whole, new CommandSequence(9_000)).LastSequence;
        var before = CashOf(whole);
        var accounts = AppliedAccounts.Of(whole, Settings(whole));
        Assert.That(last.Value, Is.EqualTo(9_000));
        Assert.That(before, Is.Not.EqualTo(accounts.PaidIn), "somebody had settlement to come");
        Assert.That(accounts.Cash, Is.EqualTo(accounts.PaidIn));
        Assert.That(accounts.Equity, Is.EqualTo(accounts.PaidIn));
        Assert.That(accounts.OpenSums, Is.Zero);
    }

    private static SubAtoms CashOf(EngineHost host)
    {
        var view = host.Processor.View;
        var cash = default(SubAtoms);
        foreach (var account in Accounts(view))
        {
            cash += SubAtoms.FromAtoms(view.Cash(account).Value) + new SubAtoms(view.Dust(account));
        }

        return cash;
    }

    private static MarketSettings Settings(EngineHost host) => new()
    {
        Accounts = [.. Accounts(host.Processor.View).Select(account => new MarketAccount { AccountId = account.Value })],
        Underlyings = [],
        Instruments =
        [
            .. Enumerable.Range(1, (int)host.Processor.View.InstrumentCount).Select(id => new MarketInstrument
            {
                InstrumentId = (uint)id,
                UnderlyingId = 1,
                Kind = MarketInstrumentKind.Perpetual,
                Symbol = "",
            }),
        ],
    };

    private static List<AccountId> Accounts(VenueView view) =>
    [
        .. Enumerable.Range((int)AccountId.FirstClient, 16).Select(id => new AccountId((uint)id)).Where(view.IsOpen),
    ];
}

using HftDelta.Engine;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Reports;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Demo;

/// <summary>Reads what a stopped venue holds, and replays its journal into a second engine.</summary>
internal static class DemoAudit
{
    public static DemoLedger LedgerOf(Venue venue, DemoDriver driver, DemoMarket market)
    {
        var view = venue.Processor.View;
        var cash = default(SubAtoms);
        var equity = default(SubAtoms);
        var accounts = new List<AccountId>();
        for (uint id = 1; id <= driver.Floor.Accounts[^1].Value; id++)
        {
            var account = new AccountId(id);
            if (view.IsOpen(account))
            {
                accounts.Add(account);
                cash += SubAtoms.FromAtoms(view.Cash(account).Value) + new SubAtoms(view.Dust(account));
                equity += view.Equity(account);
            }
        }

        return new DemoLedger
        {
            ConservationError = view.ConservationError,
            Cash = cash,
            Equity = equity,
            PaidIn = new SubAtoms(driver.Operator.MovedAtoms << Scale.SubAtomBits),
            PaidInReported = new SubAtoms(driver.Operator.ReportedAtoms << Scale.SubAtomBits),
            OpenSums = market.Instruments.Count(
                instrument => accounts.Sum(account => view.Position(account, instrument.Id).Value) != 0),
            SettledAtoms = view.SettledAtoms,
            LastTradeId = view.LastTradeId,
            Accounts = accounts.Count,
        };
    }

    public static DemoFlow FlowOf(Venue venue, DemoDriver driver, DemoMarket market, DemoTiming timing)
    {
        var view = venue.Processor.View;
        var feed = driver.Floor.Feed;
        var tally = driver.Floor.Tally;
        return new DemoFlow
        {
            Orders = tally.NewOrdersSent,
            Cancels = tally.CancelsSent,
            Replaces = tally.ReplacesSent,
            Rejects = tally.Rejects,
            Trades = feed.Trades,
            VolumeLots = feed.VolumeLots,
            Fills = tally.Fills,
            OracleReports = tally.OracleReportsSent,
            SettlementTicksByThreshold = feed.ThresholdTicks,
            SettlementTicksByInterval = feed.IntervalTicks,
            Expiries = feed.Expiries,
            ExpiriesExpected = market.Instruments.Count(instrument => instrument.Expiry == timing.FirstExpiry),
            CanceledByExpiry = tally.CanceledByExpiry,
            CanceledBySessionClose = tally.CanceledBySessionClose,
            Epochs = driver.Operator.EpochsClosed,
            IndexDifferences = feed.IndexDifferences + market.Instruments.Count(
                instrument => feed.IndexOf(instrument.Id) != view.DeltaIndex(instrument.Id)),
            Surprises = feed.Gaps + tally.Unexpected + tally.OracleReportsRefused,
            RecordedEvents = driver.Floor.Flow?.Sent ?? 0,
        };
    }

    /// <summary>Reads the journal as an operator would: from its files, proved first.</summary>
    public static DemoJournal JournalOf(MappedStorage storage)
    {
        var described = JournalDescription.Of(storage);
        return new DemoJournal(
            described.Records,
            described.RecordBytes,
            described.Segments.Count,
            described.SafeCursor,
            described.EndState == JournalEndState.Clean);
    }

    /// <summary>Rebuilds the state in a second engine.</summary>
    /// <param name="storage">The journal.</param>
    /// <param name="limits">Those that it was made with.</param>
    /// <param name="conservationError">By how much the second engine's running sum is off.</param>
    public static ReplayResult Replay(MappedStorage storage, EngineLimits limits, out SubAtoms conservationError)
    {
        using var host = new EngineHost(limits);
        var last = JournalRecovery.Examine(storage).LastSequence;
        var result = JournalReplay.Run(storage, host, last);
        conservationError = host.Processor.View.ConservationError;
        return result;
    }
}

using System.Globalization;
using System.Text.Json;
using HftDelta.Engine;
using HftDelta.Engine.State;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Clients;
using HftDelta.Node.Config;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// Gathers the report of a demonstration that ran as processes: what each said last, and what its journal holds. What happened is
/// counted by replaying; that the replay is what happened is what the hashes prove. One thread.
/// </summary>
internal sealed class ProcessReport(
    DemoOptions options, DemoMarket market, DemoTiming timing, DemoWatcher watcher, DemoProcesses processes)
{
    private static readonly string[] EndedKinds = ["accepted", "replaced", "canceled", "rejected", "notApplied"];

    public DemoReport Gather(string journal, TimeSpan elapsed)
    {
        var storage = new FileStorage(journal);
        var stopped = LastOf(processes.Venue!, "stopped");
        var live = new DemoHashes(
            new CommandSequence(Number(stopped, "lastSequence")), HashOf(stopped, "stateHash"), HashOf(stopped, "historyHash"));
        watcher.BeginReplay(live.LastSequence);
        var listed = MarketSettings.Read(Path.Combine(journal, MarketSettings.FileName));
        var tally = new HistoryTally(listed.ToMarket());
        using var host = new EngineHost(EngineLimitsFile.Read(storage) ?? EngineLimits.Default);
        var replay = JournalReplay.Run(storage, host, JournalRecovery.Examine(storage).LastSequence, observer: tally);
        var view = host.Processor.View;
        var replayError = view.ConservationError;
        var settled = view.SettledAtoms;
        var lastTrade = view.LastTradeId;
        var flow = FlowOf(tally, view);
        var accounts = AppliedAccounts.Of(host, listed);
        watcher.End();
        return new DemoReport
        {
            Market = market.Description,
            Seconds = options.Seconds,
            Seed = options.Seed,
            Threading = options.Threading,
            Durability = options.Durability,
            Flow = flow,
            Ledger = new DemoLedger
            {
                ConservationError = new SubAtoms(
                        Int128.Parse(Text(stopped, "conservationErrorSubAtoms"), CultureInfo.InvariantCulture)),
                Cash = accounts.Cash,
                Equity = accounts.Equity,
                PaidIn = accounts.PaidIn,
                PaidInReported = new SubAtoms(tally.MovedAtoms << Scale.SubAtomBits),
                OpenSums = accounts.OpenSums,
                SettledAtoms = settled,
                LastTradeId = lastTrade,
                Accounts = accounts.Accounts,
            },
            Live = live,
            Replay = replay,
            ReplayConservationError = replayError,
            Journal = DemoAudit.JournalOf(storage),
            Latency = LatencyPercentiles.Read(stopped.GetProperty("latencyNanos")),
            Elapsed = elapsed,
            LagMost = null,
            Network = NetworkOf(tally),
            JournalDirectory = options.JournalDirectory,
        };
    }

    private DemoFlow FlowOf(HistoryTally tally, VenueView view)
    {
        var tape = tally.Tape;
        return new DemoFlow
        {
            Orders = tally.NewOrders,
            Cancels = tally.Cancels,
            Replaces = tally.Replaces,
            Rejects = tally.Rejects,
            Trades = tape.Trades,
            VolumeLots = tape.VolumeLots,
            Fills = tally.Fills,
            OracleReports = tally.OracleReports,
            SettlementTicksByThreshold = tape.ThresholdTicks,
            SettlementTicksByInterval = tape.IntervalTicks,
            Expiries = tape.Expiries,
            ExpiriesExpected = market.Instruments.Count(instrument => instrument.Expiry == timing.FirstExpiry),
            CanceledByExpiry = tally.CanceledByExpiry,
            CanceledBySessionClose = tally.CanceledBySessionClose,
            Epochs = tally.Epochs,
            IndexDifferences = tape.IndexDifferences
                + market.Instruments.Count(instrument => tape.IndexOf(instrument.Id) != view.DeltaIndex(instrument.Id)),
            Surprises = tape.Gaps,
            RecordedEvents = processes.Clients.Sum(client => client.Find("summary") is { } told ? Number(told, "flowEvents") : 0),
        };
    }

    private DemoNetwork NetworkOf(HistoryTally tally)
    {
        var ready = LastOf(processes.Replica!, "ready");
        var stopped = LastOf(processes.Replica!, "stopped");
        var texts = processes.Replica!.FindAll("commitment").Select(found => found.GetProperty("commitment")).ToList();
        var latency = new WireLatency();
        var clients = new List<DemoClient>();
        foreach (var client in processes.Clients.Where(client => client.Name != ProcessDemo.LostClient))
        {
            var told = LastOf(client, "summary");
            latency.Add(told.GetProperty("wireToWireBuckets"));
            clients.AddRange(
                told.GetProperty("sessions").EnumerateArray().Select(session => ClientOf(client.Name, session, tally)));
        }

        clients.AddRange(LastOf(processes.Oracle!, "summary").GetProperty("sessions").EnumerateArray()
            .Select(session => ClientOf(processes.Oracle!.Name, session, tally)));
        return new DemoNetwork
        {
            Processes = processes.Count,
            ReplicaLastSequence = new CommandSequence(Number(stopped, "lastSequence")),
            ReplicaStateHash = Text(stopped, "stateHash"),
            ReplicaHistoryHash = Text(stopped, "historyHash"),
            Commitments = CommitmentCheck.Of(texts, Text(ready, "signer")),
            WireToWire = latency.Percentiles(),
            Clients = clients,
        };
    }

    private static DemoClient ClientOf(string name, JsonElement session, HistoryTally tally)
    {
        var account = new AccountId((uint)Number(session, "account"));
        var ended = EndedKinds.Sum(kind => Number(session, kind));
        return new DemoClient(
            $"{name} (key {Number(session, "key")})",
            account,
            Number(session, "requests"),
            ended,
            Number(session, "unknown"),
            Number(session, "fills"),
            tally.FillsOf.GetValueOrDefault(account),
            Number(session, "reportsLost"));
    }

    private static JsonElement LastOf(ChildProcess child, string name) => child.Find(name)
        ?? throw new InvalidOperationException($"{child.Name} ended in order and did not say '{name}'");

    private static Hash256 HashOf(JsonElement text, string name) => Hash256.ReadFrom(Convert.FromHexString(Text(text, name)));

    private static long Number(JsonElement text, string name) => text.GetProperty(name).GetInt64();

    private static string Text(JsonElement text, string name) => text.GetProperty(name).GetString()!;
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HftDelta.Gateway;
using HftDelta.Gateway.Security;
using HftDelta.Journal.Faults;
using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Control;
using HftDelta.Node.Demo;
using HftDelta.Node.Replay;
using HftDelta.Node.WarmUps;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Time;
using HftDelta.Wire;

namespace HftDelta.Node.Development;

/// <summary>
/// A venue from start to an end in order: recovered, listening, operated, stopped. What happens is told as events. Owner: the
/// thread that runs it, which also is the operator's.
/// </summary>
internal sealed class VenueRun(StartOptions options, EventLines events, EndRequest end)
{
    public const string Schema = "hftdelta.venue/1";

    private const int CountersError = 1019;
    private const int ConnectionSlots = 1 << 14;

    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ControlStepTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ProgressTime = TimeSpan.FromMilliseconds(250);

    private readonly SystemNanoClock _clock = new();

    /// <exception cref="OperatorException">Settings, journal directory or the venue's refusal of its operator.</exception>
    public ExitCode Run()
    {
        var folder = options.JournalDirectory ?? Directory.CreateTempSubdirectory("hftdelta-start-").FullName;
        JournalDirectory.Create(folder);
        RunIn(folder, Warm());
        if (options.JournalDirectory is null)
        {
            Directory.Delete(folder, recursive: true);
        }

        return end.ExitCode;
    }

    private void RunIn(string folder, WarmUpResult? warmUp)
    {
        var storage = new FileStorage(folder);
        var counters = options.CounterFilePath ?? Path.Combine(folder, DemoRun.CounterFileName);
        var controlPath = options.ControlPath ?? Path.Combine(folder, ControlSocket.FileName);
        _ = ControlSocket.EndPoint(controlPath);
        var progress = new RecoveryProgress(events);
        using var venue = Open(new VenueOptions
        {
            JournalDirectory = folder,
            UsesSnapshots = options.UsesSnapshots,
            SegmentBytes = StartOptions.SegmentBytes,
            Durability = options.Durability,
            Limits = EngineLimitsFile.Read(storage) ?? StartOptions.Limits,
            Threading = options.Threads.Mode,
            RiskWorkers = options.RiskWorkers,
            Idle = options.Threads.Idle,
            AgentWishes = options.Threads.Agents,
            ConnectionSlots = ConnectionSlots,
            Clock = _clock,
            Network = new VenueNetworkOptions
            {
                Listen = options.Listen,
                Participants = DirectoryOf(options.Market),
                AeronDirectory = options.AeronDirectory,
            },
            OracleVerifier = OracleKeys.VerifierOf(options.Market),
            CounterFilePath = counters,
            LatencySampleEvery = options.LatencySampleEvery,
            StageSampleEvery = options.StageSampleEvery,
            RecoveryProgress = progress.Report,
            JournalStallMax = options.RoomTimeout,
            CancelReserveBytes = options.CancelReserveBytes,
            OnNotice = events.Say,
        });
        progress.End();

        // Once there is a venue: who may not have one leaves the process as it was.
        var host = HostSettings.Apply(options.LocksMemory);
        var @operator = new VenueOperator(venue, options.Market, Path.Combine(folder, MarketSettings.FileName));
        @operator.Desk.StepHeard = (sequence, step) => GovernanceLines.Tell(events, sequence, step);
        using var control = new ControlServer(controlPath, @operator.Desk, events, PeerCredentials.OwnUserId);
        var begun = Stopwatch.GetTimestamp();
        venue.Start();
        @operator.Begin();
        TellReady(venue, folder, counters, controlPath, host, warmUp);
        Operate(venue, @operator, control);
        Stop(venue, @operator, control);
        TellStopped(venue, Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>Before the venue is opened: a recovery runs the same code, and nobody can reach it yet.</summary>
    private WarmUpResult? Warm()
    {
        if (options.WarmUpTime == TimeSpan.Zero)
        {
            return null;
        }

        try
        {
            return WarmUp.Run(options.WarmUpTime, Path.GetTempPath(), end.Token);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JournalException)
        {
            // It is there for speed alone: where its disk refuses, the venue does without. What breaks in the code that the
            // venue runs as well ends the start.
            events.Say($"the warm-up failed, and the venue starts without: {failed.Message}");
            return null;
        }
    }

    private static Venue Open(VenueOptions venue)
    {
        try
        {
            return Venue.Open(venue);
        }
        catch (CounterFileException counters)
        {
            throw new OperatorException(
                CountersError, ExitCode.Usage, counters.Message.TrimEnd('.'), "name another file with --counters", counters);
        }
    }

    private void Operate(Venue venue, VenueOperator @operator, ControlServer control)
    {
        if (@operator.IsListed)
        {
            TellListed(@operator);
        }

        var epochBegun = Stopwatch.GetTimestamp();
        var told = epochBegun;
        while (!end.WaitFor(control.IsBusy ? ControlStepTime : StepTime))
        {
            control.Step();
            if (@operator.Step(_clock.Now) == OperatorNews.Listed)
            {
                // An answered barrier: the listings are applied, and what was refused has been said.
                venue.Settle();
                @operator.Step(_clock.Now);
                TellListed(@operator);
                epochBegun = Stopwatch.GetTimestamp();
            }

            if (options.EpochTime > TimeSpan.Zero && Stopwatch.GetElapsedTime(epochBegun) >= options.EpochTime)
            {
                @operator.CloseEpoch();
                epochBegun = Stopwatch.GetTimestamp();
            }

            if (events.IsJson && Stopwatch.GetElapsedTime(told) >= ProgressTime)
            {
                told = Stopwatch.GetTimestamp();
                TellProgress(venue, @operator);
            }
        }
    }

    /// <summary>The last epoch holds everything: what is committed last is the state that the venue stops with.</summary>
    private void Stop(Venue venue, VenueOperator @operator, ControlServer control)
    {
        events.Say("stopping: no new input is read; a second Ctrl-C ends at once");
        if (options.EpochTime > TimeSpan.Zero)
        {
            @operator.CloseEpoch();
        }

        try
        {
            // Where the disk has no room nothing more can become safe, and nobody waits for it.
            venue.Settle(cancellation: new CancellationToken(canceled: true));
            @operator.Step(_clock.Now);
            control.Step();
        }
        catch (OperationCanceledException)
        {
            events.Say("the disk has no room: the last epoch is not closed");
        }

        venue.Stop();
    }

    private void TellReady(
        Venue venue, string folder, string counters, string controlPath, HostSettings host, WarmUpResult? warmUp)
    {
        var recovered = venue.Recovered;
        foreach (var message in venue.ThreadMessages)
        {
            events.Say($"  {message}");
        }

        events.Tell(
            "ready",
            string.Join(
                Environment.NewLine,
                (string[])
                [
                    $"hftdelta venue, {options.Market.Description}",
                    "  WARNING: authentication none: whoever reaches the port may use every key; for development only",
                    $"  listens on {venue.ListenEndpoint} (Aeron UDP, stream 1; "
                    + $"schema {HftDeltaSchema.Id} version {HftDeltaSchema.Version})",
                    $"  journal {folder}, {TextOutput.Number(recovered.Commands)} commands recovered"
                    + (recovered.From.Value > 0
                        ? $" behind the snapshot of command {TextOutput.Number(recovered.From.Value)}"
                        : ""),
                    $"  durability {DemoWatcher.Name(options.Durability)}: {DemoWatcher.MeaningOf(options.Durability)}",
                    .. options.ConfigurationPath is { } file ? [$"  configuration {file}"] : Array.Empty<string>(),
                    $"  threading {DemoWatcher.Name(options.Threads.Mode)}, idle {DemoWatcher.Name(options.Threads.Idle)}, "
                    + EpochText(),
                    .. ThreadTable.Lines(venue.Threads),
                    .. host.Lines,
                    .. warmUp is { } warm ? [$"  {warm.Words}"] : Array.Empty<string>(),
                    $"  risk: {options.RiskWorkers} {(options.RiskWorkers == 1 ? "worker" : "workers")}",
                    $"  counters: hftdelta stat {counters}",
                    $"  control: hftdelta control --control {controlPath} status",
                    "ready",
                ]),
            json =>
            {
                json.WriteString("endpoint", venue.ListenEndpoint);
                json.WriteNumber("processId", Environment.ProcessId);
                json.WriteString("journalDirectory", folder);
                json.WriteString("journalId", venue.JournalId);
                json.WriteString("counters", counters);
                json.WriteString("control", controlPath);
                json.WriteString("authentication", "none");
                json.WriteString("durability", DemoWatcher.Name(options.Durability));
                json.WriteString("configuration", options.ConfigurationPath);
                json.WriteString("threading", DemoWatcher.Name(options.Threads.Mode));
                ThreadTable.Write(json, "threads", venue.Threads);
                host.Write(json);
                json.WriteNumber("warmUpCommands", warmUp?.Commands ?? 0);
                json.WriteNumber("riskWorkers", options.RiskWorkers);
                json.WriteNumber("recoveredCommands", recovered.Commands);
                json.WriteNumber("fromSnapshot", recovered.From.Value);
                json.WriteNumber("recoveredSequence", recovered.LastSequence.Value);
                json.WriteString("recoveredStateHash", recovered.StateHash.ToString());
            });
    }

    private void TellListed(VenueOperator @operator) => events.Tell(
        "listed",
        $"{@operator.Instruments} instruments are listed",
        json => json.WriteNumber("instruments", @operator.Instruments));

    private static void WriteCounts(Utf8JsonWriter json, Venue venue, VenueOperator @operator)
    {
        json.WriteNumber("commands", venue.LastSequence.Value);
        json.WriteNumber("clientCommands", venue.IngressCounters.Of(FrameResult.Accepted).Value);
        json.WriteNumber("trades", @operator.Public.Trades);
        json.WriteNumber("settlementTicks", @operator.Public.SettlementTicks);
        json.WriteNumber("epoch", @operator.Epoch);
    }

    private void TellProgress(Venue venue, VenueOperator @operator) =>
        events.Tell("progress", null, json => WriteCounts(json, venue, @operator));

    private void TellStopped(Venue venue, TimeSpan elapsed)
    {
        var processor = venue.Processor;
        var view = processor.View;
        var latency = LatencyPercentiles.Of(venue.Latency);
        events.Tell(
            "stopped",
            $"stopped after command {TextOutput.Number(processor.LastSequence.Value)}, state {processor.StateHash()}",
            json =>
            {
                json.WriteNumber("lastSequence", processor.LastSequence.Value);
                json.WriteString("stateHash", processor.StateHash().ToString());
                json.WriteString("historyHash", processor.HistoryHash.ToString());
                json.WriteString("conservationErrorSubAtoms", view.ConservationError.ToString());
                json.WriteNumber("epoch", view.Epoch);
                json.WriteNumber("elapsedSeconds", Math.Round(elapsed.TotalSeconds, 3));
                latency.Write(json, "latencyNanos");
            });
    }

    private string EpochText() => options.EpochTime > TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"an epoch every {options.EpochTime.TotalSeconds:0.###} s")
        : "no epochs";

    private static ParticipantDirectory DirectoryOf(MarketSettings market) => new(market.Participants.Select(
        participant => new Participant(
            new KeyId(participant.KeyId),
            new AccountId(participant.AccountId),
            participant.AccountId == 0 ? SessionRoles.OracleSource : SessionRoles.Trader)));
}

/// <summary>How far a recovery is, for people.</summary>
internal sealed class RecoveryProgress(EventLines events)
{
    private static readonly TimeSpan LineTime = TimeSpan.FromSeconds(5);

    private long _told = Stopwatch.GetTimestamp();

    public void Report(ReplayProgress at)
    {
        if (Stopwatch.GetElapsedTime(_told) >= LineTime)
        {
            _told = Stopwatch.GetTimestamp();
            var rate = at.DoneCount / Math.Max(at.Elapsed.TotalSeconds, 1e-3);
            events.Say(
                $"recovering: {TextOutput.Number(at.DoneCount)} of {TextOutput.Number(at.Count)} commands, "
                + $"{TextOutput.Number(rate, 0)}/s, "
                + $"{TextOutput.Number((at.Count - at.DoneCount) / Math.Max(rate, 1), 0)} s left");
        }
    }

    public void End() => _told = 0;
}

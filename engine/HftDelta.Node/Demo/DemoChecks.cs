using HftDelta.Node.Cli;

namespace HftDelta.Node.Demo;

/// <summary>A check that failed.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Fault">What was found, without a full stop.</param>
/// <param name="ExitCode">How the process ends.</param>
public sealed record DemoFault(string Check, string Fault, ExitCode ExitCode);

/// <summary>
/// What must hold after a run, judged from its report alone. Divergence comes first, because it decides the exit code.
/// </summary>
public static class DemoChecks
{
    public static IReadOnlyList<DemoFault> Of(DemoReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return
        [
            .. Divergences(report), .. ReplicaDivergences(report), .. Imbalances(report), .. Omissions(report),
            .. ClientOmissions(report),
        ];
    }

    private static IEnumerable<DemoFault> Divergences(DemoReport report)
    {
        var replay = report.Replay;
        if (replay.FirstDifference is { } difference)
        {
            yield return Diverged(
                "hash points",
                $"after command {difference.Sequence} the replay hashes to {difference.Replayed}, recorded was "
                + $"{difference.Recorded}");
        }

        if (replay.LastSequence != report.Live.LastSequence)
        {
            yield return Diverged(
                "commands", $"the replay ends at {replay.LastSequence}, the venue at {report.Live.LastSequence}");
        }

        if (replay.StateHash != report.Live.State)
        {
            yield return Diverged("state hash", $"live {report.Live.State}, replayed {replay.StateHash}");
        }

        if (replay.HistoryHash != report.Live.History)
        {
            yield return Diverged("history hash", $"live {report.Live.History}, replayed {replay.HistoryHash}");
        }

        if (replay.HashPointsCompared == 0)
        {
            yield return Diverged("hash points", "none was recorded, so none was compared");
        }
    }

    private static IEnumerable<DemoFault> ReplicaDivergences(DemoReport report)
    {
        if (report.Network is not { } network)
        {
            yield break;
        }

        if (network.ReplicaLastSequence != report.Live.LastSequence
            || network.ReplicaStateHash != report.Live.State.ToString())
        {
            yield return Diverged(
                "replica",
                $"the venue stopped after command {report.Live.LastSequence} in state {report.Live.State}, the replica after "
                + $"{network.ReplicaLastSequence} in state {network.ReplicaStateHash}");
        }

        if (network.ReplicaHistoryHash != report.Live.History.ToString())
        {
            yield return Diverged(
                "history of the replica",
                $"the venue's hashes to {report.Live.History}, the replica's to {network.ReplicaHistoryHash}");
        }

        var commitments = network.Commitments;
        if (commitments.Count == 0 || (ulong)commitments.Count != report.Flow.Epochs || !commitments.IsChained)
        {
            yield return Broken(
                "commitments",
                $"{commitments.Count} for {report.Flow.Epochs} epochs{(commitments.IsChained ? "" : ", and not in one chain")}");
        }

        if (!commitments.IsSignatureValid)
        {
            yield return Broken("signatures", $"not every one is that of {commitments.Signer} over its content");
        }
    }

    private static IEnumerable<DemoFault> ClientOmissions(DemoReport report)
    {
        foreach (var client in report.Network?.Clients ?? [])
        {
            if (client.Unknown != 0 || client.Ended != client.Requests)
            {
                yield return Broken(
                    "outcomes",
                    $"{client.Name} sent {client.Requests} requests, {client.Ended} ended, "
                    + $"{client.Unknown} of them without an answer");
            }

            if (client.Fills != client.FillsMade || client.ReportsLost != 0)
            {
                yield return Broken(
                    "reports",
                    $"{client.Name} was told {client.Fills} of {client.FillsMade} fills, {client.ReportsLost} reports are lost");
            }
        }
    }

    private static IEnumerable<DemoFault> Imbalances(DemoReport report)
    {
        var ledger = report.Ledger;
        foreach (var (name, error) in new[]
        {
            ("conservation", ledger.ConservationError),
            ("conservation of the replay", report.ReplayConservationError),
            ("cash of all accounts", ledger.Cash - ledger.PaidIn),
            ("equity of all accounts", ledger.Equity - ledger.PaidIn),
            ("reported movements", ledger.PaidInReported - ledger.PaidIn),
        })
        {
            if (error != default)
            {
                yield return Broken(name, $"off by {error} sub-atoms");
            }
        }

        if (ledger.OpenSums != 0)
        {
            yield return Broken("positions", $"those of {ledger.OpenSums} instruments do not add up to nothing");
        }
    }

    private static IEnumerable<DemoFault> Omissions(DemoReport report)
    {
        var flow = report.Flow;
        if (flow.IndexDifferences != 0)
        {
            yield return Broken(
                "delta indices", $"{flow.IndexDifferences} do not follow from the published moves and deltas");
        }

        if ((ulong)flow.Trades != report.Ledger.LastTradeId || flow.Fills != 2 * flow.Trades)
        {
            yield return Broken(
                "trades", $"{report.Ledger.LastTradeId} were made, {flow.Trades} published, {flow.Fills} fills reported");
        }

        if (flow.Expiries != flow.ExpiriesExpected)
        {
            yield return Broken("expiry", $"{flow.Expiries} instruments expired, not {flow.ExpiriesExpected}");
        }

        if (flow.Orders == 0 || flow.Trades == 0 || flow.SettlementTicksByThreshold + flow.SettlementTicksByInterval == 0)
        {
            yield return Broken("activity", "no order, no trade or no settlement tick");
        }

        if (flow.CanceledBySessionClose == 0)
        {
            yield return Broken("cancel on disconnect", "the lost session's orders were not cancelled");
        }

        if (flow.Surprises != 0)
        {
            yield return Broken("streams", $"{flow.Surprises} messages are missing or unexpected");
        }

        if (!report.Journal.IsClean || report.Journal.SafeCursor != report.Live.LastSequence)
        {
            yield return Broken(
                "journal",
                $"the safe cursor stands at {report.Journal.SafeCursor}, the last command is {report.Live.LastSequence}");
        }
    }

    private static DemoFault Diverged(string check, string fault) => new(check, fault, ExitCode.StateDivergence);

    private static DemoFault Broken(string check, string fault) => new(check, fault, ExitCode.Bug);
}

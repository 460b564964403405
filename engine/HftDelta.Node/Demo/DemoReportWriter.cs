using System.Globalization;
using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo;

/// <summary>Writes what a run found: one JSON object, or a table for people.</summary>
internal static class DemoReportWriter
{
    private const string Schema = "hftdelta.demo/1";
    private const int NameColumns = 28;

    public static void WriteJson(TextWriter output, DemoReport report, IReadOnlyList<DemoFault> faults)
    {
        JsonOutput.Write(output, Schema, json =>
        {
            json.WriteBoolean("ok", faults.Count == 0);
            WriteSetting(json, report);
            WriteFlow(json, report);
            WriteLedger(json, report);
            WriteReplay(json, report);
            report.Latency.Write(json, "latencyNanos");
            WriteNetwork(json, report.Network);
            json.WriteStartArray("failedChecks");
            foreach (var fault in faults)
            {
                json.WriteStringValue($"{fault.Check}: {fault.Fault}");
            }

            json.WriteEndArray();
        });
    }

    public static void WriteText(TextWriter output, DemoReport report, IReadOnlyList<DemoFault> faults)
    {
        foreach (var (name, value) in Rows(report))
        {
            output.WriteLine(name.Length == 0 ? "" : $"{name.PadRight(NameColumns)}{value}");
        }

        output.WriteLine(faults.Count == 0
            ? "every check held"
            : string.Create(CultureInfo.InvariantCulture, $"{faults.Count} checks failed"));
    }

    /// <summary>Atoms with as many decimals as sub-atoms need; nothing is rounded to 0.</summary>
    internal static string AtomsText(SubAtoms value)
    {
        var atoms = value.Value / Scale.SubAtomsPerAtom;
        var rest = value.Value - (atoms * Scale.SubAtomsPerAtom);
        return rest == 0
            ? atoms.ToString(CultureInfo.InvariantCulture)
            : ((double)value.Value / Scale.SubAtomsPerAtom).ToString("R", CultureInfo.InvariantCulture);
    }

    private static void WriteSetting(Utf8JsonWriter json, DemoReport report)
    {
        json.WriteString("market", report.Market);
        json.WriteNumber("seed", report.Seed);
        json.WriteNumber("seconds", report.Seconds);
        json.WriteString("threading", DemoWatcher.Name(report.Threading));
        json.WriteString("durability", DemoWatcher.Name(report.Durability));
        json.WriteString("journalDirectory", report.JournalDirectory);
        json.WriteNumber("elapsedSeconds", Math.Round(report.Elapsed.TotalSeconds, 3));
        if (report.LagMost is { } lag)
        {
            json.WriteNumber("lagMostSeconds", Math.Round(lag.TotalSeconds, 3));
        }
    }

    private static void WriteFlow(Utf8JsonWriter json, DemoReport report)
    {
        var flow = report.Flow;
        json.WriteNumber("commands", report.Live.LastSequence.Value);
        json.WriteNumber("orders", flow.Orders);
        json.WriteNumber("cancels", flow.Cancels);
        json.WriteNumber("replaces", flow.Replaces);
        json.WriteNumber("rejects", flow.Rejects);
        json.WriteNumber("trades", flow.Trades);
        json.WriteNumber("volumeLots", flow.VolumeLots);
        json.WriteNumber("oracleReports", flow.OracleReports);
        json.WriteNumber("settlementTicks", flow.SettlementTicksByThreshold + flow.SettlementTicksByInterval);
        json.WriteNumber("settlementTicksByThreshold", flow.SettlementTicksByThreshold);
        json.WriteNumber("settlementTicksByInterval", flow.SettlementTicksByInterval);
        json.WriteNumber("expiries", flow.Expiries);
        json.WriteNumber("ordersCanceledByExpiry", flow.CanceledByExpiry);
        json.WriteNumber("ordersCanceledBySessionClose", flow.CanceledBySessionClose);
        json.WriteNumber("epochs", flow.Epochs);
        json.WriteNumber("recordedFlowEvents", flow.RecordedEvents);
    }

    private static void WriteLedger(Utf8JsonWriter json, DemoReport report)
    {
        var ledger = report.Ledger;
        json.WriteNumber("accounts", ledger.Accounts);
        WriteRaw(json, "deltaCashMovedAtoms", ledger.SettledAtoms.ToString(CultureInfo.InvariantCulture));
        WriteRaw(json, "paidInAtoms", AtomsText(ledger.PaidIn));
        WriteRaw(json, "conservationErrorAtoms", AtomsText(ledger.ConservationError));
        WriteRaw(json, "cashErrorAtoms", AtomsText(ledger.Cash - ledger.PaidIn));
        WriteRaw(json, "equityErrorAtoms", AtomsText(ledger.Equity - ledger.PaidIn));
        json.WriteNumber("indexDifferences", report.Flow.IndexDifferences);
    }

    private static void WriteReplay(Utf8JsonWriter json, DemoReport report)
    {
        var replay = report.Replay;
        json.WriteString("stateHashLive", report.Live.State.ToString());
        json.WriteString("stateHashReplay", replay.StateHash.ToString());
        json.WriteString("historyHashLive", report.Live.History.ToString());
        json.WriteString("historyHashReplay", replay.HistoryHash.ToString());
        json.WriteNumber("hashPointsCompared", replay.HashPointsCompared);
        json.WriteNumber("hashPointsEqual", replay.HashPointsEqual);
        json.WriteNumber("replayCommands", replay.Commands);
        json.WriteNumber("replaySeconds", Math.Round(replay.Elapsed.TotalSeconds, 6));
        json.WriteNumber("replayCommandsPerSecond", Math.Round(RateOf(report)));
        json.WriteNumber("journalBytes", report.Journal.RecordBytes);
        json.WriteNumber("journalRecords", report.Journal.Records);
        json.WriteNumber("journalSegments", report.Journal.Segments);
        json.WriteNumber("safeCursor", report.Journal.SafeCursor.Value);
    }

    private static void WriteNetwork(Utf8JsonWriter json, DemoNetwork? network)
    {
        json.WriteString("mode", network is null ? "in-process" : "processes");
        if (network is null)
        {
            return;
        }

        json.WriteNumber("processes", network.Processes);
        json.WriteString("stateHashReplica", network.ReplicaStateHash);
        json.WriteString("historyHashReplica", network.ReplicaHistoryHash);
        json.WriteNumber("replicaLastSequence", network.ReplicaLastSequence.Value);
        json.WriteNumber("commitments", network.Commitments.Count);
        json.WriteString("signer", network.Commitments.Signer);
        json.WriteBoolean("signatureValid", network.Commitments.IsSignatureValid);
        network.WireToWire.Write(json, "wireToWireNanos");
        json.WriteStartArray("clients");
        foreach (var client in network.Clients)
        {
            json.WriteStartObject();
            json.WriteString("name", client.Name);
            json.WriteNumber("account", client.Account.Value);
            json.WriteNumber("requests", client.Requests);
            json.WriteNumber("ended", client.Ended);
            json.WriteNumber("unknown", client.Unknown);
            json.WriteNumber("fills", client.Fills);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, string number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(number);
    }

    private static IEnumerable<(string Name, string Value)> Rows(DemoReport report)
    {
        var flow = report.Flow;
        var replay = report.Replay;
        yield return ("market", $"{report.Market}, seed {report.Seed}");
        yield return ("commands sequenced", Number(report.Live.LastSequence.Value));
        yield return ("orders", $"{Number(flow.Orders)} new, {Number(flow.Replaces)} changes, {Number(flow.Cancels)} cancels");
        yield return ("trades", $"{Number(flow.Trades)} ({Number(flow.VolumeLots)} lots)");
        yield return ("rejects", Number(flow.Rejects));
        yield return ("settlement ticks",
            $"{Number(flow.SettlementTicksByThreshold + flow.SettlementTicksByInterval)} "
            + $"({Number(flow.SettlementTicksByThreshold)} by threshold, {Number(flow.SettlementTicksByInterval)} by interval)");
        yield return ("instruments expired", $"{flow.Expiries} ({Number(flow.CanceledByExpiry)} orders cancelled)");
        yield return ("connection lost", $"{Number(flow.CanceledBySessionClose)} orders cancelled");
        yield return ("cash moved by delta",
            $"{Number((double)report.Ledger.SettledAtoms)} atoms ({Dollars((double)report.Ledger.SettledAtoms)} USD)");
        yield return ("conservation error", $"{AtomsText(report.Ledger.ConservationError)} atoms");
        yield return ("cash - paid in", $"{AtomsText(report.Ledger.Cash - report.Ledger.PaidIn)} atoms over "
            + $"{report.Ledger.Accounts} accounts");
        yield return ("", "");
        yield return ("threading", DemoWatcher.Name(report.Threading));
        yield return ("durability",
            $"{DemoWatcher.Name(report.Durability)}: {DemoWatcher.MeaningOf(report.Durability)}");
        yield return ("latency ring to ring", LatencyText(report.Latency));
        foreach (var row in NetworkRows(report.Network))
        {
            yield return row;
        }

        yield return ("journal",
            $"{Number(report.Journal.RecordBytes)} bytes, {Number(report.Journal.Records)} records, "
            + $"{report.Journal.Segments} segments{(report.JournalDirectory is { } kept ? $", kept in {kept}" : "")}");
        yield return ("replay", $"{Number(replay.Commands)} commands in {replay.Elapsed.TotalSeconds:0.000} s "
            + $"({Number(RateOf(report))}/s)");
        yield return ("hash points", $"{replay.HashPointsEqual} of {replay.HashPointsCompared} equal");
        yield return ("state hash live", report.Live.State.ToString());
        yield return ("state hash replayed", replay.StateHash.ToString());
        if (report.Network is { } network)
        {
            yield return ("state hash of the replica", network.ReplicaStateHash);
        }

        yield return ("history hash live", report.Live.History.ToString());
        yield return ("history hash replayed", replay.HistoryHash.ToString());
        yield return ("", "");
    }

    private static IEnumerable<(string Name, string Value)> NetworkRows(DemoNetwork? network)
    {
        if (network is null)
        {
            yield break;
        }

        yield return ("latency wire to wire", LatencyText(network.WireToWire));
        yield return ("processes", $"{network.Processes} over UDP loopback, which share this machine and park when idle");
        var clients = network.Clients;
        yield return ("requests of clients",
            $"{Number(clients.Sum(client => client.Requests))} sent, {Number(clients.Sum(client => client.Ended))} with their "
            + $"outcome, {Number(clients.Sum(client => client.Unknown))} unknown");
        var commitments = network.Commitments;
        yield return ("commitments",
            $"{commitments.Count}, signed by {commitments.Signer}: "
            + (commitments.IsSignatureValid ? "every signature recovers to it" : "NOT every signature recovers to it"));
    }

    private static string LatencyText(LatencyPercentiles latency) =>
        $"p50 {Micros(latency.P50Nanos)}  p90 {Micros(latency.P90Nanos)}  p99 {Micros(latency.P99Nanos)}  "
        + $"p99.9 {Micros(latency.P999Nanos)}  max {Micros(latency.MaxNanos)} us ({Number(latency.Samples)} samples)";

    private static double RateOf(DemoReport report) =>
        report.Replay.Commands / Math.Max(report.Replay.Elapsed.TotalSeconds, 1e-6);

    private static string Micros(long nanos) => (nanos / 1_000.0).ToString("N1", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Dollars(double atoms) =>
        (atoms / Scale.AtomsPerQuoteUnit).ToString("N2", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Text.Json;
using HftDelta.Journal.Snapshots;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Snapshots;

namespace HftDelta.Node.Cli;

/// <summary>Writes the answers of <c>hftdelta snapshot</c>.</summary>
internal static class SnapshotReports
{
    private const double MillisecondsPerSecond = 1_000;

    public static void Created(ParseResult result, SnapshotReport report)
    {
        var output = result.InvocationConfiguration.Output;
        if (IsJson(result))
        {
            JsonOutput.Write(output, "hftdelta.snapshot-create/1", json =>
            {
                json.WriteNumber("sequence", report.Sequence.Value);
                json.WriteNumber("fileBytes", report.FileBytes);
                json.WriteNumber("writeNanos", (long)report.WriteTime.TotalNanoseconds);
                json.WriteNumber("proofNanos", (long)report.ProofTime.TotalNanoseconds);
            });
            return;
        }

        TextOutput.Line(output, "sequence", report.Sequence.Value);
        TextOutput.Line(output, "bytes", report.FileBytes);
        TextOutput.Line(output, "written in ms", TextOutput.Number(report.WriteTime.TotalSeconds * MillisecondsPerSecond, 1));
        TextOutput.Line(output, "proved in ms", TextOutput.Number(report.ProofTime.TotalSeconds * MillisecondsPerSecond, 1));
    }

    public static void Entries(ParseResult result, string schema, IReadOnlyList<SnapshotEntry> entries)
    {
        var output = result.InvocationConfiguration.Output;
        if (IsJson(result))
        {
            JsonOutput.Write(output, schema, json =>
            {
                json.WriteStartArray("snapshots");
                foreach (var entry in entries)
                {
                    WriteJson(json, entry);
                }

                json.WriteEndArray();
            });
        }
        else if (entries.Count == 0)
        {
            output.WriteLine("no snapshots");
        }
        else
        {
            foreach (var entry in entries)
            {
                output.WriteLine(LineOf(entry));
            }
        }

        foreach (var entry in entries.Where(entry => entry.Fault is not null))
        {
            result.InvocationConfiguration.Error.WriteLine(entry.Fault!.ToOperatorText());
        }
    }

    public static void Inspected(ParseResult result, SnapshotFile file, IReadOnlyList<StateSection> sections)
    {
        var output = result.InvocationConfiguration.Output;
        var header = file.Header;
        if (IsJson(result))
        {
            JsonOutput.Write(output, "hftdelta.snapshot-inspect/1", json =>
            {
                WriteJson(json, header, file.LengthBytes);
                json.WritePropertyName("limits");
                json.WriteRawValue(header.LimitsText());
                json.WriteStartArray("tables");
                foreach (var section in sections)
                {
                    json.WriteStartObject();
                    json.WriteString("path", section.Path);
                    json.WriteNumber("recordBytes", section.RecordBytes);
                    json.WriteNumber("lengthBytes", section.LengthBytes);
                    json.WriteNumber("storedBytes", section.StoredBytes);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        TextOutput.Line(output, "journal", header.JournalId.ToString());
        TextOutput.Line(output, "sequence", header.Sequence.Value);
        TextOutput.Line(output, "time", TextOutput.Time(header.Time.Value));
        TextOutput.Line(output, "term", header.Term);
        TextOutput.Line(output, "epoch", (long)header.Epoch);
        TextOutput.Line(output, "engine version", header.EngineVersion);
        TextOutput.Line(output, "format", header.Format);
        TextOutput.Line(output, "bytes", file.LengthBytes);
        TextOutput.Line(output, "state hash", StateHashOf(header));
        TextOutput.Line(output, "history hash", HistoryHashOf(header));
        foreach (var section in sections.Where(section => section.StoredBytes > 8).OrderByDescending(one => one.StoredBytes))
        {
            output.WriteLine(
                $"  {section.Path}  {TextOutput.Number(section.LengthBytes / section.RecordBytes)} x {section.RecordBytes} "
                + $"bytes, stored {TextOutput.Number(section.StoredBytes)}");
        }
    }

    private static bool IsJson(ParseResult result) => result.GetValue(OutputOption.Shared) == OutputFormat.Json;

    private static string LineOf(SnapshotEntry entry)
    {
        var start = $"{entry.Sequence,20}  {TextOutput.Number(entry.FileBytes),14} bytes";
        return entry.Header is { } header && entry.Fault is null
            ? $"{start}  {TextOutput.Time(header.Time.Value)}  term {header.Term}  epoch {header.Epoch}  "
                + $"state {StateHashOf(header)}"
            : $"{start}  NOT GOOD ({entry.Fault!.Code})";
    }

    private static void WriteJson(Utf8JsonWriter json, SnapshotEntry entry)
    {
        json.WriteStartObject();
        if (entry.Header is { } header)
        {
            WriteJson(json, header, entry.FileBytes);
        }
        else
        {
            json.WriteNumber("sequence", entry.Sequence.Value);
            json.WriteNumber("fileBytes", entry.FileBytes);
        }

        json.WriteBoolean("isGood", entry.Fault is null);
        json.WriteString("error", entry.Fault?.Code);
        json.WriteString("errorMessage", entry.Fault?.Message);
        json.WriteEndObject();
    }

    private static void WriteJson(Utf8JsonWriter json, SnapshotHeader header, long fileBytes)
    {
        json.WriteNumber("sequence", header.Sequence.Value);
        json.WriteString("journalId", header.JournalId);
        json.WriteNumber("timeNanos", header.Time.Value);
        json.WriteNumber("term", header.Term);
        json.WriteNumber("epoch", header.Epoch);
        json.WriteNumber("engineVersion", header.EngineVersion);
        json.WriteNumber("format", header.Format);
        json.WriteNumber("fileBytes", fileBytes);
        json.WriteString("stateHash", StateHashOf(header));
        json.WriteString("historyHash", HistoryHashOf(header));
    }

    private static string StateHashOf(SnapshotHeader header) =>
        StateComparison.HashOf(header.StateHash).ToString();

    private static string HistoryHashOf(SnapshotHeader header) =>
        StateComparison.HashOf(header.HistoryHash).ToString();
}

using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Node.Load;

namespace HftDelta.Node.AeronTools;

/// <summary>What <c>hftdelta aeron ping</c> says at the end: a row for each length, and the distribution as a file.</summary>
internal static class PingReport
{
    private const int MismatchError = 2813;
    private const int LostError = 2814;

    /// <summary>As plotters of histograms read it.</summary>
    /// <param name="path">As it was asked for.</param>
    /// <param name="isOneOfMany">The length goes into the name before its last dot.</param>
    /// <param name="result">What to write.</param>
    public static void WriteHistogram(string path, bool isOneOfMany, PingResult result)
    {
        var name = isOneOfMany
            ? Path.Combine(
                Path.GetDirectoryName(path) ?? "",
                $"{Path.GetFileNameWithoutExtension(path)}-{result.LengthBytes}{Path.GetExtension(path)}")
            : path;
        LatencyFiles.WritePercentiles(name, result.Nanos);
    }

    public static void Write(ToolRun run, PingOptions options, IReadOnlyList<PingResult> results) =>
        run.Events.TellData("summary", Text(options, results), json =>
        {
            json.WriteNumber("window", options.Window);
            json.WriteStartArray("sizes");
            foreach (var result in results)
            {
                WriteRow(json, result);
            }

            json.WriteEndArray();
            run.Transport.WriteCounters(json, "counters");
        });

    public static ExitCode Judge(ToolRun run, IReadOnlyList<PingResult> results)
    {
        if (results.FirstOrDefault(result => result.Mismatches > 0) is { } wrong)
        {
            run.Events.Say($"error HD{MismatchError}: {TextOutput.Number(results.Sum(result => result.Mismatches))} answers are "
                + $"not what was sent; the first, of {wrong.LengthBytes} bytes: {wrong.FirstMismatch}.");
            run.Events.Say("  next: look whether the other end sends every message back as it came; if so, report it.");
            return ExitCode.Bug;
        }

        var lost = results.Sum(result => result.Lost);
        if (lost > 0)
        {
            run.Events.Say($"error HD{LostError}: {TextOutput.Number(lost)} messages were not answered.");
            run.Events.Say("  next: look at the other end: it was away, or raise --timeout.");
            return ExitCode.Timeout;
        }

        return run.ExitCode;
    }

    private static void WriteRow(Utf8JsonWriter json, PingResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("lengthBytes", result.LengthBytes);
        json.WriteNumber("answered", result.Answered);
        json.WriteNumber("lost", result.Lost);
        json.WriteNumber("mismatches", result.Mismatches);
        json.WriteString("firstMismatch", result.FirstMismatch);
        json.WriteNumber("elapsedNanos", (long)result.Time.TotalNanoseconds);
        LatencyPercentiles.Of(result.Nanos).Write(json, "roundTripNanos");
        json.WriteEndObject();
    }

    private static string Text(PingOptions options, IReadOnlyList<PingResult> results)
    {
        List<string> lines =
        [
            $"round trips in us, {TextOutput.Number(options.Window)} on their way at once",
            $"{"bytes",10} {"answered",12} {"lost",8} {"wrong",8} {"p50",10} {"p90",10} {"p99",10} {"p99.9",10} {"max",10} "
            + $"{"per second",12}",
        ];
        foreach (var result in results)
        {
            var found = LatencyPercentiles.Of(result.Nanos);
            var rate = result.Answered / Math.Max(result.Time.TotalSeconds, 1e-9);
            lines.Add($"{TextOutput.Number(result.LengthBytes),10} {TextOutput.Number(result.Answered),12} "
                + $"{TextOutput.Number(result.Lost),8} {TextOutput.Number(result.Mismatches),8} {Micros(found.P50Nanos)} "
                + $"{Micros(found.P90Nanos)} {Micros(found.P99Nanos)} {Micros(found.P999Nanos)} {Micros(found.MaxNanos)} "
                + $"{TextOutput.Number(rate, 0),12}");
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static string Micros(long nanos) => $"{TextOutput.Number(nanos / 1_000.0, 1),10}";
}

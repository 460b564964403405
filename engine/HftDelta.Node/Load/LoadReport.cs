using System.Globalization;
using System.Text.Json;
using HdrHistogram;
using HftDelta.Client.Samples;
using HftDelta.Node.Cli;
using HftDelta.Wire;

namespace HftDelta.Node.Load;

/// <summary>What <c>hftdelta bench</c> says: before the first order what it will do, and at the end what it found.</summary>
internal static class LoadReport
{
    private static readonly double[] Percentiles = [50, 90, 99, 99.9, 99.99];

    private const double RefusedShareMax = 0.05;
    private const int TakeShare = 100 - SampleLoad.PassiveShare - SampleLoad.CancelShare;

    /// <summary>What it sends, for people: as a sentence.</summary>
    public static string Mix { get; } =
        $"{SampleLoad.PassiveShare} % orders that rest within {SampleLoadOptions.UsualDistance} half spreads of fair value, "
        + $"{SampleLoad.CancelShare} % cancels, {TakeShare} % orders that take, up to as far through it; 1 to "
        + $"{SampleLoadOptions.UsualLots} lots each, at most {TextOutput.Number(SampleLoadOptions.UsualResting)} resting.";

    /// <summary>It trades, on somebody's account: who starts it must know.</summary>
    public static string Warning(LoadRunOptions options, LoadStart start) => string.Join(Environment.NewLine,
    [
        $"WARNING: this trades. {Rate(options.RatePerSecond)} requests a second for {options.WarmUpSeconds:0.###} s of warm-up "
            + $"and {options.Seconds:0.###} s,",
        $"  on account {start.Account.Value} through key {options.Key} at {options.Venue}: "
            + $"{Number(start.Instruments)} instruments, half of it in the first; {start.Symbol} is at "
            + $"{Number(start.Price.Value)} ticks.",
        $"  {Mix}",
        "  What rests is cancelled at the end; what was traded, with whomever, stays traded.",
        .. start.Unpriced.Select(words => $"  No price, so not traded: {words}."),
    ]);

    public static void WriteStart(Utf8JsonWriter json, LoadRunOptions options, LoadStart start)
    {
        json.WriteString("venue", options.Venue);
        json.WriteNumber("key", options.Key);
        json.WriteNumber("account", start.Account.Value);
        json.WriteString("session", start.Session);
        json.WriteNumber("ratePerSecond", options.RatePerSecond);
        json.WriteNumber("warmUpSeconds", options.WarmUpSeconds);
        json.WriteNumber("seconds", options.Seconds);
        json.WriteNumber("instruments", start.Instruments);
        json.WriteString("symbol", start.Symbol);
        json.WriteNumber("fairPriceTicks", start.Price.Value);
        WriteWords(json, "unpriced", start.Unpriced);
    }

    public static string Text(LoadRunOptions options, LoadRunResult found)
    {
        using var text = new StringWriter();
        var counts = found.Counts;
        TextOutput.Line(
            text, "requests",
            $"{Number(counts.Sent)} sent: {Number(counts.Acknowledged)} acknowledged, {Number(counts.Rejected)} rejected, "
            + $"{Number(counts.Unknown)} without outcome; {Number(counts.AskedAgain)} asked again");
        foreach (var reject in found.Rejects)
        {
            TextOutput.Line(text, "  rejected", $"{Number(reject.Count)} {reject.Code}{Meaning(reject.Code)}");
        }

        TextOutput.Line(
            text, "rate", $"{Rate(found.AnsweredPerSecond)} answered a second, {Rate(options.RatePerSecond)} wanted"
            + (found.NotSent > 0 ? $"; {Number(found.NotSent)} were due and not sent" : ""));
        TextOutput.Line(text, "fills", $"{Number(counts.Fills)}, {Number(counts.FilledLots)} lots");
        TextOutput.Line(text, "latency, us", Micros(found.Latency));
        TextOutput.Line(text, "hiccups here, us", Micros(found.Hiccups));
        TextOutput.Line(
            text, "left at the venue",
            (found.BrokenOff is not null || found.LeftResting > 0 ? "orders that go with the session" : "nothing rests")
            + $" ({Number(found.Withdrawn)} cancelled at the end); positions "
            + (found.Positions.Count == 0
                ? "as before"
                : string.Join(", ", found.Positions.Select(one => $"{one.Symbol} {one.Lots:+#,0;-#,0}"))));
        return text.ToString().TrimEnd();
    }

    /// <summary>What to beware of in the figures.</summary>
    public static IEnumerable<string> Doubts(LoadRunOptions options, LoadRunResult found)
    {
        if (found.Answered == 0)
        {
            yield return "WARNING: it ended before anything was measured.";
            yield break;
        }

        if (!found.Holds(options.RatePerSecond))
        {
            yield return $"WARNING: {Rate(found.AnsweredPerSecond)} of {Rate(options.RatePerSecond)} requests a second were "
                + "reached, so the latencies hold a queue that grew: they say that the rate is too high for the venue, the way "
                + "to it or this machine, and nothing else"
                + string.Concat(found.Unpriced.Select(words => $"; no price at the end: {words}")) + ".";
        }

        if (found.RefusedShare > RefusedShareMax)
        {
            yield return $"WARNING: {found.RefusedShare:P0} of the requests were refused for other reasons than a fill that came "
                + "first: the latencies are partly those of refusals, which cost the venue less.";
        }
    }

    public static void WriteSummary(Utf8JsonWriter json, LoadRunOptions options, LoadRunResult found, bool isInterrupted)
    {
        json.WriteBoolean("isInterrupted", isInterrupted);
        json.WriteString("brokenOff", found.BrokenOff);
        json.WriteNumber("seconds", Math.Round(found.Seconds, 3));
        json.WriteNumber("wantedPerSecond", options.RatePerSecond);
        json.WriteNumber("answeredPerSecond", Math.Round(found.AnsweredPerSecond, 3));
        json.WriteBoolean("isRateHeld", found.Holds(options.RatePerSecond));
        json.WriteNumber("sent", found.Counts.Sent);
        json.WriteNumber("notSent", found.NotSent);
        json.WriteNumber("acknowledged", found.Counts.Acknowledged);
        json.WriteNumber("rejected", found.Counts.Rejected);
        json.WriteStartObject("rejects");
        foreach (var reject in found.Rejects)
        {
            json.WriteNumber($"{reject.Code}", reject.Count);
        }

        json.WriteEndObject();
        json.WriteNumber("withoutOutcome", found.Counts.Unknown);
        json.WriteNumber("askedAgain", found.Counts.AskedAgain);
        json.WriteNumber("fills", found.Counts.Fills);
        json.WriteNumber("filledLots", found.Counts.FilledLots);
        WriteNanos(json, "latencyNanos", found.Latency);
        WriteNanos(json, "hiccupNanos", found.Hiccups);
        WriteWords(json, "unpriced", found.Unpriced);
        json.WriteNumber("withdrawn", found.Withdrawn);
        json.WriteNumber("leftResting", found.LeftResting);
        json.WriteStartObject("positionLots");
        foreach (var position in found.Positions)
        {
            json.WriteNumber(position.Symbol, position.Lots);
        }

        json.WriteEndObject();
    }

    /// <summary>The reason that the load itself brings about, and the one that an operator does.</summary>
    private static string Meaning(RejectCode code) => code switch
    {
        RejectCode.UnknownOrder => " (cancels that came after a fill)",
        RejectCode.NotInThisState => " (halted, or in another state that takes no such order)",
        _ => "",
    };

    private static string Micros(LongHistogram nanos)
    {
        if (nanos.TotalCount == 0)
        {
            return "no sample";
        }

        var parts = Percentiles.Select(percentile => string.Create(
            CultureInfo.InvariantCulture, $"p{percentile} {Micros(nanos.GetValueAtPercentile(percentile))}"));
        return $"{string.Join("  ", parts)}  max {Micros(nanos.GetMaxValue())} ({Number(nanos.TotalCount)} samples)";
    }

    private static void WriteNanos(Utf8JsonWriter json, string name, LongHistogram nanos)
    {
        json.WriteStartObject(name);
        json.WriteNumber("samples", nanos.TotalCount);
        foreach (var percentile in Percentiles)
        {
            var key = percentile.ToString(CultureInfo.InvariantCulture).Replace(".", "", StringComparison.Ordinal);
            json.WriteNumber($"p{key}", nanos.TotalCount == 0 ? 0 : nanos.GetValueAtPercentile(percentile));
        }

        json.WriteNumber("max", nanos.TotalCount == 0 ? 0 : nanos.GetMaxValue());
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IReadOnlyList<string> words)
    {
        json.WriteStartArray(name);
        foreach (var one in words)
        {
            json.WriteStringValue(one);
        }

        json.WriteEndArray();
    }

    private static string Micros(long nanos) => TextOutput.Number(nanos / 1_000.0, 1);

    private static string Rate(double perSecond) => perSecond.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Number(long value) => TextOutput.Number(value);
}

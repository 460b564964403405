using System.Diagnostics;

namespace HftDelta.Perf.Codecs;

/// <summary>
/// The generated codec of a new order beside a struct written by hand, and validation beside reading each field once.
/// </summary>
public static class CodecSuite
{
    private const ulong Seed = 1;
    private const int WarmUpRounds = 30;
    private const int PassesPerRun = 32;
    private const double CodingBudget = 1.3;
    private const double ValidationBudget = 1.5;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "codec",
            $"NewOrderSingle, {OrderFrames.FrameBytes} bytes with {OrderFrames.Count} random orders in the first cache, "
            + "one thread; from values to a frame and from a frame, validated first, to values; floor: a struct of the "
            + $"same layout laid over the bytes, its fields copied one by one, in turns; the shortest of many runs of "
            + $"{PassesPerRun * OrderFrames.Count:N0}");
        var frames = new OrderFrames(Seed);
        (string Label, Action Floor, Action Subject, double Budget)[] rows =
        [
            ("encode", frames.EncodeByStruct, frames.EncodeByCodec, CodingBudget),
            ("validate and decode", frames.DecodeByStruct, frames.DecodeByCodec, CodingBudget),
            ("encode, validate and decode", frames.RoundByStruct, frames.RoundByCodec, CodingBudget),
            ("validate, against reading each field once", () => frames.Touch(), () => frames.Validate(), ValidationBudget),
        ];
        foreach (var (_, floor, subject, _) in rows)
        {
            WarmUp(floor, subject);
        }

        foreach (var (label, floor, subject, budget) in rows)
        {
            var runs = options.Quick ? 20 : 200;
            var paired = PairedRuns.Measure(
                options.Quick ? 5 : 15,
                () => ShortestRun.Of(runs, () => Nanos(floor)),
                () => ShortestRun.Of(runs, () => Nanos(subject), result.Counters));
            result.Rows.Add(paired.Row($"{label}, budget {budget:F1} times the floor", "ns"));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        frames.RoundByCodec();
        frames.Validate();
        result.Rows.Add(new SuiteRow("allocated, all rounds", "bytes", GC.GetAllocatedBytesForCurrentThread() - before));
        return result;
    }

    private static void WarmUp(Action floor, Action subject)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            Nanos(floor);
            Nanos(subject);

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(20);
        }
    }

    /// <summary>Nanoseconds for one order.</summary>
    private static double Nanos(Action pass)
    {
        var began = Stopwatch.GetTimestamp();
        for (var count = 0; count < PassesPerRun; count++)
        {
            pass();
        }

        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / (PassesPerRun * OrderFrames.Count);
    }
}

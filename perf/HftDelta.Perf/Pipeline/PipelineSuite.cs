using HftDelta.Primitives.Units;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// A whole venue within the process, from the client's ring through ingress, journal, engine and egress back to the client's
/// ring: commands per second, and latency at fixed rates.
/// </summary>
public static class PipelineSuite
{
    private const ulong Seed = 43;
    private const int CoresOfDedicated = 4;
    private const double StageRate = 100_000;
    private const double WantedRate = 1_000_000;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "pipeline",
            "A venue on threads and one client thread, ring to ring within the process; durability process, journal in files. "
            + $"Throughput: closed loop, {FlowClient.Window:#,0} commands unanswered. Latency: open loop, from the intended time "
            + "of sending to the command's first report read. Two hot threads: journal and engine on one, the client on the "
            + "other with ingress and egress, which it steps between its own sends and reads. Floors: the same frames, 96 bytes "
            + "each, copied into a bare ring of 128-byte slots and out of it by a second thread; for latency back again through "
            + "a second ring. In turns; medians");
        var volume = options.Quick ? PipelineVolume.Quick : PipelineVolume.Full;
        PipelinePlan[] plans = [.. PlansOf(options.Quick)];
        var now = DateTime.UtcNow - DateTime.UnixEpoch;
        using var flow = FlowMaker.Make(
            Math.Max(
                Math.Max(plans.Max(volume.CommandsOf), PathCost.CommandsOf(volume)), StageBudget.CommandsOf(volume, StageRate)),
            Seed,
            new TimeNanos((ulong)now.TotalMilliseconds * 1_000_000));
        var measurement = new PipelineMeasurement(volume, flow, result);
        foreach (var plan in plans)
        {
            measurement.Run(plan);
        }

        new PathCost(flow, result).Run(volume);
        new StageBudget(flow, result).Run(volume, StageRate);
        measurement.AddNotes();
        return result;
    }

    private static IEnumerable<PipelinePlan> PlansOf(bool isQuick)
    {
        double[] rates = isQuick ? [10_000] : [10_000, 100_000, WantedRate];
        yield return new PipelinePlan(ThreadingMode.Auto, IdleKind.Backoff, HasThroughput: true, rates);
        yield return new PipelinePlan(
            ThreadingMode.Shared, IdleKind.Backoff, HasThroughput: true, isQuick ? rates : rates[1..], StepsByHand.Edges);
        yield return new PipelinePlan(ThreadingMode.Compact, IdleKind.Backoff, HasThroughput: true, []);
        yield return new PipelinePlan(ThreadingMode.Shared, IdleKind.Backoff, HasThroughput: true, isQuick ? [] : rates[1..]);
        if (!isQuick)
        {
            yield return new PipelinePlan(ThreadingMode.Auto, IdleKind.Yield, HasThroughput: false, [10_000]);
        }

        if (Environment.ProcessorCount >= CoresOfDedicated)
        {
            yield return new PipelinePlan(ThreadingMode.Dedicated, IdleKind.Backoff, HasThroughput: true, isQuick ? [] : rates);
        }
    }
}

using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using HftDelta.Perf.Codecs;
using HftDelta.Perf.Micro;

namespace HftDelta.Perf;

/// <summary>
/// Work of nanoseconds under BenchmarkDotNet, as a second opinion beside the suites. In this process: a generated project would
/// be built with the settings of this repository, which are not for it.
/// </summary>
internal static class MicroBenchmarks
{
    /// <returns>0, or 1 when a benchmark could not be run.</returns>
    public static int Run(bool quick, DirectoryInfo output)
    {
        var job = (quick ? Job.ShortRun : Job.MediumRun).WithToolchain(InProcessEmitToolchain.Instance);
        var config = DefaultConfig.Instance.AddJob(job)
            .WithArtifactsPath(Path.Combine(output.FullName, "micro"));
        var summaries = BenchmarkRunner.Run([typeof(CodecBenchmarks), typeof(WorkBenchmarks)], config);
        return Array.Exists(summaries, HasFailed) ? 1 : 0;
    }

    private static bool HasFailed(Summary summary) =>
        summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success);
}

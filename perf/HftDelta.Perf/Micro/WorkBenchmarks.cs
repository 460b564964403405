using BenchmarkDotNet.Attributes;

namespace HftDelta.Perf.Micro;

/// <summary>Every work and its floor under BenchmarkDotNet, which also counts the bytes that an operation allocates.</summary>
[MemoryDiagnoser]
public class WorkBenchmarks
{
    private MicroWork _work = null!;

    public static IEnumerable<string> Works => MicroWorks.Names;

    [ParamsSource(nameof(Works))]
    public string Work { get; set; } = "";

    [GlobalSetup]
    public void Make() => _work = MicroWorks.Make(Work);

    [GlobalCleanup]
    public void Dispose() => _work.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = MicroWork.Operations)]
    public void Floor() => _work.RunFloor();

    [Benchmark(OperationsPerInvoke = MicroWork.Operations)]
    public void Subject() => _work.Run();
}

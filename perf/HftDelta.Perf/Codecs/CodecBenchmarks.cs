using BenchmarkDotNet.Attributes;

namespace HftDelta.Perf.Codecs;

/// <summary>The suite's subjects and floors for BenchmarkDotNet, which also counts the bytes that each allocates.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly OrderFrames _frames = new(seed: 1);

    [Benchmark(Baseline = true, OperationsPerInvoke = OrderFrames.Count)]
    public void RoundByStruct() => _frames.RoundByStruct();

    [Benchmark(OperationsPerInvoke = OrderFrames.Count)]
    public void RoundByCodec() => _frames.RoundByCodec();

    [Benchmark(OperationsPerInvoke = OrderFrames.Count)]
    public void EncodeByStruct() => _frames.EncodeByStruct();

    [Benchmark(OperationsPerInvoke = OrderFrames.Count)]
    public void EncodeByCodec() => _frames.EncodeByCodec();

    [Benchmark(OperationsPerInvoke = OrderFrames.Count)]
    public void DecodeByStruct() => _frames.DecodeByStruct();

    [Benchmark(OperationsPerInvoke = OrderFrames.Count)]
    public void DecodeByCodec() => _frames.DecodeByCodec();

    [Benchmark(OperationsPerInvoke = OrderFrames.Count)]
    public ulong Touch() => _frames.Touch();

    [Benchmark(OperationsPerInvoke = OrderFrames.Count)]
    public ulong Validate() => _frames.Validate();
}

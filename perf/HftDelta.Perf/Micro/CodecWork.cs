using HftDelta.Perf.Codecs;

namespace HftDelta.Perf.Micro;

/// <summary>A new order encoded, validated and decoded; floor: a struct written by hand over the same bytes.</summary>
internal sealed class CodecWork : MicroWork
{
    private readonly OrderFrames _frames = new(seed: 1);

    public override void Run()
    {
        _frames.RoundByCodec();
        _frames.Validate();
    }

    public override void RunFloor() => _frames.RoundByStruct();
}

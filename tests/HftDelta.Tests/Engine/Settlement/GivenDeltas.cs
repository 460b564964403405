using HftDelta.Engine.State;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>A risk worker that says what the test wants instead of what the kernel says, with a hash that fits.</summary>
internal sealed class GivenDeltas
{
    private readonly EngineHarness _engine;

    public GivenDeltas(EngineHarness engine)
    {
        _engine = engine;
        engine.CorruptRisk = Replace;
    }

    /// <summary>The delta of every instrument from the next marker on; null leaves the kernel's.</summary>
    public decimal? Next { get; set; }

    /// <summary>A delta for each instrument, in 2^-32; wins over <see cref="Next"/>.</summary>
    public Func<uint, long>? Each { get; set; }

    private Hash256 Replace(uint underlying)
    {
        for (uint id = 1; id <= _engine.View.InstrumentCount; id++)
        {
            ref var result = ref _engine.Processor.Risk.Computed(id);
            if (Each is not null)
            {
                result.Delta = Each(id);
            }
            else if (Next is not null)
            {
                result.Delta = (long)(Next.Value * Scale.SubAtomsPerAtom);
            }

            result.Digest = result.DigestOf(id);
        }

        return _engine.Processor.Risk.HashOf(new UnderlyingId(underlying));
    }
}

using HftDelta.Engine.Greeks;
using HftDelta.Perf.Greeks;
using HftDelta.Primitives;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Perf.Micro;

/// <summary>Price and delta of an option in integers; floor: the same formula in doubles.</summary>
internal sealed class KernelWork : MicroWork
{
    private readonly Black76Input[] _inputs = KernelSuite.MakeInputs(new SplitMix64(1), Operations);

    public override void Run()
    {
        var sum = 0L;
        foreach (ref readonly var input in _inputs.AsSpan())
        {
            sum += Black76Kernel.Evaluate(in input).DeltaQ62;
        }

        Check.That(sum != 0);
    }

    public override void RunFloor()
    {
        var sum = 0.0;
        foreach (ref readonly var input in _inputs.AsSpan())
        {
            sum += KernelSuite.InDoubles(in input);
        }

        Check.That(sum != 0);
    }
}

using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Perf.Greeks;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Perf.Micro;

/// <summary>An option's 35 scenarios, from which portfolio margin is summed; floor: as many prices in doubles.</summary>
internal sealed class MarginWork : MicroWork
{
    private const long LotAtoms = 10_000;
    private const long StepTicks = 30_000;

    private readonly Black76Input[] _inputs = KernelSuite.MakeInputs(new SplitMix64(2), Operations);

    public override void Run()
    {
        Span<SubAtoms> vector = stackalloc SubAtoms[ScenarioVectors.Count];
        var grid = ScenarioGrid.Default;
        var prices = grid.Shock(_inputs[0].Forward);
        var sum = Int128.Zero;
        foreach (ref readonly var input in _inputs.AsSpan())
        {
            ScenarioVectors.Option(grid, prices, input, LotAtoms, vector);
            sum += vector[0].Value;
        }

        Check.That(sum != 0);
    }

    public override void RunFloor()
    {
        var sum = 0.0;
        foreach (ref readonly var input in _inputs.AsSpan())
        {
            for (var scenario = 0; scenario < ScenarioVectors.Count; scenario++)
            {
                var forward = new PriceTicks(input.Forward.Value + (scenario * StepTicks));
                sum += KernelSuite.InDoubles(input with { Forward = forward });
            }
        }

        Check.That(sum != 0);
    }
}

using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Randomness;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SplitMix64Tests
{
    /// <summary>The first five outputs for this seed as published with the algorithm's task on Rosetta Code.</summary>
    [Test]
    public void First_outputs_for_seed_1234567_are_the_published_ones()
    {
        var generator = new SplitMix64(1234567);

        Assert.That(
            Enumerable.Range(0, 5).Select(_ => generator.Next()),
            Is.EqualTo(new[]
            {
                6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL,
                16408922859458223821UL,
            }));
    }

    [Test]
    public void Generator_made_of_a_state_goes_on_from_there()
    {
        var generator = new SplitMix64(42);
        generator.Next();
        var copy = new SplitMix64(generator.State);

        Assert.That(copy.Next(), Is.EqualTo(generator.Next()));
    }
}

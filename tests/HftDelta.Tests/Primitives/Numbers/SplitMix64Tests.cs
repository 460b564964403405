using HftDelta.Primitives.Numbers;
using NUnit.Framework;

namespace HftDelta.Tests.Primitives.Numbers;

/// <summary>The generator against the values that are published for it.</summary>
[CancelAfter(20_000)]
internal sealed class SplitMix64Tests
{
    [Test]
    public void The_numbers_of_a_seed_are_the_published_ones()
    {
        var state = 1_234_567UL;
        Assert.That(
            Enumerable.Range(0, 5).Select(_ => SplitMix64.Next(ref state)),
            Is.EqualTo([
                6_457_827_717_110_365_317UL, 3_203_168_211_198_807_973UL, 9_817_491_932_198_370_423UL,
                4_593_380_528_125_082_431UL, 16_408_922_859_458_223_821UL,
            ]));
    }
}

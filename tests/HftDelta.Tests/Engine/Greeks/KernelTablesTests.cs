using System.Numerics;
using HftDelta.Engine.Greeks;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>Every table entry against series that share nothing with those that built it.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class KernelTablesTests
{
    [Test]
    public void Logarithms_are_those_of_their_factors()
    {
        for (var index = 0; index < 256; index++)
        {
            var factor = (BigInteger)KernelTables.LogFactorsQ63[index] << (BigBlack76.Bits - 63);
            AssertRounded(KernelTables.LogValuesQ64[index], -BigBlack76.Ln(factor), 64, $"entry {index}");
            // Times any mantissa of its interval the factor gives 1 to 1 + 2^-8.
            var ends = (Low: factor * (256 + index) >> 8, High: factor * (257 + index) >> 8);
            Assert.That(ends.Low, Is.GreaterThanOrEqualTo(BigBlack76.One), $"entry {index}");
            Assert.That(ends.High, Is.LessThanOrEqualTo(BigBlack76.One * 257 >> 8), $"entry {index}");
        }
    }

    [Test]
    public void Densities_fall_by_a_256th_of_an_octave()
    {
        var lnTwo = BigBlack76.Ln(2 * BigBlack76.One);
        var top = BigBlack76.Density(0);
        for (var index = 0; index < 256; index++)
        {
            var expected = top * BigBlack76.Exp(-lnTwo * index / 256) >> BigBlack76.Bits;
            AssertRounded(KernelTables.DensityQ65[index], expected, 65, $"entry {index}");
            AssertRounded(KernelTables.PowersOfHalfQ63[index], BigBlack76.Exp(-lnTwo * index / 256), 63, $"entry {index}");
        }

        AssertRounded(KernelTables.HalfLogTwoOfEQ64, (BigBlack76.One << BigBlack76.Bits) / lnTwo / 2, 64, "log2(e) / 2");
        var both = ((BigInteger)KernelTables.LnTwoQ64 << 64) + KernelTables.LnTwoNextQ128;
        Assert.That(both, Is.EqualTo(lnTwo >> (BigBlack76.Bits - 128)));
    }

    [Test]
    public void Mills_terms_are_tail_over_density_and_its_derivatives()
    {
        for (var octave = 0; octave < 6; octave++)
        {
            for (var segment = 0; segment < 32; segment++)
            {
                // |x| + 1 = 2^octave (1 + segment / 32). The tail itself is 1 less something near 1, so from 7 on the
                // continued fraction of the ratio is what keeps enough bits.
                var start = ((32 + segment) << octave) - 32;
                var x = (BigInteger)start << (BigBlack76.Bits - 5);
                var ratio = octave < 3 ? (BigBlack76.Normal(-x) << BigBlack76.Bits) / BigBlack76.Density(x) : MillsRatio(x);
                var slope = BigBlack76.One - (ratio * start >> 5);
                var offset = ((octave * 32) + segment) * KernelTables.MillsTermCount;
                AssertRounded(KernelTables.MillsTermsQ63[offset], ratio, 63, $"ratio at {start}/32");
                AssertRounded(KernelTables.MillsTermsQ63[offset + 1], slope << octave, 63, $"slope at {start}/32");
            }
        }
    }

    [Test]
    public void Series_of_one_segment_arrives_at_the_start_of_the_next()
    {
        // From |x| = 0 to 62: what follows from the first two terms is checked over all thirteen.
        for (var segment = 0; segment + 1 < 6 * 32; segment++)
        {
            var terms = KernelTables.MillsTermsQ63.AsSpan(segment * KernelTables.MillsTermCount, KernelTables.MillsTermCount);
            BigInteger sum = 0;
            for (var order = KernelTables.MillsTermCount - 1; order >= 0; order--)
            {
                sum = ((BigInteger)terms[order] << 64) - (sum >> 5);
            }

            // The next octave measures the same ratio with the same scale in its first term.
            var next = KernelTables.MillsTermsQ63[(segment + 1) * KernelTables.MillsTermCount];
            Assert.That(BigInteger.Abs((sum >> 64) - next), Is.LessThanOrEqualTo((BigInteger)2), $"segment {segment}");
        }
    }

    [Test]
    public void Hash_of_the_tables_is_the_one_that_this_engine_version_stands_for()
    {
        // A change of this value is a new kernel: it needs a new engine version, never just a new line here.
        Assert.That(KernelTables.Hash.ToString(), Is.EqualTo("ba006fe488f54b56580202c96509298fa117cb63493a33bf0dec2057f6caf229"));
    }

    /// <summary>Laplace: 1 / (x + 1 / (x + 2 / (x + ...))).</summary>
    private static BigInteger MillsRatio(BigInteger x)
    {
        var denominator = x;
        for (var order = 300; order >= 1; order--)
        {
            denominator = x + ((order * BigBlack76.One << BigBlack76.Bits) / denominator);
        }

        return (BigBlack76.One << BigBlack76.Bits) / denominator;
    }

    private static void AssertRounded(ulong actual, BigInteger expected, int bits, string what)
    {
        var rounded = (expected + (BigInteger.One << (BigBlack76.Bits - bits - 1))) >> (BigBlack76.Bits - bits);
        Assert.That((BigInteger)actual, Is.EqualTo(rounded), what);
    }
}

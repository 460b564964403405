using HftDelta.Engine.Greeks;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

[TestFixture]
[CancelAfter(20_000)]
public sealed class KernelDigestTests
{
    [Test]
    public void Digest_is_the_one_of_every_machine_and_build()
    {
        // The anchor: a change of a single bit of any result shows here, in Debug as in Release.
        Assert.That(
            KernelDigest.Compute(500).ToString(),
            Is.EqualTo("11de67598d2e6181f099687097fcc6a1156f6e27a3c77c1e849c74add384e6b8"));
    }

    [Test]
    public void Digest_depends_on_how_many_inputs_it_saw()
    {
        Assert.That(KernelDigest.Compute(1), Is.Not.EqualTo(KernelDigest.Compute(2)));
    }
}

using HftDelta.Node.Development;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Development;

[CancelAfter(20_000)]
internal sealed class HostSettingsTests
{
    [TestCase("0x10000000", true)]
    [TestCase("10000000", true)]
    [TestCase("0X10000000", true)]
    [TestCase("0xfffffff", false)]
    [TestCase("much", false)]
    [TestCase(null, false)]
    public void The_first_generation_is_told_as_the_environment_has_it(string? variable, bool isGranted)
    {
        var grant = HostSettings.FirstGeneration(variable);

        Assert.That(grant.IsGranted, Is.EqualTo(isGranted));
        Assert.That(grant.Mend, isGranted ? Is.Empty : Does.Contain("DOTNET_GCgen0size"));
    }

    [TestCase(false, false, true)]
    [TestCase(false, true, false)]
    [TestCase(true, false, false)]
    public void A_collector_with_threads_of_its_own_is_told(bool isServer, bool isConcurrent, bool isGranted) =>
        Assert.That(
            HostSettings.Collector(isServer, new Dictionary<string, object> { ["ConcurrentGC"] = isConcurrent }).IsGranted,
            Is.EqualTo(isGranted));

    [Test]
    public void What_is_refused_says_what_mends_it()
    {
        var lines = HostSettings.Apply(locksMemory: false).Lines.ToList();

        Assert.That(lines, Is.Not.Empty);
        Assert.That(
            lines.Where(line => line.Contains("refused", StringComparison.Ordinal)), Is.All.Contains("; to mend it: "));
    }
}

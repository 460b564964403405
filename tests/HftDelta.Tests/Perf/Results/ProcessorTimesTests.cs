using System.Diagnostics;
using HftDelta.Perf.Results;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Results;

[CancelAfter(20_000)]
internal sealed class ProcessorTimesTests
{
    [Test]
    public void Shares_are_those_of_two_readings()
    {
        var before = ProcessorTimes.Parse("cpu  100 0 0 100 0 0 0 0 0 0", TimeSpan.Zero, 0);
        var second = Stopwatch.Frequency;

        // Of 200 ticks: 40 stolen, 60 idle or waiting for a device, 100 busy, of which half were ours.
        var own = TimeSpan.FromSeconds(0.25 * Environment.ProcessorCount);
        var after = ProcessorTimes.Parse("cpu  170 10 20 150 10 0 0 40 0 0", own, second);
        Assert.That(after.StealShareSince(before), Is.EqualTo(0.2).Within(1e-9));
        Assert.That(after.OthersShareSince(before), Is.EqualTo(0.25).Within(1e-9));
    }

    [TestCase(null)]
    [TestCase("cpu  1 2 3")]
    public void A_system_that_does_not_tell_gives_no_number(string? line)
    {
        var times = ProcessorTimes.Parse(line, TimeSpan.Zero, 0);
        Assert.That(times.StealShareSince(times), Is.NaN);
    }
}

using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Node.Clients;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Clients;

/// <summary>Recordings of several processes add up to what one recording of all would be.</summary>
[CancelAfter(20_000)]
internal sealed class WireLatencyTests
{
    [Test]
    public void Buckets_of_two_recordings_add_up()
    {
        var all = new WireLatency();
        var first = new WireLatency();
        var second = new WireLatency();
        for (ulong value = 1; value <= 1_000; value++)
        {
            var nanos = value * value * 100;
            all.Record(nanos);
            (value % 3 == 0 ? first : second).Record(nanos);
        }

        var sum = new WireLatency();
        sum.Add(BucketsOf(first));
        sum.Add(BucketsOf(second));
        Assert.That(sum.Samples, Is.EqualTo(1_000));
        foreach (var percentile in new[] { 1.0, 50, 90, 99, 99.9 })
        {
            Assert.That(sum.AtPercentile(percentile), Is.EqualTo(all.AtPercentile(percentile)), $"{percentile}");
        }

        Assert.That(sum.AtPercentile(50), Is.EqualTo(500L * 500 * 100).Within(0.2).Percent, "the median is known");
        Assert.That(sum.Max, Is.EqualTo(1_000L * 1_000 * 100).Within(0.2).Percent);
    }

    [Test]
    public void Without_samples_everything_is_nothing()
    {
        var empty = new WireLatency();
        Assert.That(empty.AtPercentile(99), Is.Zero);
        Assert.That(empty.Max, Is.Zero);
        Assert.That(BucketsOf(empty).GetArrayLength(), Is.Zero);
    }

    private static JsonElement BucketsOf(WireLatency latency)
    {
        using var output = new StringWriter();
        JsonOutput.Write(output, "test/1", json => latency.WriteBuckets(json, "buckets"));
        using var parsed = JsonDocument.Parse(output.ToString());
        return parsed.RootElement.GetProperty("buckets").Clone();
    }
}

using HftDelta.Runtime.Counters;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>What another process sees of a venue.</summary>
[CancelAfter(20_000)]
internal sealed class VenueCountersTests
{
    [Test]
    public void The_counter_file_tells_where_every_stage_is()
    {
        var path = Path.Combine(Path.GetTempPath(), $"hftdelta-counters-{Guid.NewGuid():N}.dat");
        try
        {
            using (var driver = VenueDriver.Trading(VenueDriver.SmallOptions() with { CounterFilePath = path }))
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
                driver.Idle();
                driver.Step(200);
                using var reader = CounterReader.Open(path);
                var values = reader.ReadAll().ToDictionary(one => $"{one.Name}{{{one.Label}}}", one => one.Value);
                var last = driver.Venue.LastSequence.Value;
                Assert.That(values["hftdelta_gateway_last_sequence{}"], Is.EqualTo(last));
                Assert.That(values["hftdelta_journal_durable_sequence{}"], Is.EqualTo(last));
                Assert.That(values["hftdelta_engine_applied_sequence{}"], Is.EqualTo(last));
                Assert.That(values["hftdelta_egress_safe_sequence{}"], Is.EqualTo(last));
                Assert.That(values["hftdelta_gateway_frames_total{result=accepted}"], Is.Positive);
                Assert.That(values, Contains.Key("hftdelta_gateway_frames_total{result=internal_template}"));
                Assert.That(values, Contains.Key("hftdelta_gateway_malformed_total{reason=trailing_bytes}"));
                driver.Venue.Stop();
            }

            using var dead = CounterReader.Open(path);
            Assert.That(dead.IsClosed, Is.True);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Stages_of_sampled_commands_add_up_to_their_way_and_stand_in_the_counters()
    {
        var path = Path.Combine(Path.GetTempPath(), $"hftdelta-counters-{Guid.NewGuid():N}.dat");
        try
        {
            using var driver = VenueDriver.Trading(
                VenueDriver.SmallOptions() with { CounterFilePath = path, StageSampleEvery = 1 });
            for (var index = 0; index < 50; index++)
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001 + index, 5);
                driver.Idle();
            }

            driver.Venue.Stop();
            var stages = driver.Venue.Agents.Monitor.Stages!;
            Assert.That(stages.Samples, Is.GreaterThanOrEqualTo(50));
            using var reader = CounterReader.Open(path);
            var values = reader.ReadAll().ToDictionary(one => $"{one.Name}{{{one.Label}}}", one => one.Value);
            long Total(string stage) => values[$"hftdelta_stage_nanos_total{{stage={stage}}}"];
            Assert.Multiple(() =>
            {
                Assert.That(
                    Total("ingress") + Total("queue") + Total("engine") + Total("safe") + Total("egress"),
                    Is.EqualTo(Total("house")));
                Assert.That(Total("engine"), Is.Positive.And.LessThan(Total("house")));
                Assert.That(Total("journal"), Is.Positive.And.LessThan(Total("house")));
                Assert.That(
                    values["hftdelta_stage_mean_nanos{stage=house}"], Is.EqualTo(Total("house") / stages.Samples));
                Assert.That(
                    values["hftdelta_stage_max_nanos{stage=house}"],
                    Is.InRange(Total("house") / stages.Samples, Total("house")));
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void The_way_of_commands_is_measured_when_that_is_asked_for()
    {
        using var driver = VenueDriver.Trading(VenueDriver.SmallOptions() with { LatencySampleEvery = 1 });
        for (var index = 0; index < 50; index++)
        {
            driver.Order(VenueDriver.Maker, Side.Sell, 1_001 + index, 5);
            driver.Idle();
        }

        driver.Venue.Stop();
        Assert.That(driver.Venue.Latency.TotalCount, Is.GreaterThanOrEqualTo(50));
    }
}

using System.Collections.Concurrent;
using HftDelta.Simulation.Transport;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Transport;

/// <summary>
/// Whole lives of drivers under everything that a network and machines do to them, scenario after scenario: no message is lost,
/// comes twice or out of order, every datagram keeps the rules, every stream ends, everything is given back.
/// </summary>
[CancelAfter(3_600_000)]
internal sealed class TransportSimulationTests
{
    private const int ShrinkRuns = 150;

    // Whoever only wants to know that some seed fails waits neither for others nor for its smallest form.
    private static readonly bool s_shrinks = Environment.GetEnvironmentVariable("HFTDELTA_SHRINK") != "0";
    private static readonly int s_failuresMax = s_shrinks ? 3 : 1;

    [Test]
    public void No_seed_breaks_a_rule() => RunSeeds(LongSuite.Volume(1_500, 50_000), LongSuite.Seed(1));

    private static void RunSeeds(int count, ulong firstSeed)
    {
        var failures = new ConcurrentQueue<string>();
        long messages = 0;
        long datagrams = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (index, loop) =>
        {
            var scenario = ScenarioDraw.Of(unchecked(firstSeed + (ulong)index));
            try
            {
                var outcome = ScenarioRun.Run(scenario);
                Interlocked.Add(ref messages, outcome.Messages);
                Interlocked.Add(ref datagrams, outcome.Network.Sent);
            }
            catch (Exception thrown) when (thrown is not OutOfMemoryException)
            {
                failures.Enqueue($"seed {scenario.Seed}: {thrown.Message}");
                if (failures.Count >= s_failuresMax)
                {
                    loop.Stop();
                }
            }
        });

        TestContext.Out.WriteLine($"{count} seeds from {firstSeed}: {messages} messages in {datagrams} datagrams");
        if (failures.TryPeek(out var first))
        {
            if (!s_shrinks)
            {
                Assert.Fail(string.Join(Environment.NewLine, failures));
            }

            var seed = ulong.Parse(first.Split(' ', ':')[1], System.Globalization.CultureInfo.InvariantCulture);
            var (smallest, failure) = ScenarioShrink.Shrink(ScenarioDraw.Of(seed), ShrinkRuns);
            Assert.Fail(
                $"{string.Join(Environment.NewLine, failures)}{Environment.NewLine}"
                + $"the smallest of the first: {failure}{Environment.NewLine}{smallest}");
        }

        Assert.That(messages, Is.GreaterThan(100L * count), "the scenarios say something");
    }
}

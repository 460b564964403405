using CsCheck;
using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Threads;

[TestFixture]
[CancelAfter(20_000)]
public sealed class BackoffTests
{
    [Test]
    public void Backoff_spins_then_yields_then_parks_twice_as_long_each_time_up_to_the_most()
    {
        List<string> seen = [];
        var backoff = new Backoff<Recorder>(new BackoffParameters(2, 3, 100, 700), new Recorder(seen));

        for (var cycle = 0; cycle < 10; cycle++)
        {
            backoff.Idle(0);
        }

        Assert.That(seen, Is.EqualTo(new[]
        {
            "spin", "spin", "yield", "yield", "yield", "park 100", "park 200", "park 400", "park 700", "park 700",
        }));
    }

    [Test]
    public void Work_begins_the_backoff_anew_without_waiting()
    {
        List<string> seen = [];
        var backoff = new Backoff<Recorder>(new BackoffParameters(1, 1, 100, 400), new Recorder(seen));
        foreach (var work in (ReadOnlySpan<int>)[0, 0, 0, 0, 7, 0, 0, 0])
        {
            backoff.Idle(work);
        }

        Assert.That(seen, Is.EqualTo(new[] { "spin", "yield", "park 100", "park 200", "spin", "yield", "park 100" }));
    }

    [Test]
    public void Reset_begins_anew()
    {
        List<string> seen = [];
        var backoff = new Backoff<Recorder>(new BackoffParameters(0, 0, 100, 400), new Recorder(seen));
        backoff.Idle(0);
        backoff.Idle(0);
        backoff.Reset();
        backoff.Idle(0);

        Assert.That(seen, Is.EqualTo(new[] { "park 100", "park 200", "park 100" }));
    }

    [Test]
    public void Any_history_waits_as_the_count_of_empty_cycles_since_work_says()
    {
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[1, 50], Gen.Int[1, 500], Gen.Int[0, 3].Array[0, 40])
            .Sample((spins, yields, least, more, history) =>
            {
                List<string> seen = [];
                List<string> expected = [];
                var parameters = new BackoffParameters(spins, yields, least, least + more);
                var backoff = new Backoff<Recorder>(parameters, new Recorder(seen));
                var empty = 0;
                foreach (var work in history)
                {
                    // Three of four cycles are empty, so that histories reach the parks.
                    var isWork = work == 3;
                    backoff.Idle(isWork ? work : 0);
                    if (isWork)
                    {
                        empty = 0;
                    }
                    else
                    {
                        expected.Add(Model(parameters, empty++));
                    }
                }

                return seen.SequenceEqual(expected);
            });
    }

    [TestCase(-1, 0, 1, 1)]
    [TestCase(0, -1, 1, 1)]
    [TestCase(0, 0, 0, 1)]
    [TestCase(0, 0, 2, 1)]
    [TestCase(0, 0, 1, 1_000_000_001)]
    public void Parameters_out_of_range_are_refused(int spins, int yields, long leastNanos, long mostNanos)
    {
        Assert.That(
            () => new BackoffParameters(spins, yields, leastNanos, mostNanos), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    /// <summary>The wait after so many empty cycles, computed from nothing but that number.</summary>
    private static string Model(BackoffParameters parameters, int emptyBefore)
    {
        if (emptyBefore < parameters.SpinsMax)
        {
            return "spin";
        }

        if (emptyBefore < parameters.SpinsMax + parameters.YieldsMax)
        {
            return "yield";
        }

        var doublings = emptyBefore - parameters.SpinsMax - parameters.YieldsMax;
        var nanos = Int128.Min((Int128)parameters.ParkMinNanos << doublings, parameters.ParkMaxNanos);
        return $"park {nanos}";
    }

    private readonly struct Recorder(List<string> seen) : IIdleActions
    {
        public void Spin() => seen.Add("spin");

        public void Yield() => seen.Add("yield");

        public void Park(long nanos) => seen.Add($"park {nanos}");
    }
}

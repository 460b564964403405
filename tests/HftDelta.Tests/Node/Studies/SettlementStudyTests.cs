using HftDelta.Node.Cli;
using HftDelta.Node.Studies;
using HftDelta.Tests.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Studies;

/// <summary>
/// The comparison with an L1 is arithmetic from what is stated, beside what this process measures; no speed is judged.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class SettlementStudyTests
{
    private static readonly SettlementPrices _prices = new(GasPriceGwei: 10, EtherUsd: 2_000, CoreHourUsd: 3.6);

    [Test]
    public void Settling_on_an_L1_costs_its_gas_and_waits_for_its_blocks()
    {
        var place = SettlementPlace.OnChain("L1", spacingSeconds: 3_600, accounts: 1_000, _prices);

        // 21,000 + 1,000 x 5,000 gas at 10 gwei are 0.05021 ether.
        Assert.That(place.CostUsd, Is.EqualTo(100.42).Within(1e-9));
        Assert.That(place.CostPerDayUsd, Is.EqualTo(24 * 100.42).Within(1e-6));
        Assert.That(place.LatencySeconds, Is.EqualTo(12));
        Assert.That(place.UnsettledSeconds, Is.EqualTo(3_600 + 768), "an hour, and 12.8 minutes until it is final");

        // 3 x 80 % x root of 4,368 s of a year.
        Assert.That(place.MarginBasisPoints, Is.EqualTo(282.4).Within(0.1));

        // 720 settlements in 30 days: root of pi / 4, times 9.15, over root of 720.
        Assert.That(place.Deviation, Is.EqualTo(0.302).Within(0.001));
    }

    [Test]
    public void Settling_here_costs_the_time_of_a_core()
    {
        var place = SettlementPlace.Here(2, accounts: 1_000, new SettlementCost(TickNanos: 1e6, TouchNanos: 1e3), _prices);

        // A millisecond and a thousand microseconds, at a thousandth of a dollar a second.
        Assert.That(place.CostUsd, Is.EqualTo(2e-6).Within(1e-12));
        Assert.That(place.SettlementsPerDay, Is.EqualTo(43_200));
        Assert.That(place.LatencySeconds, Is.EqualTo(1.001e-3).Within(1e-9));
        Assert.That(place.MarginBasisPoints, Is.EqualTo(6.04).Within(0.01));
    }

    [Test]
    public void What_is_measured_here_is_a_venue_that_settles()
    {
        using var bench = new SettlementBench();
        Assert.That(bench.Positions, Is.EqualTo(SettlementBench.Accounts * SettlementBench.PositionsPerAccount));
        var before = bench.SettledAtoms;
        bench.Measure(ticks: 8, CancellationToken.None);
        Assert.That(bench.SettledAtoms - before, Is.GreaterThan((Int128)SettlementBench.Accounts), "every account was moved");
    }

    [Test]
    public void One_command_prints_the_comparison()
    {
        var run = Run.Of("study", "settlement", "--output", "json", "--interval-seconds", "2");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        var rows = run.Json.GetProperty("rows").EnumerateArray().ToList();
        Assert.That(rows, Has.Count.EqualTo(4));
        Assert.That(rows[3].GetProperty("place").GetString(), Is.EqualTo("here"));
        Assert.That(rows[3].GetProperty("settlementsPerDay").GetDouble(), Is.EqualTo(43_200));
        Assert.That(run.Json.GetProperty("tickMicroseconds").GetDouble(), Is.Positive);
        Assert.That(run.Json.GetProperty("date").GetString(), Does.Match("^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"));
        Assert.That(run.Json.GetProperty("system").GetString(), Is.Not.Empty);
        Assert.That(Run.Of("study", "settlement", "--gas-gwei", "0").ExitCode, Is.EqualTo(ExitCode.Usage));
    }
}

using HftDelta.Perf;
using HftDelta.Perf.Pipeline;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Pipeline;

[CancelAfter(20_000)]
internal sealed class StageLegsTests
{
    private const double HouseNanos = 150;

    [Test]
    public void Legs_that_leave_nothing_out_add_up_to_the_whole()
    {
        var result = new SuiteResult("stages", "");
        var legs = Legs(Told(10, 20, 30));
        legs.AddOfBoth("to", static (sample, house) => house.Received - sample.IntendedNanos);
        legs.AddHouse();
        legs.AddOfBoth("from", static (sample, house) => sample.ReadNanos - house.Sent);
        var difference = legs.Report(result, static sample => sample.WayNanos, meanOfAll: 300);
        Assert.That(difference, Is.Zero.Within(1e-9));
        Assert.That(Value(result, "sum of the means"), Is.EqualTo(HouseNanos + 100 + 50).Within(1e-9));
        Assert.That(result.Notes[0], Does.Contain("(within 15"));
    }

    [Test]
    public void A_leg_that_is_missing_is_told()
    {
        var result = new SuiteResult("stages", "");
        var legs = Legs(Told(10, 20, 30));
        legs.AddOfBoth("to", static (sample, house) => house.Received - sample.IntendedNanos);
        legs.AddHouse();
        var difference = legs.Report(result, static sample => sample.WayNanos, meanOfAll: 300);
        Assert.That(difference, Is.EqualTo(-50.0 / 300).Within(1e-9));
        Assert.That(result.Notes[0], Does.Contain("(BEYOND 15"));
    }

    [Test]
    public void The_venues_own_legs_are_over_what_it_sampled_while_the_client_did()
    {
        var result = new SuiteResult("stages", "");

        // The client did not see 20, and neither 5 nor 40 were in its time.
        var legs = Legs(Told(10, 30), House(5, 9_000), House(40, 9_000), House(20, 400));
        legs.AddHouse();
        legs.Report(result, static sample => sample.WayNanos, meanOfAll: 300);
        Assert.That(Value(result, "engine: mean"), Is.EqualTo((50 + 400 + 50) / 3.0).Within(1e-9));
    }

    [Test]
    public void Nothing_sampled_at_both_ends_is_said_and_not_added_up()
    {
        var result = new SuiteResult("stages", "");
        var legs = new StageLegs<ClientSample>("label", 1_024, [House(10, 50)], []);
        legs.AddHouse();
        Assert.That(legs.Report(result, static sample => sample.WayNanos, meanOfAll: 0), Is.NaN);
        Assert.That(result.Rows, Is.Empty);
    }

    private static StageLegs<ClientSample> Legs(Dictionary<long, ClientSample> told, params StageSample[] more) =>
        new("label", 1_024, [.. more, .. told.Keys.Select(command => House(command, 50))], told);

    /// <summary>100 to the venue, 150 within it, 50 back.</summary>
    private static Dictionary<long, ClientSample> Told(params long[] commands) => commands.ToDictionary(
        static command => command, static command => new ClientSample(command, Start(command) - 100, Start(command) + 200, 300));

    private static StageSample House(long command, long engineNanos)
    {
        var start = Start(command);
        return new StageSample
        {
            Command = command,
            Received = start,
            Sequenced = start + 20,
            Journaled = start + 60,
            EngineBegun = start + 40,
            EngineDone = start + 40 + engineNanos,
            Released = start + 70 + engineNanos,
            Sent = start + 100 + engineNanos,
        };
    }

    private static long Start(long command) => command * 1_000_000;

    private static double Value(SuiteResult result, string name) =>
        result.Rows.Single(row => row.Label == $"label, {name}").Value;
}

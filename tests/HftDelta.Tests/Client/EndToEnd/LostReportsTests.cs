using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Requests;
using HftDelta.Engine;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>
/// The venue keeps fewer reports than a client missed: what they would have said is asked for, request by request.
/// </summary>
[CancelAfter(60_000)]
internal sealed class LostReportsTests
{
    private const int Calls = 100;

    [Test]
    public void Outcomes_come_even_when_their_reports_are_gone()
    {
        using var world = new TradedWorld(traders: 1, EngineLimits.Small with { ReportsPerSession = 16 });
        var told = new ToldEvents();
        var client = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader) with { WindowRequests = 256 }, told));
        world.Until(() => client.State == ConnectionState.Established, "the session");

        // Everything arrives at the venue and nothing comes back.
        world.Network.SetLink(
            world.Network.Host("10.0.0.1").Address, world.Network.Host("10.0.0.12").Address, LinkConditions.Cut);
        for (var call = 0; call < Calls; call++)
        {
            // Every tenth is refused: more lots than an order may have.
            var lots = call % 10 == 9 ? 1L << 40 : 1;
            Assert.That(client.Orders.NewOrder(ClientWorld.Order(price: 900, lots: lots)).IsSent);
            world.Step();
        }

        world.Until(() => world.Venue.View.OrderCount == Calls / 10 * 9, "the orders");
        Assert.That(told.Outcomes, Is.Empty);
        world.Until(() => client.State != ConnectionState.Established, "the loss");
        world.Network.ClearLinks();
        world.Until(() => told.Outcomes.Count == Calls, "all outcomes");
        world.Pass(300_000_000);
        Assert.That(told.Outcomes.Select(outcome => outcome.Request.Value).Distinct().Count(), Is.EqualTo(Calls));
        Assert.That(told.Lines, Has.Some.StartsWith("lost 1 to"));
        Assert.That(told.Outcomes.Count(outcome => outcome.IsRecovered), Is.GreaterThanOrEqualTo(Calls - 16));
        foreach (var outcome in told.Outcomes)
        {
            var expected = outcome.Request.Value % 10 == 0 ? OutcomeKind.Rejected : OutcomeKind.Accepted;
            Assert.That(outcome.Kind, Is.EqualTo(expected), $"request {outcome.Request.Value}");
            Assert.That(outcome.OrderId.Value != 0, Is.EqualTo(expected == OutcomeKind.Accepted));
        }
    }
}

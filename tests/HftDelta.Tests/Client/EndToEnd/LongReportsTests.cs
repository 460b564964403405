using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>
/// The reports of mass quotes are several times as long as others. Those that a client missed come again, whole, from what the
/// gateway keeps and, after a restart, from what the engine kept.
/// </summary>
[CancelAfter(60_000)]
internal sealed class LongReportsTests
{
    private const int Entries = 30;

    [TestCase(false)]
    [TestCase(true)]
    public void The_longest_report_comes_again_whole(bool isKilled)
    {
        using var world = Connect(EngineLimits.Small, out var told, out var client);
        Cut(world);
        Quote(client, lots: 1);
        world.Until(() => world.Venue.View.OrderCount == 2 * Entries, "the quotes rest");
        world.Until(() => client.State != ConnectionState.Established, "the loss");
        Assert.That(told.Lines, Has.None.StartsWith("quoted"));
        if (isKilled)
        {
            world.Venue.Kill();
        }

        world.Network.ClearLinks();
        world.Until(() => told.Outcomes.Count == 1, "its outcome");
        world.Until(() => told.Lines.Any(line => line.StartsWith("healed 1 to", StringComparison.Ordinal)), "what was missed");
        AssertQuoted(told, times: 1);
        Assert.That(told.Outcomes[0].Kind, Is.EqualTo(OutcomeKind.Accepted));
        Assert.That(told.Lines, Has.None.StartsWith("lost"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Long_reports_take_the_room_of_older_ones(bool isKilled)
    {
        // Room for 16 reports of 192 bytes: three of 828 and a short one that is told when they come again.
        using var world = Connect(EngineLimits.Small with { ReportsPerSession = 16 }, out var told, out var client);
        Cut(world);
        for (var lots = 7; lots > 0; lots--)
        {
            // With less each time: the quotes keep their places, and the only report is that of the mass quote.
            Quote(client, lots);
            world.Pass(1_000_000);
        }

        world.Until(() => client.State != ConnectionState.Established, "the loss");
        if (isKilled)
        {
            world.Venue.Kill();
        }

        world.Network.ClearLinks();
        world.Until(() => told.Outcomes.Count == 7, "all outcomes");
        world.Pass(300_000_000);
        Assert.That(told.Lines, Has.Some.EqualTo("lost 1 to 4"));
        AssertQuoted(told, times: 3);
        Assert.That(told.Outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Accepted));
    }

    private static TradedWorld Connect(EngineLimits limits, out ToldEvents told, out VenueClient client)
    {
        var world = new TradedWorld(traders: 1, limits, instruments: Entries);
        told = new ToldEvents();
        client = world.Add(new VenueClient(
            world.OptionsOf(TradedVenue.FirstTrader) with { WindowRequests = 256, CancelOnDisconnect = false }, told));
        var connecting = client;
        world.Until(() => connecting.State == ConnectionState.Established, "the session");
        return world;
    }

    /// <summary>Everything arrives at the venue and nothing comes back.</summary>
    private static void Cut(TradedWorld world) => world.Network.SetLink(
        world.Network.Host("10.0.0.1").Address, world.Network.Host("10.0.0.12").Address, LinkConditions.Cut);

    private static void Quote(VenueClient client, long lots)
    {
        var entries = Enumerable.Range(1, Entries).Select(instrument => new QuoteEntry
        {
            Instrument = new InstrumentId((uint)instrument),
            BidPrice = new PriceTicks(TradedVenue.StartPrice - 10),
            BidQuantity = new QuantityLots(lots),
            AskPrice = new PriceTicks(TradedVenue.StartPrice + 10),
            AskQuantity = new QuantityLots(lots),
        }).ToArray();
        Assert.That(client.Orders.MassQuote(new MassQuoteTerms { Underlying = new UnderlyingId(1) }, entries).IsSent);
    }

    /// <summary>Every entry of every report that came says that both sides rest.</summary>
    private static void AssertQuoted(ToldEvents told, int times)
    {
        var lines = told.Lines.Where(line => line.StartsWith("quoted", StringComparison.Ordinal)).ToArray();
        Assert.That(lines, Has.Length.EqualTo(times * Entries));
        for (var index = 0; index < lines.Length; index++)
        {
            Assert.That(lines[index], Does.Match($"^quoted {1 + (index % Entries)} 0 [1-9][0-9]* / 0 [1-9][0-9]*$"));
        }
    }
}

using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>The worked example of the delta index, by hand: what each account has after each step is in the comments.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class GoldenExampleTests
{
    private const uint Writer = 20;
    private const uint First = 21;
    private const uint Second = 22;

    [Test]
    public void A_perpetual_bought_at_the_mark_moves_less_than_one_percent_of_notional_in_cash()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying();
        venue.Oracle(60_000_000);
        venue.ListPerpetual(1);
        venue.OpenTrader(Writer, 1_000_000_000);
        venue.OpenTrader(First, 1_000_000_000);
        venue.Order(Writer, 1, Side.Sell, 60_100_000, 10);
        venue.Order(First, 1, Side.Buy, 60_100_000, 10);

        var paid = 1_000_000_000 - engine.View.Cash(new AccountId(First)).Value;
        Assert.That(engine.View.Position(new AccountId(First), new InstrumentId(1)).Value, Is.EqualTo(10));
        Assert.That(paid, Is.EqualTo(10 * 100_000));
        Assert.That(paid * 100, Is.LessThan(10 * 60_000_000L));
    }
}

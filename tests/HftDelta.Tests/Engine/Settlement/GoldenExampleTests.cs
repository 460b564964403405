using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>
/// The worked example of the delta index (docs/delta-settlement.md), one lot, prices in atoms. The deltas are given, as a
/// kernel would give them; what each account has after each step was worked out by hand.
/// </summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class GoldenExampleTests
{
    private const uint Writer = 20;
    private const uint First = 21;
    private const uint Last = 22;
    private const long Start = 1_000_000;
    private static readonly InstrumentId _call = new(1);

    [Test]
    public void The_worked_example_pays_each_account_what_its_trades_and_the_payoff_say()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        var deltas = new GivenDeltas(engine);
        var expiry = engine.TimeNanos + (30 * VenueScript.Second);
        venue.ListUnderlying();
        venue.Oracle(100);
        foreach (var account in new[] { Writer, First, Last })
        {
            venue.OpenTrader(account, Start);
        }

        deltas.Next = 0.5m;
        venue.ListOption(1, isCall: true, strike: 100, expiry);
        venue.SetVolatility(1, VenueScript.FullVolatility);
        Trade(venue, seller: Writer, buyer: First, price: 5);
        Assert.That(IndexOf(engine), Is.EqualTo(0m));

        deltas.Next = 0.7m;
        venue.Oracle(104);
        Assert.That(IndexOf(engine), Is.EqualTo(2.0m));

        deltas.Next = 0.65m;
        venue.Oracle(103);
        Assert.That(IndexOf(engine), Is.EqualTo(1.3m).Within(1e-9m));

        Trade(venue, seller: First, buyer: Last, price: 6);
        Assert.That(LifetimeCash(engine, Last), Is.EqualTo(-4.7m).Within(1e-8m), "the buyer pays gross less the index");

        venue.Oracle(110);
        Assert.That(IndexOf(engine), Is.EqualTo(5.85m).Within(1e-9m));

        engine.TimeNanos = expiry;
        venue.Oracle(110);
        engine.DrainPendingWork();

        Assert.That(engine.View.InstrumentState(_call), Is.EqualTo(InstrumentState.Removed));
        Assert.That(LifetimeCash(engine, Writer), Is.EqualTo(-5m), "5 received, 10 paid");
        Assert.That(LifetimeCash(engine, First), Is.EqualTo(1m), "bought at 5, sold at 6");
        Assert.That(LifetimeCash(engine, Last), Is.EqualTo(4m), "bought at 6, paid 10");
        Assert.That(engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
    }

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
        Assert.That(paid, Is.EqualTo(10 * 100_000), "gross price less the mark at listing, per lot");
        Assert.That(paid * 100, Is.LessThan(10 * 60_000_000L));
    }

    [Test]
    public void A_perpetual_pays_the_whole_move_because_its_delta_is_one()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying();
        venue.Oracle(60_000_000);
        venue.ListPerpetual(1);
        venue.OpenTrader(Writer, 1_000_000_000);
        venue.OpenTrader(First, 1_000_000_000);
        venue.Order(Writer, 1, Side.Sell, 60_000_000, 10);
        venue.Order(First, 1, Side.Buy, 60_000_000, 10);
        venue.Oracle(60_500_000);
        venue.Deposit(First, 1);
        venue.Deposit(Writer, 1);

        Assert.That(LifetimeCash(engine, First) - 1, Is.EqualTo(1_000_000_000m - Start + (10m * 500_000)));
        Assert.That(LifetimeCash(engine, Writer) - 1, Is.EqualTo(1_000_000_000m - Start - (10m * 500_000)));
    }

    private static void Trade(VenueScript venue, uint seller, uint buyer, long price)
    {
        venue.Order(seller, 1, Side.Sell, price, 1);
        venue.Order(buyer, 1, Side.Buy, price, 1);
    }

    private static decimal IndexOf(EngineHarness engine) =>
        (decimal)engine.View.DeltaIndex(_call).Value / Scale.SubAtomsPerAtom;

    private static decimal LifetimeCash(EngineHarness engine, uint account) =>
        engine.View.Cash(new AccountId(account)).Value - Start +
        ((decimal)engine.View.Dust(new AccountId(account)) / Scale.SubAtomsPerAtom);
}

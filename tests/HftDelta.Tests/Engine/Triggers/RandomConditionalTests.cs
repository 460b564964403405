using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>
/// Random stops and pegged orders under the smallest bounds, so that cascades and re-pricing are cut at every place: after every
/// few commands the state is audited, nothing is left over in the end, and the fixture replays it all.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class RandomConditionalTests : TriggerFixture
{
    private const int Commands = 3_000;

    private readonly List<(uint Account, ulong Id)> _sent = [];
    private readonly HashSet<string> _told = [];
    private int _busy;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 1_024,
        ExtendedOrders = 512,
        LevelsPerBook = 48,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 3,
    };

    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(3UL)]
    public void Random_conditional_orders_keep_every_promise_of_the_state(ulong seed)
    {
        var random = new SeededRandom(seed);
        _sent.Clear();
        _told.Clear();
        _busy = 0;
        Venue.SetRules(Perpetual, new TradingRules
        {
            DynamicBandPpm = 300, VolatilityAuctionNanos = 5, OpeningAuctionNanos = 5,
        });
        for (var command = 0; command < Commands; command++)
        {
            Engine.TimeNanos++;
            Step(random);
            _told.UnionWith(Engine.Reports().Select(line => line.Split(' ') is [_, var what, ..] ? what : ""));
            _busy += Engine.Reports().Count(line => line.Contains("InstrumentBusy", StringComparison.Ordinal));
            if (command % 20 == 0)
            {
                Engine.View.Audit();
            }
        }

        foreach (var account in new[] { Alice, Bob, Carol, Maker, Taker })
        {
            Venue.CloseSession(account);
        }

        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.Zero, $"seed {seed}");
        Assert.That(_told, Is.SupersetOf(new[] { "Triggered", "OracleMoved", "filled", "canceled", "replaced" }), $"seed {seed}");
        Assert.That(_busy, Is.GreaterThan(5), $"seed {seed}: work was cut");
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(Limits.EventSlotsPerCommand + EventWriter.PaddingSlotsMax));
    }

    private void Step(SeededRandom random)
    {
        var (account, known) = _sent.Count == 0 ? (Alice, 0UL) : _sent[(int)random.NextBelow((uint)_sent.Count)];
        switch (random.NextBelow(40))
        {
            case < 4:
                Venue.Cancel(account, Perpetual, known);
                break;
            case < 7:
                var quantity = 1 + (long)random.NextBelow(9);
                _sent.Add((account, Venue.Replace(account, Perpetual, known, Price(random), quantity)));
                break;
            case < 12:
                Venue.Oracle(Price(random) + (random.Chance(1, 10) ? 130 : 0));
                break;
            case 12 when random.Chance(1, 20):
                Venue.ChangeState(Perpetual, random.Chance(1, 2) ? InstrumentState.Halted : InstrumentState.OpeningAuction);
                break;
            case 13 or 14:
                Venue.ChangeState(Perpetual, InstrumentState.Open);
                break;
            case 15 when random.Chance(1, 8) && !Engine.Processor.HasPendingWork:
                Venue.Kill(Carol, cancelsOrders: true);
                Venue.Kill(Carol, isOn: false);
                break;
            case < 24:
                Conditional(random);
                break;
            default:
                Flow(random);
                break;
        }
    }

    /// <summary>Many small orders around the middle, and now and then one that sweeps them.</summary>
    private void Flow(SeededRandom random)
    {
        if (random.Chance(1, 15))
        {
            var side = random.Chance(1, 2) ? Side.Buy : Side.Sell;
            Venue.Order(Taker, Perpetual, side, side == Side.Buy ? 100_060 : 99_940, 60 + (long)random.NextBelow(100));
            return;
        }

        var away = 1 + (long)random.NextBelow(40);
        Venue.Order(Maker, Perpetual, Side.Buy, 100_000 - away, 1);
        Venue.Order(Maker, Perpetual, Side.Sell, 100_000 + away, 1);
    }

    private void Conditional(SeededRandom random)
    {
        var side = random.Chance(1, 2) ? Side.Buy : Side.Sell;
        Remember(Alice + (uint)random.NextBelow(3), side, random, terms =>
        {
            terms.OrderType = (OrderType)(4 + random.NextBelow(4));
            terms.TriggerSource = terms.OrderType == OrderType.Pegged ? default : (TriggerSource)(1 + random.NextBelow(3));
            terms.TriggerPrice = terms.OrderType <= OrderType.StopLimit ? Price(random) : 0;
            if (terms.OrderType == OrderType.TrailingStop)
            {
                terms.TrailingUnit = TrailingUnit.Ticks;
                terms.TrailingAmount = 1 + (long)random.NextBelow(8);
            }

            terms.PegOffset = terms.OrderType == OrderType.Pegged ? (long)random.NextBelow(60) - 30 : 0;
            terms.DisplayQuantity = terms.OrderType is OrderType.StopLimit or OrderType.Pegged && random.Chance(1, 3) ? 2 : 0;
            terms.TimeInForce = random.Chance(1, 6) ? TimeInForce.GoodTillDate : default;
            terms.ExpireTime = terms.TimeInForce == TimeInForce.GoodTillDate ? Engine.TimeNanos + 1 + random.NextBelow(200) : 0;
        });
    }

    private void Remember(uint account, Side side, SeededRandom random, Action<ExtendedTerms> more)
    {
        var id = Venue.Extended(account, Perpetual, side, Price(random), 1 + (long)random.NextBelow(40), more);
        if (Engine.Count(OrderAcceptedDecoder.TemplateId) > 0)
        {
            _sent.Add((account, id));
        }
    }

    private static long Price(SeededRandom random) => 99_970 + (long)random.NextBelow(60);
}

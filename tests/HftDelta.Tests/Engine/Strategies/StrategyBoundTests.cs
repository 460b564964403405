using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Strategies;

/// <summary>Under the smallest bound: what a command has no room for goes on, step by step and never half of one.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class StrategyBoundTests : StrategyFixture
{
    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64, Orders = 1_024, LevelsPerBook = 16, PendingUnitsPerCommand = 7,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
    };

    [TearDown]
    public void StayInTheBound() => Assert.That(
        Engine.SlotsMost, Is.LessThanOrEqualTo(Limits.EventSlotsPerCommand + EventWriter.PaddingSlotsMax));

    [Test]
    public void A_sweep_over_many_leg_orders_goes_on_in_later_commands()
    {
        LegOrders(30);
        var id = Buy(Alice, Spread, 30, 0);
        Assert.That(Engine.Processor.HasPendingWork, Is.True);
        var refused = Buy(Bob, Spread, 1, 0);
        Assert.That(Told(), Does.Contain($"{refused} rejected InstrumentBusy 0"));
        Engine.DrainPendingWork();
        Assert.That(PositionOf(Alice), Is.EqualTo(30));
        Assert.That(PositionOf(Alice, Future), Is.EqualTo(-30));
        Assert.That(Told()[^1], Does.StartWith("trade 3"));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(id, Is.LessThan(refused));
    }

    [Test]
    public void Resting_orders_go_on_taking_in_later_commands()
    {
        for (var order = 0; order < 30; order++)
        {
            Buy(Alice, Spread, 1, 0);
        }

        Sell(Bob, Perpetual, 30, 100_000);
        Buy(Carol, Future, 30, 100_000);
        Assert.That(Engine.Processor.HasPendingWork, Is.True);
        Engine.DrainPendingWork();
        Assert.That(PositionOf(Alice), Is.EqualTo(30));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Buy(Alice, Spread, 1, 0);
        Assert.That(Told(), Has.Length.EqualTo(1), "it is not busy any more");
    }

    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(3UL)]
    public void Random_orders_keep_every_promise_of_the_state(ulong seed)
    {
        var random = new SeededWords(seed);
        Venue.ListStrategy(6, 0, 0, (Future, 1), (Perpetual, -1));
        Venue.ListStrategy(7, 0, 0, (Call, 1), (Perpetual, -3), (Future, 2));
        var sent = new List<(uint Account, uint Instrument, ulong Id)>();
        var seen = new HashSet<ushort>();
        for (var command = 0; command < 2_000; command++)
        {
            Command(random, sent);
            seen.UnionWith(Engine.Words());
            if (command % 20 == 0)
            {
                Engine.View.Audit();
            }
        }

        Engine.DrainPendingWork();
        Engine.View.Audit();
        Assert.That(seen, Does.Contain(StrategyLegFilledDecoder.TemplateId), $"seed {seed}");
        Assert.That(seen, Does.Contain(OrderReplacedDecoder.TemplateId), $"seed {seed}");
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Spread)), Is.EqualTo(InstrumentState.Removed), $"seed {seed}");
        Assert.That(Engine.View.InstrumentState(new InstrumentId(7)), Is.EqualTo(InstrumentState.Removed), $"seed {seed}");
    }

    [Test]
    public void A_warm_core_with_strategies_allocates_nothing()
    {
        for (var round = 0; round < 40; round++)
        {
            LegOrders(3);
            Buy(Alice, Spread, 2, 0);
            Sell(Bob, Spread, 1, 4);
            Buy(Carol, Spread, 1, 4);
            var id = Buy(Alice, Spread, 1, -3);
            id = Venue.Replace(Alice, Spread, id, -2, 2);
            Sell(Bob, Perpetual, 2, 99_998);
            Engine.DrainPendingWork();
            Venue.Cancel(Alice, Spread, id);
        }

        using var second = new EngineHarness(Limits, answerRisk: false);
        var commands = Engine.Commands;
        var half = commands.Count / 2;
        for (var index = 0; index < half; index++)
        {
            var (envelope, frame) = commands[index];
            second.Processor.Apply(in envelope, frame);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = half; index < commands.Count; index++)
        {
            var (envelope, frame) = commands[index];
            second.Processor.Apply(in envelope, frame);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(commands.Count - half, Is.GreaterThan(200));
    }

    private void LegOrders(int count)
    {
        for (var order = 0; order < count; order++)
        {
            Sell(Bob, Perpetual, 1, 100_000);
            Buy(Carol, Future, 1, 100_000);
        }
    }

    private void Command(SeededWords random, List<(uint Account, uint Instrument, ulong Id)> sent)
    {
        var account = Alice + (uint)random.Below(3);
        uint[] instruments = [Perpetual, Future, Call, Spread, Cover, 6, 7];
        var instrument = instruments[random.Below(instruments.Length)];
        var price = PriceOf(instrument) + random.Below(9) - 4;
        switch (random.Below(24))
        {
            case < 3 when sent.Count > 0:
                var (owner, of, canceled) = sent[random.Below(sent.Count)];
                Venue.Cancel(owner, of, canceled);
                break;
            case < 6 when sent.Count > 0:
                var (replacer, at, replaced) = sent[random.Below(sent.Count)];
                sent.Add((replacer, at, Venue.Replace(
                    replacer, at, replaced, PriceOf(at) + random.Below(9) - 4, 1 + random.Below(9))));
                break;
            case 6:
                Venue.ChangeState(instrument, random.Below(3) == 0 ? InstrumentState.PreOpen : InstrumentState.Open);
                break;
            case 7:
                Venue.Kill(account, random.Below(2) == 0, random.Below(2) == 0);
                break;
            case 8:
                Venue.Oracle(99_950 + random.Below(100));
                break;
            case < 12:
                sent.Add((account, instrument, Venue.Extended(
                    account, instrument, random.Below(2) == 0 ? Side.Buy : Side.Sell, price, 1 + random.Below(9), terms =>
                    {
                        terms.SelfTradePrevention = (SelfTradePrevention)random.Below(5);
                        terms.TimeInForce = (TimeInForce)random.Below(5);
                        terms.MinimumQuantity = random.Below(3);
                        terms.DisplayQuantity = random.Below(3);
                    })));
                break;
            default:
                sent.Add((account, instrument, Venue.Order(
                    account, instrument, random.Below(2) == 0 ? Side.Buy : Side.Sell, price, 1 + random.Below(9),
                    flags: random.Below(8) == 0 ? ExecutionFlags.PostOnly : default)));
                break;
        }
    }

    private static long PriceOf(uint instrument) => instrument switch
    {
        Call => 2_000,
        Cover => 96_000,
        7 => -98_000,
        Spread or 6 => 0,
        _ => 100_000,
    };
}

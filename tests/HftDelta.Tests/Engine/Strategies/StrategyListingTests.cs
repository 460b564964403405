using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Markets;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Strategies;

/// <summary>Which sets of legs are a strategy, what the public learns of it, and how it ends.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StrategyListingTests : StrategyFixture
{
    [Test]
    public void The_public_learns_the_legs_after_the_instrument()
    {
        Venue.ListStrategy(6, 0, 0, (Call, 3), (Future, -1), (Perpetual, -8));
        Assert.That(Engine.Words(), Is.EqualTo(new[]
        {
            InstrumentDefinitionDecoder.TemplateId, StrategyDefinitionDecoder.TemplateId,
        }));
        var instrument = InstrumentDefinitionDecoder.Trusted(Engine.Single(InstrumentDefinitionDecoder.TemplateId));
        Assert.That(instrument.Kind, Is.EqualTo(InstrumentKind.Strategy));
        Assert.That(instrument.AtomsPerTick, Is.EqualTo(1));
        var legs = new List<(uint, int)>();
        foreach (var leg in StrategyDefinitionDecoder.Trusted(Engine.Single(StrategyDefinitionDecoder.TemplateId)).Legs)
        {
            legs.Add((leg.InstrumentId, leg.Ratio));
        }

        Assert.That(legs, Is.EqualTo(new[] { (Call, 3), (Future, -1), (Perpetual, -8) }));
    }

    [Test]
    public void What_is_no_strategy_is_refused()
    {
        (uint, int)[][] wrong =
        [
            [(Perpetual, 1)],
            [(Perpetual, 1), (Future, 0)],
            [(Perpetual, 1), (Future, 9)],
            [(Perpetual, 1), (Future, -9)],
            [(Perpetual, 2), (Future, -2)],
            [(Perpetual, 2), (Future, 3)],
            [(Perpetual, 1), (Perpetual, -1)],
            [(Perpetual, 1), (Spread, 1)],
            [(Perpetual, 1), (99, 1)],
            [(Perpetual, 1), (0, 1)],
        ];
        foreach (var legs in wrong)
        {
            Venue.ListStrategy(6, 0, 0, legs);
            Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter), string.Join(' ', legs));
        }

        Venue.ListStrategy(5, 0, 0, (Perpetual, 1), (Future, 1));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.AlreadyExists));
        Venue.ListStrategy(7, 0, 0, (Perpetual, 1), (Future, 1));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Assert.That(Engine.View.InstrumentCount, Is.EqualTo(5));
    }

    [Test]
    public void A_leg_with_another_tick_value_is_refused()
    {
        Venue.List(
            6, 1, HftDelta.Wire.Internal.InstrumentKind.Perpetual, HftDelta.Wire.Internal.OptionKind.None, 0, 0, 0, 0, 0,
            atomsPerTick: 2);
        Venue.ListStrategy(7, 0, 0, (Perpetual, 1), (6, 1));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void An_instrument_is_a_leg_of_sixteen_strategies_at_most()
    {
        for (uint id = 6; id < 20; id++)
        {
            Venue.ListStrategy(id, 0, 0, (Perpetual, 1), (Future, -1));
        }

        Assert.That(Engine.View.InstrumentCount, Is.EqualTo(19), "sixteen of the perpetual with the two of the fixture");
        Venue.ListStrategy(20, 0, 0, (Perpetual, 1), (Call, -1));
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Venue.ListStrategy(20, 0, 0, (Call, 1), (Future, -1));
        Assert.That(Engine.View.InstrumentCount, Is.EqualTo(20));
    }

    [Test]
    public void A_strategy_has_no_call_phases_and_of_the_rules_only_the_largest_order()
    {
        Venue.ChangeState(Spread, InstrumentState.PreOpen);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Venue.SetRules(Spread, new TradingRules { StaticBandPpm = 1_000 });
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Venue.SetRules(Spread, new TradingRules { BandMinimumTicks = 1 });
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter), "one that would change nothing too");
        Venue.SetRules(Spread, new TradingRules { OrderLotsMax = 5 });
        var id = Buy(Alice, Spread, 6, 0);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected {RejectCode.OrderTooLarge} 5" }));
        Venue.ChangeState(0, InstrumentState.PreOpen, 1);
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Spread)), Is.EqualTo(InstrumentState.Open));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Future)), Is.EqualTo(InstrumentState.PreOpen));
    }

    [Test]
    public void A_strategy_expires_before_its_first_leg_does()
    {
        var id = Buy(Alice, Spread, 3, -10);
        var other = Buy(Alice, Perpetual, 1, 99_000);
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();
        Assert.That(Told().Where(line => line.StartsWith($"{id} ", StringComparison.Ordinal)),
            Is.EqualTo(new[] { $"{id} canceled 3 InstrumentExpired" }));
        var defined = Engine.Events
            .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == InstrumentDefinitionDecoder.TemplateId)
            .Select(record => InstrumentDefinitionDecoder.Trusted(record.Frame).InstrumentId).ToList();
        Assert.That(defined.IndexOf(Spread), Is.LessThan(defined.IndexOf(Future)));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Spread)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Cover)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Future)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Perpetual)), Is.EqualTo(InstrumentState.Open));
        Venue.Cancel(Alice, Perpetual, other);
        id = Buy(Alice, Spread, 1, 0);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected InstrumentNotOpen 0" }));
    }
}

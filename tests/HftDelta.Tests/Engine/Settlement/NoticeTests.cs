using System.Numerics;
using HftDelta.Engine.Accounts;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>What each trigger tells: S before and after, the delta that was applied, D, and by how much it moved.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class NoticeTests
{
    private const uint Perpetual = 1;
    private const uint Call = 2;
    private const uint Future = 3;
    private const uint Alice = 20;
    private const uint Bob = 21;

    private EngineHarness _engine = null!;
    private VenueScript _venue = null!;
    private ulong _expiry;
    private BigInteger _callDelta;

    [SetUp]
    public void SetUp()
    {
        _engine = new EngineHarness();
        _venue = new VenueScript(_engine);
        _expiry = _engine.TimeNanos + (3_600 * VenueScript.Second);
        _venue.ListUnderlying(thresholdTicks: 100, intervalNanos: 10 * VenueScript.Second);
        _venue.Oracle(100_000);
        _venue.ListPerpetual(Perpetual);
        _venue.ListOption(Call, isCall: true, 100_000, _expiry);
        _venue.ListFuture(Future, _expiry);
        foreach (var account in new[] { Alice, Bob })
        {
            _venue.OpenTrader(account, 1L << 40);
        }

        _venue.Order(Alice, Perpetual, Side.Sell, 100_000, 3);
        _venue.Order(Bob, Perpetual, Side.Buy, 100_000, 3);
        _callDelta = _engine.View.Delta(new(Call)).Value;
    }

    [TearDown]
    public void TearDown() => _engine.Dispose();

    [Test]
    public void A_threshold_is_told()
    {
        _venue.Oracle(100_099);
        Assert.That(Ticks(), Is.Empty);
        _venue.Oracle(100_100);
        Tells(SettlementTrigger.Threshold, 100_100, 100);
    }

    [Test]
    public void An_interval_is_told()
    {
        _venue.Oracle(100_050);
        _venue.Wait(10 * VenueScript.Second);
        Assert.That(Ticks().Select(tick => tick.Trigger), Is.All.EqualTo(SettlementTrigger.Interval));
        var ticks = Ticks().ToDictionary(tick => tick.Instrument);
        Assert.That(ticks[Call].Amount, Is.EqualTo(_callDelta * 50));
        Assert.That(ticks[Future].Amount, Is.EqualTo((BigInteger)50 << 32));
        Assert.That((ticks[Call].From, ticks[Call].To), Is.EqualTo((100_000L, 100_050L)));
    }

    [Test]
    public void A_parameter_that_changes_is_told_as_a_tick_with_the_old_one()
    {
        _venue.Oracle(100_070);
        _venue.Activate(ParameterId.SettlementThresholdTicks, 1_000);
        Tells(SettlementTrigger.ParameterActivation, 100_070, 70);
    }

    [Test]
    public void An_expiry_is_told_with_what_is_left_of_the_payoff()
    {
        _venue.Oracle(100_050);
        _engine.TimeNanos = _expiry - 1;
        _engine.Tick();
        _venue.Oracle(100_090);
        var left = ((BigInteger)90 << 32) - (BigInteger)_engine.View.DeltaIndex(new(Call)).Value;
        _engine.TimeNanos = _expiry;
        _engine.Tick();
        var expired = Ticks().Where(tick => tick.Trigger == SettlementTrigger.Expiry).ToDictionary(tick => tick.Instrument);
        Assert.That(expired.Keys, Is.EquivalentTo(new[] { Call, Future }));
        Assert.That(
            expired[Call],
            Is.EqualTo(new Tick(Call, SettlementTrigger.Expiry, 100_050, 100_090, BigInteger.Zero, (BigInteger)90 << 32, left)));
        Assert.That(expired[Future].Index, Is.EqualTo((BigInteger)100_090 << 32));
    }

    [Test]
    public void A_touch_applies_its_account_and_moves_no_index()
    {
        _venue.Oracle(100_100);
        var index = _engine.View.DeltaIndex(new(Perpetual)).Value;
        var alice = _engine.View.Cash(new(Alice)).Value;
        _venue.Deposit(Bob, 7);
        Assert.That(Ticks(), Is.Empty);
        Assert.That(_engine.View.DeltaIndex(new(Perpetual)).Value, Is.EqualTo(index));
        var settled = AccountSettledDecoder.Trusted(_engine.Single(AccountSettledDecoder.TemplateId));
        Assert.That((settled.AccountId, settled.Amount, settled.Positions), Is.EqualTo((Bob, 300L, 1u)));
        Assert.That(settled.Cash, Is.EqualTo((1L << 40) + 300));
        Assert.That(_engine.View.Cash(new(Alice)).Value, Is.EqualTo(alice), "nobody else");
    }

    [Test]
    public void An_epochs_close_sees_every_account_applied_and_applies_none()
    {
        _venue.Oracle(100_100);
        var scratch = new AppliedPosition[16];
        var before = (_engine.View.Cash(new(Alice)).Value, _engine.View.Cash(new(Bob)).Value);
        _venue.CloseEpoch(1);
        Assert.That(Ticks(), Is.Empty);
        Assert.That(_engine.Events.Any(record => record.TemplateId == AccountSettledDecoder.TemplateId), Is.False);
        Assert.That((_engine.View.Cash(new(Alice)).Value, _engine.View.Cash(new(Bob)).Value), Is.EqualTo(before));
        Assert.That(
            _engine.View.AsApplied(new(Bob), scratch).Cash.Value, Is.EqualTo((Int128)((1L << 40) + 300) << 32));
        Assert.That(
            _engine.View.AsApplied(new(Alice), scratch).Cash.Value, Is.EqualTo((Int128)((1L << 40) - 300) << 32));
    }

    private void Tells(SettlementTrigger trigger, long price, long move)
    {
        var call = _callDelta * move;
        var linear = (BigInteger)move << 32;
        var start = (BigInteger)100_000 << 32;
        Assert.That(
            Ticks(),
            Is.EquivalentTo(new[]
            {
                new Tick(Perpetual, trigger, 100_000, price, BigInteger.One << 32, start + linear, linear),
                new Tick(Call, trigger, 100_000, price, _callDelta, call, call),
                new Tick(Future, trigger, 100_000, price, BigInteger.One << 32, start + linear, linear),
            }));
    }

    private List<Tick> Ticks()
    {
        var ticks = new List<Tick>();
        foreach (var record in _engine.Events.Where(
            record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == DeltaSettlementDecoder.TemplateId))
        {
            var message = DeltaSettlementDecoder.Trusted(record.Frame);
            foreach (var entry in message.Instruments)
            {
                ticks.Add(new Tick(
                    entry.InstrumentId, message.Trigger, entry.PreviousPrice, entry.SettlementPrice, entry.Delta,
                    (BigInteger)entry.DeltaIndex.ToInt128(), (BigInteger)entry.Amount.ToInt128()));
            }
        }

        return ticks;
    }

    private sealed record Tick(
        uint Instrument, SettlementTrigger Trigger, long From, long To, BigInteger Delta, BigInteger Index, BigInteger Amount);
}

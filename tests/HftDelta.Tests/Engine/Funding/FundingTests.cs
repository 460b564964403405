using System.Numerics;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Funding;

/// <summary>Each rule of funding by itself, against sums done by hand.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class FundingTests
{
    private static readonly BigInteger Unit = BigInteger.One << 32;

    private FundingFixture _at = null!;

    [SetUp]
    public void SetUp() => _at = new FundingFixture();

    [TearDown]
    public void TearDown() => _at.Dispose();

    [Test]
    public void A_perpetual_pays_the_mean_premium_of_its_impact_prices_over_time()
    {
        _at.Venue.List(FundingFixture.Perpetual());
        _at.Trade(100_000, 3);
        _at.Venue.Order(FundingFixture.Long, 1, Side.Buy, 100_700, 4);
        _at.Venue.Order(FundingFixture.Long, 1, Side.Buy, 100_500, 20);
        _at.Venue.Order(FundingFixture.Short, 1, Side.Sell, 101_000, 30);
        _at.Wait(10);

        // Ten lots are bid for at a mean of 100,580, which is 0.58 % above; looked at first after a second.
        var rate = (5_800_000 * 9 / 10) + 100_000;
        var expected = FundingFixture.Price * Unit * rate / 1_000_000_000 * 10 / (8 * 3_600);
        Assert.That(_at.F(1), Is.EqualTo(expected));
        Assert.That(_at.Told(), Is.EqualTo(new[] { (expected, expected) }));
        Assert.That(_at.Engine.View.ConservationError.Value, Is.EqualTo(Int128.Zero));

        _at.Wait(10);
        var second = FundingFixture.Price * Unit * 5_900_000 / 1_000_000_000 * 10 / (8 * 3_600);
        Assert.That(_at.F(1), Is.EqualTo(expected + second), "now the whole interval had the premium");
    }

    [Test]
    public void Longs_pay_what_shorts_receive_and_dust_keeps_what_is_less_than_an_atom()
    {
        _at.Venue.List(FundingFixture.Perpetual(basePpb: 777, impactLots: 0));
        _at.Trade(100_000, 7);
        var before = _at.Engine.View.Cash(new AccountId(FundingFixture.Long)).Value;
        var beforeShort = _at.Engine.View.Cash(new AccountId(FundingFixture.Short)).Value;
        _at.Wait(10);
        var paid = 7 * _at.F(1);
        Assert.That(paid % Unit, Is.Not.EqualTo(BigInteger.Zero), "the sum does not come out in whole atoms");
        _at.Venue.Deposit(FundingFixture.Long, 1);
        _at.Venue.Deposit(FundingFixture.Short, 1);

        Assert.That(Money(FundingFixture.Long) - ((BigInteger)(before + 1) << 32), Is.EqualTo(-paid));
        Assert.That(Money(FundingFixture.Short) - ((BigInteger)(beforeShort + 1) << 32), Is.EqualTo(paid));
        _at.Engine.View.Audit();
    }

    [Test]
    public void Funding_that_is_not_applied_yet_counts_in_equity()
    {
        _at.Venue.List(FundingFixture.Perpetual(basePpb: 10_000_000, impactLots: 0));
        _at.Trade(100_000, 1_000);
        var before = _at.Engine.View.Equity(new AccountId(FundingFixture.Long)).Value;
        _at.Wait(10);
        var after = _at.Engine.View.Equity(new AccountId(FundingFixture.Long)).Value;
        Assert.That((BigInteger)(before - after), Is.EqualTo(1_000 * _at.F(1)).And.GreaterThan(BigInteger.Zero));
        _at.Venue.Deposit(FundingFixture.Long, 1);
        Assert.That(
            _at.Engine.View.Equity(new AccountId(FundingFixture.Long)).Value, Is.EqualTo(after + (Int128.One << 32)),
            "and applying it changes nothing");
    }

    [TestCase(102_000, 32_000_000, 20_100_000, TestName = "A_premium_below_the_cap_counts_in_full")]
    [TestCase(110_000, 32_000_000, 32_000_000, TestName = "A_premium_above_the_cap_counts_as_the_cap")]
    public void Rate_of(long bid, long cap, long rate)
    {
        _at.Venue.List(FundingFixture.Perpetual(capPpb: cap));
        _at.Venue.Order(FundingFixture.Long, 1, Side.Buy, bid, 10);
        _at.Wait(20);
        var first = _at.F(1);
        _at.Wait(10);
        Assert.That(
            _at.F(1) - first, Is.EqualTo(FundingFixture.Price * Unit * rate / 1_000_000_000 * 10 / (8 * 3_600)));
    }

    [Test]
    public void A_book_below_the_price_makes_shorts_pay_and_the_quotient_rounds_down()
    {
        _at.Venue.List(FundingFixture.Perpetual(basePpb: 0));
        _at.Venue.Order(FundingFixture.Short, 1, Side.Sell, 99_001, 10);
        _at.Wait(20);
        var first = _at.F(1);
        _at.Wait(10);
        var value = FundingFixture.Price * Unit * -9_990_000 / 1_000_000_000 * 10;
        Assert.That(_at.F(1) - first, Is.EqualTo((value - 28_799) / 28_800), "toward minus infinity");
    }

    [Test]
    public void A_side_without_the_impact_lots_and_a_book_in_a_call_have_no_premium()
    {
        _at.Venue.List(FundingFixture.Perpetual(basePpb: 0));
        _at.Venue.Order(FundingFixture.Long, 1, Side.Buy, 105_000, 9);
        _at.Wait(30);
        Assert.That(_at.F(1), Is.EqualTo(BigInteger.Zero), "nine of ten lots");
        _at.Venue.Order(FundingFixture.Long, 1, Side.Buy, 104_000, 1);
        _at.Venue.ChangeState(1, InstrumentState.PreOpen);
        _at.Wait(30);
        Assert.That(_at.F(1), Is.EqualTo(BigInteger.Zero), "ten lots, but nothing trades");
    }

    [Test]
    public void A_power_perpetual_pays_mark_less_index()
    {
        // g T = 0.8^2 x 17.5 days: the mark is 1.0316563 times the index (power perpetual identity, continuous).
        var volatility = (ulong)(0.8 * VenueScript.FullVolatility);
        _at.Venue.List(FundingFixture.Power(volatility, 420 * FundingFixture.Hour));
        var index = (double)FundingFixture.Price * FundingFixture.Price * FundingFixture.SquareScale / (1L << 40);
        Assert.That((double)_at.Mark(1) / (double)Unit / index, Is.EqualTo(1.0316563).Within(5e-8));
        _at.Wait(600);
        var expected = index * 0.0316563 * 600 / (420 * 3_600);
        Assert.That((double)_at.F(1) / (double)Unit, Is.EqualTo(expected).Within(1e-5 * expected));
    }

    [TestCase(PowerDegree.Two, 1.4)]
    [TestCase(PowerDegree.Three, 1.4)]
    [TestCase(PowerDegree.Root, 0.8)]
    public void A_mark_far_from_its_index_counts_as_eight_or_fourteen_tenths_of_it(PowerDegree degree, double part)
    {
        // g T of 0.45, and for the root -0.45.
        var years = degree switch { PowerDegree.Two => 0.45, PowerDegree.Three => 0.15, _ => 3.6 };
        var volatility = (ulong)(Math.Sqrt(years / 0.9) * VenueScript.FullVolatility);
        _at.Venue.List(FundingFixture.Power(volatility, (ulong)(0.9 * 365 * 24) * FundingFixture.Hour, degree));
        Assert.That(_at.Refusal(), Is.Null);
        var index = degree switch
        {
            PowerDegree.Two => 1e10 * FundingFixture.SquareScale / (1L << 40),
            PowerDegree.Three => 1e15 * ((1UL << 60) / 10_000_000_000) / (1L << 60),
            _ => 316 * Math.Sqrt(1e5),
        };
        var beyond = (double)_at.Mark(1) / (double)Unit / index;
        Assert.That(degree == PowerDegree.Root ? 0.8 - beyond : beyond - 1.4, Is.Positive, "the mark itself is further out");
        _at.Wait(60);
        var period = (ulong)(0.9 * 365 * 24) * 3_600.0;
        Assert.That((double)_at.F(1) / (double)Unit, Is.EqualTo(index * (part - 1) * 60 / period).Within(1e-7 * index));
    }

    [Test]
    public void A_perpetual_option_pays_its_time_value_over_a_period()
    {
        // Deri's example at the strike: 50,000, volatility 100 %, seven days: time value 2,445.1621.
        using var at = new FundingFixture(FundingFixture.Hour);
        at.Venue.ListUnderlying(2, thresholdTicks: 1_000_000_000, intervalNanos: FundingFixture.Hour);
        at.Venue.Oracle(5_000_000, underlying: 2);
        at.Venue.List(FundingFixture.Option(strike: 5_000_000) with { Underlying = 2, AtomsPerUnderlyingTick = 10_000 });
        Assert.That((double)(at.Mark(1) >> 32) / 1e6, Is.EqualTo(2_445.1621).Within(5e-5));
        for (var hour = 0; hour < 24; hour++)
        {
            at.Venue.Wait(FundingFixture.Hour);
        }

        Assert.That((double)(at.F(1) >> 32) / 1e6, Is.EqualTo(2_445.1621 / 7).Within(1e-5), "a day of it");
    }

    [TestCase(OptionKind.Call, 99_000)]
    [TestCase(OptionKind.Put, 101_000)]
    public void Intrinsic_value_is_not_funded(OptionKind kind, long strike)
    {
        _at.Venue.List(FundingFixture.Option(kind, strike));
        var timeValue = _at.Mark(1) - (1_000 * Unit);
        _at.Wait(10);
        Assert.That(_at.F(1), Is.EqualTo(timeValue * 10 / (7 * 86_400)));
    }

    [Test]
    public void What_is_due_gathers_at_the_mark_that_stood_before_a_change()
    {
        _at.Venue.List(FundingFixture.Option());
        var before = _at.Mark(1);
        _at.Wait(4);
        _at.Venue.SetVolatility(1, VenueScript.FullVolatility / 2);
        var after = _at.Mark(1);
        Assert.That(after, Is.LessThan(before * 6 / 10));
        _at.Wait(6);
        Assert.That(_at.F(1), Is.EqualTo((before * 4 / (7 * 86_400)) + (after * 6 / (7 * 86_400))));
    }

    [Test]
    public void Time_in_which_the_price_is_dead_is_not_funded()
    {
        _at.Engine.SendInternal(OracleRulesEncoder.Wrap(_at.Engine.Buffer).SetUnderlyingId(1)
            .SetLateAfterNanos(20 * FundingFixture.Second).SetStaleAfterNanos(30 * FundingFixture.Second)
            .SetDeadAfterNanos(40 * FundingFixture.Second).EncodedLength);
        Assert.That(_at.Refusal(), Is.Null);
        _at.Venue.List(FundingFixture.Option());
        var perSecond = _at.Mark(1);
        _at.Wait(100);
        Assert.That(_at.F(1), Is.LessThan(perSecond * 40 / (7 * 86_400) + 100), "what it was until then at most");
        _at.Venue.Oracle(FundingFixture.Price);
        _at.Wait(10);
        Assert.That(
            (double)_at.F(1), Is.EqualTo((double)(perSecond * 50 / (7 * 86_400))).Within(1e4), "forty seconds and ten");
    }

    [Test]
    public void A_base_that_governance_changes_within_an_interval_counts_from_its_activation_on()
    {
        _at.Venue.List(FundingFixture.Perpetual(impactLots: 0));
        _at.Trade(100_000, 3);
        var governance = new GovernanceScript(_at.Engine);
        governance.SetKey(GovernanceScript.Governor, GovernanceRole.Governance);
        governance.Seal();
        _at.Wait(4);
        governance.Propose(ParameterId.FundingBasePpb, -300_000);
        _at.Engine.Tick();
        var first = FundingFixture.Price * Unit * 100_000 / 1_000_000_000 * 4 / (8 * 3_600);
        Assert.That(_at.Told(), Is.EqualTo(new[] { (first, first) }), "four seconds by the old base, told as at an interval");
        Assert.That(_at.Engine.View.Parameter(ParameterId.FundingBasePpb, 1), Is.EqualTo(-300_000));

        // The interval runs on. A fall is rounded away from zero.
        _at.Wait(5);
        Assert.That(_at.F(1), Is.EqualTo(first));
        _at.Wait(1);
        var second = -((FundingFixture.Price * Unit * 300_000 / 1_000_000_000 * 6) + 28_799) / 28_800;
        Assert.That(_at.F(1), Is.EqualTo(first + second));
        Assert.That(_at.Engine.View.ConservationError.Value, Is.EqualTo(Int128.Zero));
    }

    [Test]
    public void Funding_fees_are_a_part_of_what_funding_moves()
    {
        _at.Venue.SetFees(1, HftDelta.Wire.Internal.FeeBasis.TradedValue, 0, new TierRates(Funding: 100_000));
        _at.Venue.List(FundingFixture.Perpetual(basePpb: 10_000_000, impactLots: 0));
        _at.Venue.SetInstrumentFees(1, 1);
        _at.Trade(100_000, 5);
        _at.Wait(10);
        var before = Money(3);
        _at.Venue.Deposit(FundingFixture.Long, 1);
        _at.Venue.Deposit(FundingFixture.Short, 1);
        Assert.That(Money(3) - before, Is.EqualTo(2 * 5 * ((_at.F(1) + 9) / 10)), "both sides pay a tenth");
    }

    private BigInteger Money(uint account)
    {
        var id = new AccountId(account);
        return ((BigInteger)_at.Engine.View.Cash(id).Value << 32) + _at.Engine.View.Dust(id);
    }
}

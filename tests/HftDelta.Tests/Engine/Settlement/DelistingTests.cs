using System.Numerics;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Funding;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>The end of perpetual kinds: announced, averaged over a window, funded through it, paid and removed.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class DelistingTests
{
    private const ulong Second = FundingFixture.Second;
    private const ulong Hour = FundingFixture.Hour;
    private const uint Long = FundingFixture.Long;
    private const uint Short = FundingFixture.Short;
    private const long Money = 1L << 50;

    private FundingFixture _venue = null!;
    private ulong _end;

    [SetUp]
    public void SetUp()
    {
        _venue = new FundingFixture();
        _end = _venue.Engine.TimeNanos + (200 * Second);
    }

    [TearDown]
    public void TearDown() => _venue.Dispose();

    [Test]
    public void A_perpetual_ends_at_the_average_of_its_window_and_is_removed()
    {
        SetWindow(100 * Second);
        _venue.Venue.List(FundingFixture.Perpetual(basePpb: 0, impactLots: 0));
        _venue.Trade(100_000, 7);
        _venue.Venue.Order(Long, 1, Side.Buy, 90_000, 1);
        _venue.Venue.Delist(1, _end);
        var definition = InstrumentDefinitionDecoder.Trusted(_venue.Engine.Single(InstrumentDefinitionDecoder.TemplateId));
        Assert.That((definition.ExpiryTime, definition.State), Is.EqualTo((_end, InstrumentState.Open)), "announced");

        // 100,000 for a quarter of the window and 104,000 for the rest: 103,000.
        _venue.Wait(125);
        _venue.Venue.Oracle(104_000);
        _venue.Wait(74);
        Assert.That(_venue.Engine.View.InstrumentState(new(1)), Is.EqualTo(InstrumentState.Open));
        _venue.Wait(1);
        _venue.Engine.DrainPendingWork();
        Assert.That(_venue.Engine.View.InstrumentState(new(1)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(CashOf(Long), Is.EqualTo(Money + (7 * 3_000)));
        Assert.That(CashOf(Short), Is.EqualTo(Money - (7 * 3_000)));
        Assert.That(_venue.Engine.View.OrderCount, Is.Zero);
        IsSound();
    }

    [Test]
    public void Within_the_window_a_move_counts_for_the_part_that_is_left()
    {
        SetWindow(100 * Second);
        _venue.Venue.List(FundingFixture.Perpetual(basePpb: 0, impactLots: 0));
        _venue.Trade(100_000, 1);
        _venue.Venue.Delist(1, _end);
        _venue.Wait(160);
        var index = _venue.D(1);
        _venue.Venue.Oracle(110_000);
        _venue.Wait(10);
        Assert.That(_venue.Engine.View.SettlementPrice(new(1)).Value, Is.EqualTo(104_000), "40 s of 100 s at a move of 10,000");
        Assert.That(_venue.D(1) - index, Is.EqualTo((BigInteger)4_000 << 32));
    }

    [Test]
    public void A_curves_basis_at_the_same_time_does_not_move_a_perpetual()
    {
        _venue.Venue.List(FundingFixture.Perpetual(basePpb: 0, impactLots: 0));
        _venue.Venue.List(new ListingWords { Instrument = 2, Kind = InstrumentKind.Future, ExpiryTime = _end });
        SetBasis(500);
        _venue.Venue.Delist(1, _end);
        _venue.Wait(20);
        Assert.That(_venue.Engine.View.SettlementPrice(new(2)).Value, Is.EqualTo(100_500));
        Assert.That(_venue.Engine.View.SettlementPrice(new(1)).Value, Is.EqualTo(100_000));
    }

    [Test]
    public void Funding_is_paid_through_the_end_and_no_longer()
    {
        // 0.01 % of 100,000 in 8 hours, for 200 s: 100 x 200 / 28,800 / 10 of an atom a lot.
        _venue.Venue.List(FundingFixture.Perpetual(impactLots: 0));
        _venue.Trade(100_000, 1_000);
        _venue.Venue.Delist(1, _end);
        _venue.Wait(195);
        _venue.Engine.TimeNanos += 1_000 * Second;
        _venue.Engine.Tick();
        _venue.Engine.DrainPendingWork();
        Assert.That(_venue.Engine.View.InstrumentState(new(1)), Is.EqualTo(InstrumentState.Removed));
        const double exact = 1_000 * 10.0 * 200 / 28_800;
        Assert.That(Money - CashOf(Long), Is.EqualTo(exact).Within(1));
        Assert.That(CashOf(Short) - Money, Is.EqualTo(exact).Within(1));
        IsSound();
    }

    [TestCase(PowerDegree.Two)]
    [TestCase(PowerDegree.Three)]
    [TestCase(PowerDegree.Root)]
    public void A_power_perpetual_ends_at_its_fair_mark_at_the_average(PowerDegree degree)
    {
        SetWindow(100 * Second);
        _venue.Venue.List(FundingFixture.Power(VenueScript.FullVolatility, 7 * 24 * Hour, degree));
        EndAtAverageOf103000();
        var words = FundingFixture.Power(0, 0, degree);
        var p = degree switch { PowerDegree.Two => 2.0, PowerDegree.Three => 3.0, _ => 0.5 };
        var years = 7.0 / 365;
        var index = words.PowerScale / Math.Pow(2, words.PowerScaleBits) * Math.Pow(103_000, p);
        var fair = index / (1 - (p * (p - 1) / 2 * years));
        Assert.That((double)_venue.D(1) / Math.Pow(2, 32), Is.EqualTo(fair).Within(fair * 1e-9));
        IsSound();
    }

    [Test]
    public void A_perpetual_option_ends_at_its_closed_form_at_the_average()
    {
        SetWindow(100 * Second);
        _venue.Venue.List(FundingFixture.Option());
        EndAtAverageOf103000();

        // B.2 at r = 0: above the strike intrinsic value and a power of S / K that falls: u = sqrt(1 + 8 / (sigma^2 T)).
        var u = Math.Sqrt(1 + (8 / (7.0 / 365)));
        var time = 100_000 / u * Math.Pow(103_000 / 100_000.0, (1 - u) / 2);
        var worth = 3_000 + time;
        Assert.That((double)_venue.D(1) / Math.Pow(2, 32), Is.EqualTo(worth).Within(worth * 1e-9));
        IsSound();
    }

    [Test]
    public void Its_place_among_those_that_are_sampled_is_free_again()
    {
        for (uint id = 1; id <= 8; id++)
        {
            _venue.Venue.List(FundingFixture.Perpetual() with { Instrument = id });
        }

        _venue.Venue.List(FundingFixture.Perpetual() with { Instrument = 9 });
        Assert.That(_venue.Refusal(), Is.EqualTo(RejectCode.CapacityExhausted));
        _venue.Venue.Delist(3, _end);
        _venue.Wait(200);
        _venue.Engine.DrainPendingWork();
        _venue.Venue.List(FundingFixture.Perpetual() with { Instrument = 9 });
        Assert.That(_venue.Refusal(), Is.Null);
        Assert.That(_venue.Engine.View.InstrumentState(new(3)), Is.EqualTo(InstrumentState.Removed));
        IsSound();
    }

    [Test]
    public void What_cannot_be_delisted_is_refused_with_its_reason()
    {
        SetWindow(100 * Second);
        _venue.Venue.List(FundingFixture.Perpetual());
        _venue.Venue.List(new ListingWords { Instrument = 2, Kind = InstrumentKind.Future, ExpiryTime = _end });
        Assert.That(Refused(3, _end), Is.EqualTo(RejectCode.UnknownInstrument));
        Assert.That(Refused(2, _end), Is.EqualTo(RejectCode.BadParameter));
        Assert.That(Refused(1, _venue.Engine.TimeNanos + (100 * Second) - 1), Is.EqualTo(RejectCode.NoticeTooShort));
        Assert.That(Refused(1, 0), Is.EqualTo(RejectCode.NoticeTooShort));
        Assert.That(Refused(1, _end), Is.Null);
        Assert.That(Refused(1, _end + 1), Is.EqualTo(RejectCode.AlreadyExists));
        _venue.Wait(201);
        _venue.Engine.DrainPendingWork();
        Assert.That(Refused(1, _end + Hour), Is.EqualTo(RejectCode.InstrumentNotOpen));
    }

    [Test]
    public void Lifetime_cash_is_trades_payoff_and_funding_whatever_the_deltas_were()
    {
        var seed = LongSuite.Seed(20_261_126);
        var random = new SeededRandom(seed);
        for (var life = 0; life < 40; life++)
        {
            Live(random, $"seed {seed}, life {life}");
        }
    }

    /// <summary>One perpetual kind from listing to removal, against a model that knows no delta index.</summary>
    private static void Live(SeededRandom random, string life)
    {
        using var venue = new FundingFixture(5 * Second);
        var deltas = new GivenDeltas(venue.Engine) { Each = _ => random.NextInRange(-3L << 32, 3L << 32) };
        Assert.That(deltas.Next, Is.Null);
        venue.Venue.List(random.NextBelow(4) switch
        {
            0 => FundingFixture.Perpetual(),
            1 => FundingFixture.Power(VenueScript.FullVolatility, 7 * 24 * Hour),
            2 => FundingFixture.Power(VenueScript.FullVolatility, 7 * 24 * Hour, PowerDegree.Root),
            _ => FundingFixture.Option(random.Chance(1, 2) ? OptionKind.Call : OptionKind.Put),
        });
        BigInteger cash = 0, lots = 0, index = 0;
        var end = venue.Engine.TimeNanos + (60 * Second);
        for (var step = 0; step < 60; step++)
        {
            switch (random.NextBelow(4))
            {
                case 0:
                    venue.Venue.Oracle(random.NextInRange(95_000L, 105_000));
                    break;
                case 1:
                    var (price, size) = (random.NextInRange(1L, 200_000), random.NextInRange(1L, 9));
                    var buys = random.Chance(1, 2);
                    var before = venue.Engine.View.Position(new(Long), new(1)).Value;
                    venue.Venue.Order(buys ? Short : Long, 1, Side.Sell, price, size, TimeInForce.GoodTillCancel);
                    venue.Venue.Order(buys ? Long : Short, 1, Side.Buy, price, size, TimeInForce.ImmediateOrCancel);
                    var moved = venue.Engine.View.Position(new(Long), new(1)).Value - before;
                    cash -= (BigInteger)(moved * price) << 32;
                    lots += moved;
                    Assert.That(Math.Abs(moved), Is.EqualTo(venue.Engine.View.OrderCount == 0 ? size : Math.Abs(moved)), life);
                    break;
                default:
                    venue.Wait(1 + random.NextBelow(2));
                    break;
            }

            if (step == 20)
            {
                venue.Venue.Delist(1, end > venue.Engine.TimeNanos ? end : venue.Engine.TimeNanos + Second);
            }

            Fund();
        }

        void Fund()
        {
            var now = venue.F(1);
            cash -= lots * (now - index);
            index = now;
        }

        for (var wait = 0; wait < 100 && venue.Engine.View.InstrumentState(new(1)) != InstrumentState.Removed; wait++)
        {
            venue.Wait(1);
            Fund();
        }

        venue.Engine.DrainPendingWork();
        Assert.That(venue.Engine.View.InstrumentState(new(1)), Is.EqualTo(InstrumentState.Removed), life);
        cash += lots * venue.D(1);
        var told = ((BigInteger)(venue.Engine.View.Cash(new(Long)).Value - Money) << 32) + venue.Engine.View.Dust(new(Long));
        Assert.That(told, Is.EqualTo(cash), life);
        venue.Engine.View.Audit();
    }

    private void EndAtAverageOf103000()
    {
        _venue.Venue.Delist(1, _end);
        _venue.Wait(125);
        _venue.Venue.Oracle(104_000);
        _venue.Wait(75);
        _venue.Engine.DrainPendingWork();
        Assert.That(_venue.Engine.View.InstrumentState(new(1)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(_venue.Engine.View.SettlementPrice(new(1)).Value, Is.EqualTo(103_000));
    }

    private void SetWindow(ulong nanos) => _venue.Engine.SendInternal(OracleRulesEncoder.Wrap(_venue.Engine.Buffer)
        .SetUnderlyingId(1).SetSettlementWindowNanos(nanos).EncodedLength);

    private void SetBasis(long ticks)
    {
        var message = ForwardUpdateEncoder.Wrap(_venue.Engine.Buffer).SetUnderlyingId(1);
        message.SetPoints(1).Next().SetExpiryTime(_end).SetBasis(ticks).SetForward(0);
        _venue.Engine.SendInternal(message.EncodedLength);
    }

    private RejectCode? Refused(uint instrument, ulong time)
    {
        _venue.Venue.Delist(instrument, time);
        return _venue.Refusal();
    }

    private long CashOf(uint account) => _venue.Engine.View.Cash(new AccountId(account)).Value;

    private void IsSound()
    {
        _venue.Engine.View.Audit();
        using var replay = _venue.Engine.Replay();
        Assert.That(replay.Processor.StateHash(), Is.EqualTo(_venue.Engine.Processor.StateHash()));
    }
}

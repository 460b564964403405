using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using SurfaceFault = HftDelta.Wire.Internal.SurfaceFault;

namespace HftDelta.Tests.Engine.Risk;

/// <summary>Which volatilities of an expiry are taken, why others are not, and what they change.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class SurfaceCommandTests
{
    private static readonly InstrumentId NearCall = new(RiskFixture.NearCall);

    [TestCase(0.01, -0.1, 0.0, 0.0, 0.2, SurfaceFault.NegativeSlope, RejectCode.SurfaceOutOfBounds)]
    [TestCase(0.01, 0.1, 1.0, 0.0, 0.2, SurfaceFault.CorrelationOutOfRange, RejectCode.SurfaceOutOfBounds)]
    [TestCase(0.01, 0.1, 0.0, 0.0, 0.0, SurfaceFault.WidthNotPositive, RejectCode.SurfaceOutOfBounds)]
    [TestCase(-0.5, 0.1, 0.0, 0.0, 0.2, SurfaceFault.NegativeVariance, RejectCode.SurfaceOutOfBounds)]
    [TestCase(0.01, 1.5, 0.5, 0.0, 0.2, SurfaceFault.WingTooSteep, RejectCode.SurfaceOutOfBounds)]
    [TestCase(65.0, 0.1, 0.0, 0.0, 0.2, SurfaceFault.OutOfRange, RejectCode.SurfaceOutOfBounds)]
    // Axel Vogt's smile: positive variance everywhere, and a butterfly.
    [TestCase(-0.0410, 0.1331, 0.3060, 0.3586, 0.4153, SurfaceFault.NegativeDensity, RejectCode.SurfaceButterfly)]
    public void A_smile_is_refused_by_name_and_changes_nothing(
        double a, double b, double rho, double m, double s, SurfaceFault fault, RejectCode code)
    {
        using var fixture = new RiskFixture();
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Svi(a, b, rho, m, s));
        Assert.That(fixture.Engine.SliceOutcome(), Is.EqualTo((code, fault, 0UL)));
        Assert.That(Refusal(fixture.Engine), Is.EqualTo((SetVolatilitySliceDecoder.TemplateId, (ushort)code, 1u)));
        Assert.That(fixture.Engine.View.Volatility(NearCall).Value, Is.EqualTo((long)RiskFixture.Volatility(0.7)));
        fixture.AssertReplayed();
    }

    [Test]
    public void Strikes_are_refused_by_name()
    {
        using var fixture = new RiskFixture();
        Assert.That(Strikes(), Is.EqualTo(SurfaceFault.StrikesNotRising));
        Assert.That(Strikes((1_000_000, 0.5), (1_000_000, 0.5)), Is.EqualTo(SurfaceFault.StrikesNotRising));
        Assert.That(Strikes((0, 0.5)), Is.EqualTo(SurfaceFault.OutOfRange));
        Assert.That(Strikes((1_000_000, 65)), Is.EqualTo(SurfaceFault.OutOfRange));
        Assert.That(Strikes((1_000_000, 0)), Is.EqualTo(SurfaceFault.NegativeVariance));

        // A higher strike whose volatility makes its call dearer than that of the lower strike.
        Assert.That(Strikes((1_000_000, 0.2), (1_010_000, 1.5)), Is.EqualTo(SurfaceFault.VerticalSpread));

        // A peak in the middle.
        Assert.That(Strikes((950_000, 0.5), (1_000_000, 0.6), (1_050_000, 0.5)), Is.EqualTo(SurfaceFault.ButterflySpread));
        Assert.That(
            Strikes([.. Enumerable.Range(0, 81).Select(strike => (900_000L + strike, 0.5))]), Is.EqualTo(SurfaceFault.OutOfRange),
            "one more than a command may carry");
        Assert.That(
            Strikes([.. Enumerable.Range(0, 80).Select(strike => (900_000L + strike, 0.5))]), Is.EqualTo(SurfaceFault.None));
        fixture.AssertReplayed();

        SurfaceFault Strikes(params (long Strike, double Volatility)[] strikes)
        {
            fixture.Venue.SetStrikes(
                fixture.Near, [.. strikes.Select(node => (node.Strike, RiskFixture.Volatility(node.Volatility)))]);
            return fixture.Engine.SliceOutcome().Fault;
        }
    }

    [Test]
    public void An_expiry_may_not_have_less_variance_than_the_one_before_nor_more_than_the_one_after()
    {
        using var fixture = new RiskFixture();
        // Flat: 0.6 to the second power for 30 days, which 90 days must not fall below: 0.3464.
        fixture.Venue.SetStrikes(fixture.Near, [(1_000_000, RiskFixture.Volatility(0.6))]);
        fixture.Venue.SetStrikes(fixture.Far, [(1_000_000, RiskFixture.Volatility(0.34))]);
        Assert.That(
            fixture.Engine.SliceOutcome(),
            Is.EqualTo((RejectCode.SurfaceCalendar, SurfaceFault.CalendarSpread, fixture.Near)));
        fixture.Venue.SetStrikes(fixture.Far, [(1_000_000, RiskFixture.Volatility(0.35))]);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(default(RejectCode)));

        fixture.Venue.SetStrikes(fixture.Near, [(1_000_000, RiskFixture.Volatility(0.61))]);
        Assert.That(
            fixture.Engine.SliceOutcome(),
            Is.EqualTo((RejectCode.SurfaceCalendar, SurfaceFault.CalendarSpread, fixture.Far)));

        // What is taken back binds nobody.
        fixture.Venue.TakeVolatilitiesBack(fixture.Far);
        fixture.Venue.SetStrikes(fixture.Near, [(1_000_000, RiskFixture.Volatility(0.61))]);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(default(RejectCode)));
        fixture.AssertReplayed();
    }

    [Test]
    public void Only_the_nearest_expiries_are_compared_and_by_what_is_left_of_their_time()
    {
        using var fixture = new RiskFixture();
        var fit = fixture.Engine.TimeNanos;
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile, fit);
        fixture.Engine.TimeNanos += 29 * RiskFixture.Day;
        // A thirtieth of its variance is left: a far smile with a tenth of it stands above.
        var low = RiskFixture.Svi(0.001, 0.01, -0.3, 0.02, 0.2);
        fixture.Venue.SetSvi(fixture.Far, low);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(default(RejectCode)));
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(RejectCode.SurfaceCalendar), "fitted anew it is above");
    }

    [Test]
    public void What_cannot_be_is_refused_with_its_own_code()
    {
        using var fixture = new RiskFixture();
        Assert.That(Told(() => fixture.Venue.TakeVolatilitiesBack(fixture.Near)), Is.EqualTo(RejectCode.UnknownExpiry));
        Assert.That(
            Told(() => fixture.Venue.SetSvi(fixture.Engine.TimeNanos, RiskFixture.Smile)), Is.EqualTo(RejectCode.UnknownExpiry));
        Assert.That(
            Told(() => fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile, fixture.Engine.TimeNanos + 1)),
            Is.EqualTo(RejectCode.SurfaceOutOfBounds), "fitted in the future");
        fixture.Venue.ListUnderlying(2);
        Assert.That(
            Told(() => fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile, underlying: 2)),
            Is.EqualTo(RejectCode.NoSettlementPrice));
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile, underlying: 9);
        Assert.That(Refusal(fixture.Engine).Code, Is.EqualTo((ushort)RejectCode.UnknownUnderlying));

        RejectCode Told(Action send)
        {
            send();
            return fixture.Engine.SliceOutcome().Code;
        }
    }

    [Test]
    public void Options_follow_their_surface_until_it_is_taken_back()
    {
        using var fixture = new RiskFixture();
        var own = fixture.Engine.View.Mark(NearCall).Value;
        fixture.Venue.SetStrikes(fixture.Near, [(1_000_000, RiskFixture.Volatility(1.4))]);
        Assert.That(fixture.Engine.View.Volatility(NearCall).Value, Is.EqualTo((long)RiskFixture.Volatility(1.4)));
        Assert.That(fixture.Engine.View.Mark(NearCall).Value, Is.GreaterThan(own + (own / 2)));
        fixture.Venue.SetVolatility(RiskFixture.NearCall, RiskFixture.Volatility(0.1));
        Assert.That(fixture.Engine.View.Volatility(NearCall).Value, Is.EqualTo((long)RiskFixture.Volatility(1.4)));
        fixture.Venue.SetVolatility(RiskFixture.NearCall, RiskFixture.Volatility(0.7));
        fixture.Venue.TakeVolatilitiesBack(fixture.Near);
        Assert.That(fixture.Engine.View.Mark(NearCall).Value, Is.EqualTo(own));
        fixture.AssertReplayed();
    }

    [Test]
    public void A_computation_uses_the_volatilities_that_were_frozen_however_often_they_change_meanwhile()
    {
        using var fixture = new RiskFixture();
        using var plain = new RiskFixture();
        fixture.Venue.SetStrikes(fixture.Near, [(1_000_000, RiskFixture.Volatility(0.8))]);
        plain.Venue.SetStrikes(plain.Near, [(1_000_000, RiskFixture.Volatility(0.8))]);
        plain.Venue.Oracle(1_020_000);

        var asked = fixture.Freeze(1_020_000);
        foreach (var volatility in (double[])[0.9, 1.0, 1.1])
        {
            fixture.Venue.SetStrikes(fixture.Near, [(1_000_000, RiskFixture.Volatility(volatility))]);
        }

        fixture.Engine.SendGreeksReady(1, asked);
        Assert.That(fixture.Scenarios(RiskFixture.NearCall), Is.EqualTo(plain.Scenarios(RiskFixture.NearCall)));
        Assert.That(fixture.Engine.View.Mark(NearCall), Is.EqualTo(plain.Engine.View.Mark(NearCall)));

        fixture.Engine.SendGreeksReady(1, fixture.Asked());
        plain.Venue.SetStrikes(plain.Near, [(1_000_000, RiskFixture.Volatility(1.1))]);
        Assert.That(fixture.Scenarios(RiskFixture.NearCall), Is.EqualTo(plain.Scenarios(RiskFixture.NearCall)));
        fixture.AssertReplayed();
    }

    [Test]
    public void Places_are_used_again_but_not_while_a_computation_reads_them()
    {
        using var fixture = new RiskFixture(new EngineHarness(EngineLimits.Small with { VolatilitySlices = 1 }));
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile);
        fixture.Venue.SetSvi(fixture.Far, RiskFixture.Smile);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(RejectCode.CapacityExhausted));

        var asked = fixture.Freeze(1_020_000);
        fixture.Venue.TakeVolatilitiesBack(fixture.Near);
        fixture.Venue.SetSvi(fixture.Far, RiskFixture.Smile);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(RejectCode.CapacityExhausted), "it is still read");
        fixture.Engine.SendGreeksReady(1, asked);
        Assert.That(fixture.Engine.Processor.IsRiskOutstanding, Is.True, "by what was frozen next it is not");
        fixture.Venue.SetSvi(fixture.Far, RiskFixture.Smile);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(default(RejectCode)));
        fixture.AssertReplayed();
    }

    [Test]
    public void An_expiry_gives_its_place_back_when_its_price_is_fixed()
    {
        using var fixture = new RiskFixture(new EngineHarness(EngineLimits.Small with { VolatilitySlices = 1 }));
        fixture.Venue.SetSvi(fixture.Near, RiskFixture.Smile);
        fixture.Engine.TimeNanos = fixture.Near;
        fixture.Venue.Oracle(1_000_002);
        fixture.Engine.DrainPendingWork();
        fixture.Venue.SetSvi(fixture.Far, RiskFixture.Smile);
        Assert.That(fixture.Engine.SliceOutcome().Code, Is.EqualTo(default(RejectCode)));
        fixture.AssertReplayed();
    }

    [Test]
    public void An_option_that_is_listed_later_takes_its_volatility_from_the_surface()
    {
        using var fixture = new RiskFixture();
        var expiry = fixture.Engine.TimeNanos + (60 * RiskFixture.Day);
        fixture.Venue.SetStrikes(expiry, [(1_000_000, RiskFixture.Volatility(0.9))]);
        fixture.Venue.ListOption(8, isCall: true, 1_000_000, expiry, RiskFixture.Volatility(0.9));
        fixture.Venue.ListOption(9, isCall: true, 1_000_000, expiry, RiskFixture.Volatility(0.1));
        Assert.That(fixture.Engine.View.Mark(new InstrumentId(9)), Is.EqualTo(fixture.Engine.View.Mark(new InstrumentId(8))));
        fixture.AssertReplayed();
    }

    private static (ushort TemplateId, ushort Code, uint Reference) Refusal(EngineHarness engine)
    {
        var refused = CommandRefusedDecoder.Trusted(engine.Events.Last(record =>
            record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId).Frame);
        return (refused.CommandTemplateId, refused.Code, refused.Reference);
    }
}

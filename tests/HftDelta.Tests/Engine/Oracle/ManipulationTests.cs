using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>Liars, faults and networks: settlement never moves on a refused report, and an event says why.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ManipulationTests : OracleFixture
{
    private static readonly OracleRulesWords _rules = new()
    {
        JumpPpm = 20_000,
        DeviationPpm = 50_000,
        SkewMaxNanos = 5 * Second,
        AgeMaxNanos = Second,
        LateNanos = 2 * Second,
        StaleNanos = 10 * Second,
        DeadNanos = 60 * Second,
    };

    [TestCase(0L, RejectCode.OracleReportOutOfRange)]
    [TestCase(-100_000L, RejectCode.OracleReportOutOfRange)]
    [TestCase(long.MinValue, RejectCode.OracleReportOutOfRange)]
    [TestCase(long.MaxValue, RejectCode.OracleReportOutOfRange)]
    [TestCase(102_001L, RejectCode.OracleReportJumps)]
    [TestCase(97_999L, RejectCode.OracleReportJumps)]
    public void A_price_out_of_bounds_is_refused_and_settles_nothing(long price, RejectCode code)
    {
        Oracle.Rules(_rules);
        var index = Index;
        for (uint source = 1; source <= 3; source++)
        {
            Assert.That(Oracle.Report(source, price), Is.EqualTo(code));
        }

        Assert.That((Price, Index), Is.EqualTo((100_000L, index)));
    }

    [Test]
    public void The_largest_jump_that_is_allowed_is_taken()
    {
        Oracle.Rules(_rules);
        All(102_000);
        Assert.That(Price, Is.EqualTo(102_000));
    }

    [Test]
    public void A_source_that_walks_away_step_by_step_is_held_by_the_median()
    {
        Oracle.Rules(_rules);
        var price = 100_000L;
        var code = default(RejectCode);
        for (var step = 0; step < 10 && code == default; step++)
        {
            price += 1_900;
            code = Oracle.Report(1, price);
        }

        Assert.That(code, Is.EqualTo(RejectCode.OracleReportDeviates));
        Assert.That(price, Is.EqualTo(105_700), "5 % of 100,000 and not more");
        Assert.That(Price, Is.EqualTo(100_000), "the other two hold the median");
    }

    [Test]
    public void Duplicated_and_older_reports_are_stale_by_number_and_by_time()
    {
        Oracle.Rules(_rules);
        var now = Engine.TimeNanos;
        Assert.That(Oracle.Report(1, 100_001, sourceSequence: 10), Is.EqualTo(default(RejectCode)));
        Assert.That(Oracle.Report(1, 100_002, sourceSequence: 10), Is.EqualTo(RejectCode.OracleReportStale), "again");
        Assert.That(Oracle.Report(1, 100_002, sourceSequence: 9), Is.EqualTo(RejectCode.OracleReportStale), "out of order");
        Assert.That(Oracle.Report(1, 100_002, now - 1, 11), Is.EqualTo(RejectCode.OracleReportStale), "its time goes back");
        Assert.That(Oracle.Report(1, 100_002, now, 11), Is.EqualTo(default(RejectCode)), "the same time is no step back");
    }

    [Test]
    public void A_report_that_was_long_under_way_is_refused_however_far_the_clock_of_its_source_is_off()
    {
        Oracle.Rules(_rules);
        const ulong Ahead = 1_270_000_000;
        Assert.That(Oracle.Report(1, 100_001, Engine.TimeNanos + Ahead), Is.EqualTo(default(RejectCode)));
        Oracle.Wait(Second);
        Assert.That(Oracle.Report(1, 100_002, Engine.TimeNanos + Ahead - 900_000_000), Is.EqualTo(default(RejectCode)));
        Oracle.Wait(Second);

        // By the venue's clock this one comes from the future; by its source's own it is 1.1 s old.
        Assert.That(
            Oracle.Report(1, 100_003, Engine.TimeNanos + Ahead - 1_100_000_000), Is.EqualTo(RejectCode.OracleReportTooOld));
        Assert.That(Oracle.Report(1, 100_003, Engine.TimeNanos + Ahead), Is.EqualTo(default(RejectCode)));
    }

    [Test]
    public void A_clock_that_is_further_off_than_allowed_is_refused_on_both_sides()
    {
        Oracle.Rules(_rules);
        var now = Engine.TimeNanos;
        Assert.That(Oracle.Report(1, 100_001, now + (5 * Second) + 1), Is.EqualTo(RejectCode.OracleClockSkew));
        Oracle.Wait(20 * Second);
        Assert.That(Oracle.Report(2, 100_001, Engine.TimeNanos - (5 * Second) - 1), Is.EqualTo(RejectCode.OracleClockSkew));
        Assert.That(Oracle.Report(3, 100_001, ulong.MaxValue), Is.EqualTo(RejectCode.OracleClockSkew));
    }

    [Test]
    public void Two_of_three_that_lie_cannot_move_settlement_however_long_they_go_on()
    {
        Oracle.Rules(_rules);
        Venue.Activate(ParameterId.OracleMaxAgeNanos, (long)(3 * Second));
        var index = Index;
        for (var second = 0; second < 90; second++)
        {
            Oracle.Wait(Second);
            var liar = Oracle.Report(1, 150_000);
            var other = Oracle.Report(2, 150_000);
            Assert.That(Oracle.Report(3, 100_000 + (second % 2)), Is.EqualTo(default(RejectCode)));
            if (Class is StalenessClass.Late)
            {
                var refusals = new[] { RejectCode.OracleReportJumps, RejectCode.OracleReportDeviates };
                Assert.That(refusals, Does.Contain(liar), "from its own last, then from the median");
                Assert.That(refusals, Does.Contain(other));
            }

            Assert.That(Price, Is.InRange(100_000L, 100_001L));
            Assert.That(Index - index, Is.InRange(Int128.Zero, (Int128)1 << 32));
        }

        Assert.That(Class, Is.EqualTo(StalenessClass.Dead), "no quorum agrees, and everybody is told so");
    }

    [Test]
    public void An_operator_who_silences_the_liars_brings_an_honest_quorum_back()
    {
        Oracle.Rules(_rules);
        for (var second = 0; second < 20; second++)
        {
            Oracle.Wait(Second);
            Oracle.Report(1, 150_000);
            Oracle.Report(2, 100_500);
            Oracle.Report(3, 100_500);
        }

        Assert.That((Class, Price), Is.EqualTo((StalenessClass.Fresh, 100_500L)), "one liar of three is outvoted");
        Oracle.Wait(15 * Second);
        Oracle.Report(1, 150_000);
        Oracle.Report(2, 101_000);
        Oracle.Report(3, 101_000);
        Assert.That(Class, Is.EqualTo(StalenessClass.Stale), "after a silence all must agree");
        Oracle.Rules(_rules with { DisabledSources = 1 });
        Assert.That(Oracle.Report(1, 150_000), Is.EqualTo(RejectCode.OracleSourceDisabled));
        Oracle.Report(2, 101_000);
        Assert.That((Class, Price), Is.EqualTo((StalenessClass.Fresh, 101_000L)));
    }

    [Test]
    public void A_true_jump_makes_the_price_stale_and_then_is_believed_when_all_say_it()
    {
        Oracle.Rules(_rules);
        for (var second = 0; second < 12; second++)
        {
            Oracle.Wait(Second);
            for (uint source = 1; source <= 3; source++)
            {
                Oracle.Report(source, 140_000);
            }
        }

        Assert.That((Class, Price), Is.EqualTo((StalenessClass.Fresh, 140_000L)));
    }

    [Test]
    public void A_report_that_its_verifier_denied_takes_its_number_and_is_an_event()
    {
        var index = Index;
        Deny(1, RejectCode.OracleSignatureInvalid);
        var refused = OracleReportRefusedDecoder.Trusted(Engine.Single(OracleReportRefusedDecoder.TemplateId));
        Assert.That((refused.Code, refused.SourceId, refused.SourceSequence),
            Is.EqualTo((RejectCode.OracleSignatureInvalid, 1u, 77ul)));
        Assert.That((Price, Index), Is.EqualTo((100_000L, index)));
        Assert.That(Engine.View.TryGetOutcome(new(OracleScript.FirstSession + 1), 2, out _, out var kept), Is.True);
        Assert.That(kept, Is.EqualTo(RejectCode.OracleSignatureInvalid), "a duplicate is answered with it");
    }

    [TestCase(0ul, 2ul, 3ul, 0ul)]
    [TestCase(2ul, 2ul, 3ul, 0ul)]
    [TestCase(2ul, 3ul, 3ul, 0ul)]
    [TestCase(1ul, 2ul, 3ul, 1ul << 48)]
    public void Rules_that_make_no_sense_are_refused_and_change_nothing(ulong late, ulong stale, ulong dead, ulong window)
    {
        Oracle.Rules(new OracleRulesWords { LateNanos = late, StaleNanos = stale, DeadNanos = dead, WindowNanos = window });
        var refused = Engine.Events.Single(record => record.SchemaId == InternalSchema.Id
            && record.TemplateId == CommandRefusedDecoder.TemplateId);
        Assert.That(CommandRefusedDecoder.Trusted(refused.Frame).Code, Is.EqualTo((ushort)RejectCode.BadParameter));
        Oracle.Wait(Minute);
        Assert.That(Class, Is.EqualTo(StalenessClass.None));
    }
}

using HftDelta.Engine.State;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>
/// Whatever is wrong with a report: its only trace in the state is its session's request number, nothing is settled, and its one
/// event says why.
/// </summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class RefusedReportTests : OracleFixture
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

    private static readonly StateRecordType[] _untouched =
    [
        StateRecordType.Underlying, StateRecordType.Instrument, StateRecordType.Account, StateRecordType.Position,
        StateRecordType.Order, StateRecordType.PendingWork, StateRecordType.RiskInputs, StateRecordType.Parameter,
        StateRecordType.OracleSource,
    ];

    [TestCase("zero", RejectCode.OracleReportOutOfRange)]
    [TestCase("negative", RejectCode.OracleReportOutOfRange)]
    [TestCase("jumping up", RejectCode.OracleReportJumps)]
    [TestCase("jumping down", RejectCode.OracleReportJumps)]
    [TestCase("far from the median", RejectCode.OracleReportDeviates)]
    [TestCase("duplicated", RejectCode.OracleReportStale)]
    [TestCase("out of order", RejectCode.OracleReportStale)]
    [TestCase("before its own time", RejectCode.OracleReportStale)]
    [TestCase("stale on arrival", RejectCode.OracleReportTooOld)]
    [TestCase("from a clock ahead", RejectCode.OracleClockSkew)]
    [TestCase("from a clock behind", RejectCode.OracleClockSkew)]
    [TestCase("of a silenced source", RejectCode.OracleSourceDisabled)]
    [TestCase("in the name of another source", RejectCode.OracleSourceOfOtherSession)]
    [TestCase("of a source that cannot be", RejectCode.UnknownOracleSource)]
    [TestCase("forged", RejectCode.OracleSignatureInvalid)]
    [TestCase("unsigned", RejectCode.OracleSignatureMissing)]
    public void A_report_that_is(string wrong, RejectCode expected)
    {
        Prepare(wrong);
        Assert.That(Engine.View.Position(new(Bob), new(Perpetual)).Value, Is.EqualTo(10), "there is something to settle");
        var before = Engine.Processor.StateComponents();
        Send(wrong);

        var refused = OracleReportRefusedDecoder.Trusted(Engine.Single(OracleReportRefusedDecoder.TemplateId));
        Assert.That(refused.Code, Is.EqualTo(expected));
        Assert.That(Engine.Events.Count(record => record.SchemaId == HftDeltaSchema.Id), Is.EqualTo(1), "that and nothing else");
        var after = Engine.Processor.StateComponents();
        foreach (var type in _untouched)
        {
            Assert.That(after.Of(type), Is.EqualTo(before.Of(type)), $"{type}");
        }
    }

    [Test]
    public void An_honest_report_after_each_of_them_settles()
    {
        Prepare("zero");
        Send("zero");
        Send("jumping up");
        var index = Index;
        Oracle.Report(1, 100_200, sourceSequence: 21);
        Oracle.Report(2, 100_200, sourceSequence: 21);
        Assert.That(Engine.Count(DeltaSettlementDecoder.TemplateId), Is.EqualTo(1));
        Assert.That(Index - index, Is.EqualTo((Int128)200 << 32));
    }

    [Test]
    public void A_clock_that_agrees_to_the_nanosecond_does_not_hide_how_long_a_report_was_under_way()
    {
        Oracle.Rules(_rules);
        Assert.That(Oracle.Report(1, 100_001, Engine.TimeNanos), Is.EqualTo(default(RejectCode)));
        var said = Engine.TimeNanos;
        Oracle.Wait(Second + 200_000);
        Assert.That(Oracle.Report(1, 100_002, said), Is.EqualTo(RejectCode.OracleReportTooOld));
    }

    [Test]
    public void A_source_that_is_heard_again_is_not_held_against_what_was_taken_back()
    {
        Oracle.Rules(_rules with { DisabledSources = 1 });
        Oracle.Rules(_rules);
        Assert.That(Oracle.Report(1, 100_100), Is.EqualTo(default(RejectCode)));
    }

    private void Prepare(string wrong)
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 10);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 10);
        Oracle.Rules(_rules with { DisabledSources = wrong == "of a silenced source" ? (byte)1 : (byte)0 });
        for (uint source = 1; source <= 3; source++)
        {
            if (wrong != "of a silenced source" || source != 1)
            {
                Assert.That(Oracle.Report(source, 100_000, sourceSequence: 10), Is.EqualTo(default(RejectCode)));
            }
        }

        if (wrong == "far from the median")
        {
            // It walks to the edge in steps that are each allowed.
            Oracle.Report(1, 102_000, sourceSequence: 11);
            Oracle.Report(1, 104_000, sourceSequence: 12);
        }
    }

    private void Send(string wrong)
    {
        var now = Engine.TimeNanos;
        switch (wrong)
        {
            case "zero":
                Oracle.Report(1, 0, sourceSequence: 20);
                break;
            case "negative":
                Oracle.Report(1, -100_000, sourceSequence: 20);
                break;
            case "jumping up":
                Oracle.Report(1, 102_001, sourceSequence: 20);
                break;
            case "jumping down":
                Oracle.Report(1, 97_999, sourceSequence: 20);
                break;
            case "far from the median":
                Oracle.Report(1, 105_001, sourceSequence: 20);
                break;
            case "duplicated":
                Oracle.Report(1, 100_100, sourceSequence: 10);
                break;
            case "out of order":
                Oracle.Report(1, 100_100, sourceSequence: 9);
                break;
            case "before its own time":
                Oracle.Report(1, 100_100, now - 1, 20);
                break;
            case "stale on arrival":
                Engine.TimeNanos += (3 * Second) / 2;
                Oracle.Report(1, 100_100, now, 20);
                break;
            case "from a clock ahead":
                Oracle.Report(1, 100_100, now + (5 * Second) + 1, 20);
                break;
            case "from a clock behind":
                Engine.TimeNanos += Second;
                Oracle.Report(4, 100_100, Engine.TimeNanos - (5 * Second) - 1, 20);
                break;
            case "of a silenced source":
                Oracle.Report(1, 100_100, sourceSequence: 20);
                break;
            case "in the name of another source":
                Venue.Oracle(100_100, source: 2, sourceSequence: 20, through: OracleScript.FirstSession + 1);
                break;
            case "of a source that cannot be":
                Oracle.Report(9, 100_100, sourceSequence: 20);
                break;
            case "forged":
                Deny(1, RejectCode.OracleSignatureInvalid);
                break;
            default:
                Deny(1, RejectCode.OracleSignatureMissing);
                break;
        }
    }
}

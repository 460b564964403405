using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>The operator sets a venue up, and with the seal gives its parameters out of hand.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class GovernanceSetupTests : VenueFixture
{
    private GovernanceScript _governance = null!;

    [SetUp]
    public void OpenScript() => _governance = new GovernanceScript(Engine);

    [Test]
    public void Before_the_seal_the_operator_sets_values_himself()
    {
        Venue.Activate(ParameterId.SettlementThresholdTicks, 10);
        Venue.SetRules(Perpetual, new TradingRules { OrderLotsMax = 5 });
        Venue.SetRules(Perpetual, new TradingRules { OrderLotsMax = 6 });
        Assert.That(Engine.View.Parameter(ParameterId.SettlementThresholdTicks, 1), Is.EqualTo(10));
        Assert.That(Engine.View.Parameter(ParameterId.OrderLotsMax, Perpetual), Is.EqualTo(6));
    }

    [Test]
    public void After_the_seal_every_other_way_is_closed()
    {
        Venue.SetRules(Perpetual, new TradingRules { OrderLotsMax = 5 });
        _governance.SetKey(1, GovernanceRole.Governance);
        _governance.Seal();
        Venue.Activate(ParameterId.SettlementThresholdTicks, 10);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParametersGoverned));
        Venue.SetRules(Perpetual, new TradingRules { OrderLotsMax = 6 });
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParametersGoverned));
        Venue.SetRules(Call, new TradingRules { OrderLotsMax = 6 });
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParametersGoverned), "it had none, and that is governed too");
        _governance.SetKey(2, GovernanceRole.Governance);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParametersGoverned));
        _governance.SetEnvelope(ParameterId.OracleQuorum, 1, new ParameterLimits(1, 2));
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParametersGoverned));
        _governance.Seal();
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParametersGoverned));
        Assert.That(Engine.View.Parameter(ParameterId.SettlementThresholdTicks, 1), Is.EqualTo(100));
        Assert.That(Engine.View.Parameter(ParameterId.OrderLotsMax, Perpetual), Is.EqualTo(5));
    }

    [Test]
    public void After_the_seal_an_instrument_gets_its_first_rules_with_its_listing()
    {
        _governance.SetKey(1, GovernanceRole.Governance);
        _governance.Seal();
        Venue.ListPerpetual(3);
        Venue.SetRules(3, new TradingRules { OrderLotsMax = 5 });
        Assert.That(Engine.View.Parameter(ParameterId.OrderLotsMax, 3), Is.EqualTo(5));
        Venue.SetRules(3, new TradingRules());
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParametersGoverned));
    }

    [Test]
    public void Nobody_seals_a_venue_that_no_one_could_change_afterwards()
    {
        _governance.Seal();
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
        _governance.SetKey(1, GovernanceRole.Module, ParameterId.OracleQuorum);
        _governance.Seal();
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "a module is not enough");
        _governance.SetKey(2, GovernanceRole.Governance);
        _governance.Seal(ulong.MaxValue);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "nor is a lock that never opens");
        Assert.That(Engine.View.AreParametersGoverned, Is.False);
    }

    [Test]
    public void A_key_or_an_envelope_that_cannot_be_is_refused()
    {
        _governance.SetKey(64, GovernanceRole.Governance);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
        _governance.SetKey(1, (GovernanceRole)3);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
        _governance.SetEnvelope((ParameterId)11, 1, new ParameterLimits(1, 2));
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownParameter));
        _governance.SetEnvelope(ParameterId.OracleQuorum, 1, new ParameterLimits(1, 9));
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterOutsideEnvelope));
    }

    [Test]
    public void Each_command_of_setting_up_has_one_answer()
    {
        _governance.SetKey(1, GovernanceRole.Governance);
        Assert.That(Applied(), Is.EqualTo(GovernanceKeyDecoder.TemplateId));
        _governance.SetEnvelope(ParameterId.OracleQuorum, 1, new ParameterLimits(1, 2));
        Assert.That(Applied(), Is.EqualTo(ParameterEnvelopeDecoder.TemplateId));
        _governance.Seal();
        Assert.That(Applied(), Is.EqualTo(GovernanceSealDecoder.TemplateId));
        _governance.Propose(ParameterId.OracleQuorum, 2);
        Assert.That(Applied(), Is.EqualTo(GovernanceActionDecoder.TemplateId));
    }

    private RejectCode Refused() => (RejectCode)CommandRefusedDecoder.Trusted(
        Engine.Events.Single(record => IsEvent(record, CommandRefusedDecoder.TemplateId)).Frame).Code;

    private ushort Applied() => CommandAppliedDecoder.Trusted(
        Engine.Events.Single(record => IsEvent(record, CommandAppliedDecoder.TemplateId)).Frame).CommandTemplateId;

    private static bool IsEvent(EngineEvent record, ushort templateId) =>
        record.SchemaId == InternalSchema.Id && record.TemplateId == templateId;
}

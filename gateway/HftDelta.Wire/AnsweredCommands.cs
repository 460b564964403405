using HftDelta.Wire.Internal;

namespace HftDelta.Wire;

/// <summary>
/// Commands of an operator that have one answer each, <c>CommandApplied</c> or <c>CommandRefused</c>: the engine gives it, and
/// whoever sent the command waits for it. Commands of other kinds have events of their own.
/// <para>
/// The list is behaviour of the engine: what it emits for a command of an old journal follows from it. So a template is added
/// only together with its first appearance, while no journal holds it, or by a new <c>EngineVersion</c>.
/// </para>
/// </summary>
public static class AnsweredCommands
{
    /// <param name="templateId">Of the internal schema.</param>
    public static bool Holds(ushort templateId) => templateId is
        InstrumentRulesDecoder.TemplateId or InstrumentStateChangeDecoder.TemplateId or KillSwitchDecoder.TemplateId
        or AccountGroupDecoder.TemplateId or SetVolatilitySliceDecoder.TemplateId
        or EndOfDayDecoder.TemplateId or ListStrategyDecoder.TemplateId
        or TellControlStateDecoder.TemplateId or GovernanceActionDecoder.TemplateId or GovernanceKeyDecoder.TemplateId
        or ParameterEnvelopeDecoder.TemplateId or GovernanceSealDecoder.TemplateId or TellParametersDecoder.TemplateId
        or ListUnderlyingDecoder.TemplateId or ParameterActivationDecoder.TemplateId or OracleRulesDecoder.TemplateId
        or VolatilityUpdateDecoder.TemplateId or FeeScheduleDecoder.TemplateId or InstrumentFeesDecoder.TemplateId
        or AccountTierDecoder.TemplateId or ListAssetDecoder.TemplateId or AssetTermsDecoder.TemplateId
        or SettlementPoolTermsDecoder.TemplateId or DelistInstrumentDecoder.TemplateId or EngineVersionDecoder.TemplateId;
}

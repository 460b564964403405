using HftDelta.Primitives.Records;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway.Sessions;

/// <summary>Who may have what sequenced. What is not listed is refused; the sequencer's own commands are in no list.</summary>
internal static class TemplateRules
{
    /// <summary>Requests of the client schema that become commands.</summary>
    public static bool IsRequest(ushort templateId) => templateId is
        NewOrderSingleDecoder.TemplateId or
        NewOrderExtendedDecoder.TemplateId or
        OrderCancelRequestDecoder.TemplateId or
        OrderReplaceRequestDecoder.TemplateId or
        MassCancelRequestDecoder.TemplateId or
        MassQuoteDecoder.TemplateId or
        ProtectionRequestDecoder.TemplateId or
        WithdrawalRequestDecoder.TemplateId or
        WithdrawalCancelRequestDecoder.TemplateId or
        TransferRequestDecoder.TemplateId or
        OracleReportDecoder.TemplateId;

    /// <summary>Requests that may use the journal's last room: those that end orders, and the price that settles.</summary>
    public static bool IsServedFromReserve(ushort templateId) => templateId is
        OrderCancelRequestDecoder.TemplateId or
        MassCancelRequestDecoder.TemplateId or
        OracleReportDecoder.TemplateId;

    /// <summary>Commands of the internal schema.</summary>
    public static bool IsInternalCommand(RecordSource source, ushort templateId) => source switch
    {
        RecordSource.Risk => templateId == GreeksReadyDecoder.TemplateId,
        RecordSource.Operator => templateId is
            SessionOpenedDecoder.TemplateId or
            SessionClosedDecoder.TemplateId or
            OpenAccountDecoder.TemplateId or
            DepositDecoder.TemplateId or
            WithdrawDecoder.TemplateId or
            ListUnderlyingDecoder.TemplateId or
            ListInstrumentDecoder.TemplateId or
            ListStrategyDecoder.TemplateId or
            DelistInstrumentDecoder.TemplateId or
            InstrumentRulesDecoder.TemplateId or
            InstrumentStateChangeDecoder.TemplateId or
            KillSwitchDecoder.TemplateId or
            VolatilityUpdateDecoder.TemplateId or
            SetVolatilitySliceDecoder.TemplateId or
            OracleRulesDecoder.TemplateId or
            ForwardUpdateDecoder.TemplateId or
            AccountGroupDecoder.TemplateId or
            FeeScheduleDecoder.TemplateId or
            InstrumentFeesDecoder.TemplateId or
            AccountTierDecoder.TemplateId or
            ListAssetDecoder.TemplateId or
            AssetTermsDecoder.TemplateId or
            ResolveDeliveryDecoder.TemplateId or
            SettlementPoolTermsDecoder.TemplateId or
            EndOfDayDecoder.TemplateId or
            TellControlStateDecoder.TemplateId or
            GovernanceActionDecoder.TemplateId or
            GovernanceKeyDecoder.TemplateId or
            ParameterEnvelopeDecoder.TemplateId or
            GovernanceSealDecoder.TemplateId or
            TellParametersDecoder.TemplateId or
            EpochCloseDecoder.TemplateId or
            ParameterActivationDecoder.TemplateId or
            EngineVersionDecoder.TemplateId,
        _ => false,
    };
}

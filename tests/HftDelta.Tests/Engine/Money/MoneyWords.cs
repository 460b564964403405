using System.Globalization;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Money;

/// <summary>What the last command told of money, as short lines, in order.</summary>
internal static class MoneyWords
{
    public static string[] Money(this EngineHarness engine) => engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id).Select(Line).OfType<string>().ToArray();

    /// <summary>Fees in the fills of the last command, in sub-atoms, in order.</summary>
    public static Int128[] Fees(this EngineHarness engine) => engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == OrderFilledDecoder.TemplateId)
        .Select(record => OrderFilledDecoder.Trusted(record.Frame).Fee.ToInt128()).ToArray();

    private static string? Line(EngineEvent record)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (record.TemplateId)
        {
            case WithdrawalReportDecoder.TemplateId:
                var withdrawal = WithdrawalReportDecoder.Trusted(record.Frame);
                var epoch = withdrawal.Epoch == 0 ? "" : string.Create(culture, $" in epoch {withdrawal.Epoch}");
                var code = withdrawal.Code == 0 ? ""
                    : string.Create(culture, $" {(RejectCode)withdrawal.Code} {withdrawal.Bound}");
                return string.Create(
                    culture,
                    $"{withdrawal.AccountId} withdrawal {withdrawal.WithdrawalId} {withdrawal.State} {withdrawal.Amount} of " +
                    $"{withdrawal.AssetId} balance {withdrawal.Balance}{epoch}{code}");
            case TransferReportDecoder.TemplateId:
                var transfer = TransferReportDecoder.Trusted(record.Frame);
                return transfer.Code == 0
                    ? string.Create(
                        culture,
                        $"{transfer.AccountId} gave {transfer.Amount} of {transfer.AssetId} to {transfer.ToAccountId} " +
                        $"balance {transfer.Balance}")
                    : string.Create(culture, $"{transfer.AccountId} gave nothing {(RejectCode)transfer.Code} {transfer.Bound}");
            case BalanceChangedDecoder.TemplateId:
                var changed = BalanceChangedDecoder.Trusted(record.Frame);
                return string.Create(
                    culture,
                    $"{changed.AccountId} {changed.Cause} {changed.Amount} of {changed.AssetId} balance {changed.Balance}");
            default:
                return null;
        }
    }
}

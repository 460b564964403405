using System.Globalization;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Quotes;

/// <summary>Reports as short lines, with those of mass cancels, mass quotes and protection.</summary>
internal static class QuoteWords
{
    public static string[] Told(this EngineHarness engine) => engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id)
        .Select(record => Line(record) ?? OrderWords.Line(record)).OfType<string>().ToArray();

    /// <summary>The line of the mass request that the last command was.</summary>
    public static string Answer(this EngineHarness engine) => engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id).Select(Line).OfType<string>().Single();

    /// <summary>The venue's names of what the last command quoted in its first entry.</summary>
    public static (ulong Bid, ulong Ask) QuoteIds(this EngineHarness engine)
    {
        foreach (var entry in MassQuoteReportDecoder.Trusted(engine.Single(MassQuoteReportDecoder.TemplateId)).Quotes)
        {
            return (entry.BidOrderId, entry.AskOrderId);
        }

        return default;
    }

    private static string? Line(EngineEvent record)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (record.TemplateId)
        {
            case MassCancelReportDecoder.TemplateId:
                var canceled = MassCancelReportDecoder.Trusted(record.Frame);
                return canceled.Code == 0
                    ? string.Create(culture, $"{canceled.ClientOrderId} mass-canceled {canceled.Canceled}")
                    : string.Create(culture, $"{canceled.ClientOrderId} not mass-canceled {(RejectCode)canceled.Code}");
            case MassQuoteReportDecoder.TemplateId:
                var quoted = MassQuoteReportDecoder.Trusted(record.Frame);
                var text = string.Create(culture, $"{quoted.ClientOrderId} quoted");
                foreach (var entry in quoted.Quotes)
                {
                    text += $" {Side(entry.BidCode, entry.BidOrderId)}/{Side(entry.AskCode, entry.AskOrderId)}";
                }

                return quoted.Code == 0
                    ? text
                    : string.Create(culture, $"{quoted.ClientOrderId} not quoted {(RejectCode)quoted.Code} {quoted.Bound}");
            case ProtectionReportDecoder.TemplateId:
                var protection = ProtectionReportDecoder.Trusted(record.Frame);
                return protection.ClientOrderId == 0 ? "protection acted"
                    : protection.Code == 0 ? "protection set" : $"protection not set {(RejectCode)protection.Code}";
            default:
                return null;
        }
    }

    private static string Side(ushort code, ulong order) =>
        code != 0 ? ((RejectCode)code).ToString() : order != 0 ? "ok" : "-";
}

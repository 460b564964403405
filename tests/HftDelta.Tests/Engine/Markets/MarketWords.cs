using System.Globalization;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>What the last command told the public of markets, as short lines, and why it was refused.</summary>
internal static class MarketWords
{
    /// <summary>Statuses, indications and trades, in order.</summary>
    public static string[] Market(this EngineHarness engine) => engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id).Select(Line).OfType<string>().ToArray();

    /// <summary>The code of the only refusal of an internal command.</summary>
    public static RejectCode Refusal(this EngineHarness engine) =>
        (RejectCode)CommandRefusedDecoder.Trusted(engine.Events.Single(IsRefusal).Frame).Code;

    public static bool IsRefused(this EngineHarness engine) => engine.Events.Any(IsRefusal);

    /// <summary>Code and bound of the only refused order.</summary>
    public static string Reject(this EngineHarness engine)
    {
        var reject = OrderRejectedDecoder.Trusted(engine.Single(OrderRejectedDecoder.TemplateId));
        return string.Create(CultureInfo.InvariantCulture, $"{reject.Code} {reject.Bound}");
    }

    private static bool IsRefusal(EngineEvent record) =>
        record.SchemaId == CommandRefusedDecoder.SchemaId && record.TemplateId == CommandRefusedDecoder.TemplateId;

    private static string? Line(EngineEvent record)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (record.TemplateId)
        {
            case InstrumentStatusDecoder.TemplateId:
                var status = InstrumentStatusDecoder.Trusted(record.Frame);
                return string.Create(culture, $"{status.InstrumentId} is {status.State}");
            case AuctionIndicationDecoder.TemplateId:
                var told = AuctionIndicationDecoder.Trusted(record.Frame);
                var price = told.Price == AuctionIndicationDecoder.PriceNull
                    ? "none" : told.Price.ToString(culture);
                return string.Create(
                    culture, $"{told.InstrumentId} {told.State} {told.Volume} @ {price} {told.ImbalanceSide} {told.Imbalance}");
            case TradeDecoder.TemplateId:
                var trade = TradeDecoder.Trusted(record.Frame);
                return string.Create(culture, $"{trade.InstrumentId} traded {trade.Quantity} @ {trade.Price}");
            default:
                return null;
        }
    }
}

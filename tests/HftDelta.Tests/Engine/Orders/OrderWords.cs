using System.Runtime.CompilerServices;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Reports of orders as short lines, in order; orders are named by their client order ids.</summary>
internal static class OrderWords
{
    public static string[] Reports(this EngineHarness engine) => engine.Events
        .Where(record => record.SchemaId == HftDeltaSchema.Id)
        .Select(Line).OfType<string>().ToArray();

    /// <summary>The words of one event; null for one that is no report of an order.</summary>
    public static string? Line(EngineEvent record)
    {
        var frame = record.Frame;
        switch (record.TemplateId)
        {
            case OrderAcceptedDecoder.TemplateId:
                var accepted = OrderAcceptedDecoder.Trusted(frame);
                return Text($"{accepted.ClientOrderId} accepted {accepted.Quantity} @ {accepted.Price}");
            case OrderRejectedDecoder.TemplateId:
                var rejected = OrderRejectedDecoder.Trusted(frame);
                return Text($"{rejected.ClientOrderId} rejected {rejected.Code} {rejected.Bound}");
            case OrderFilledDecoder.TemplateId:
                var filled = OrderFilledDecoder.Trusted(frame);
                return Text(
                $"{filled.ClientOrderId} filled {filled.Quantity} @ {filled.Price} {filled.Liquidity} leaves {filled.Leaves}");
            case OrderCanceledDecoder.TemplateId:
                var canceled = OrderCanceledDecoder.Trusted(frame);
                return Text($"{canceled.ClientOrderId} canceled {canceled.Quantity} {canceled.Reason}");
            case OrderReplacedDecoder.TemplateId:
                var replaced = OrderReplacedDecoder.Trusted(frame);
                var place = replaced.PriorityKept != 0 ? "kept" : "lost";
                return Text(
                    $"{replaced.ClientOrderId} replaced {replaced.Quantity} @ {replaced.Price} leaves {replaced.Leaves} {place}");
            case OrderCancelRejectedDecoder.TemplateId:
                var refused = OrderCancelRejectedDecoder.Trusted(frame);
                return Text($"{refused.ClientOrderId} cancel-rejected {refused.Code} {refused.Bound}");
            case OrderDecrementedDecoder.TemplateId:
                var decremented = OrderDecrementedDecoder.Trusted(frame);
                return Text($"{decremented.ClientOrderId} decremented {decremented.Quantity} leaves {decremented.Leaves}");
            case OrderRepricedDecoder.TemplateId:
                var repriced = OrderRepricedDecoder.Trusted(frame);
                return Text($"{repriced.ClientOrderId} {repriced.Reason} {repriced.Leaves} @ {repriced.Price}");
            default:
                return null;
        }
    }

    private static string Text(DefaultInterpolatedStringHandler line) => line.ToStringAndClear();
}

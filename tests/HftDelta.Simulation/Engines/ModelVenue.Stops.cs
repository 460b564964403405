using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 7: stops wait, prices are observed, triggered orders are activated one at a time.</summary>
public sealed partial class ModelVenue
{
    private ulong _lastPlace;

    private static Broken CheckTriggerTerms(ModelInstrument instrument, NewOrder terms)
    {
        var isStop = terms.OrderType is OrderType.Stop or OrderType.StopLimit;
        var isTrailing = terms.OrderType == OrderType.TrailingStop;
        var isSource = terms.TriggerSource is >= TriggerSource.LastTrade and <= TriggerSource.Oracle;
        var isUnit = terms.TrailingUnit is TrailingUnit.Ticks or TrailingUnit.BasisPoints;
        bool[] good =
        [
            isStop || isTrailing ? isSource : terms.TriggerSource == TriggerSource.None,
            isStop ? terms.TriggerPrice >= 1 : terms.TriggerPrice == 0,
            isTrailing ? terms.TrailingAmount >= 1 : terms.TrailingAmount == 0,
            isTrailing ? isUnit : terms.TrailingUnit == TrailingUnit.None,
            terms.TrailingUnit != TrailingUnit.BasisPoints || terms.TrailingAmount <= 9_999,
        ];
        if (good.Contains(false))
        {
            return new Broken(RejectCode.BadTrigger);
        }

        return new Broken(
            isTrailing && LastPrice(instrument, terms.TriggerSource) == 0 ? RejectCode.BadTrigger : default);
    }

    private static Broken CheckTriggerReached(ModelInstrument instrument, NewOrder terms)
    {
        if (terms.OrderType is not (OrderType.Stop or OrderType.StopLimit))
        {
            return default;
        }

        var last = LastPrice(instrument, terms.TriggerSource);
        if (last != 0 && (terms.Side == Side.Buy ? last >= terms.TriggerPrice : last <= terms.TriggerPrice))
        {
            return new Broken(RejectCode.TriggerReached, last);
        }

        if (!instrument.Seen.TryGetValue(terms.TriggerSource, out var seen))
        {
            return default;
        }

        var kept = terms.Side == Side.Buy ? seen.High : seen.Low;
        var isKept = terms.Side == Side.Buy ? kept >= terms.TriggerPrice : kept <= terms.TriggerPrice;
        return isKept ? new Broken(RejectCode.TriggerReached, kept) : default;
    }

    private static Broken CheckConditional(ModelInstrument instrument, NewOrder terms)
    {
        if (terms.OrderType == OrderType.Pegged &&
            PegPrice(instrument, terms.Side, PegTarget(instrument, terms.Side, terms.PegOffset, terms.Price)) < 1)
        {
            return new Broken(RejectCode.PegUnavailable);
        }

        var standing = terms.OrderType switch
        {
            OrderType.Pegged => instrument.Pegs.Count,
            OrderType.TrailingStop => instrument.Stops.Count(stop => stop.Type == OrderType.TrailingStop),
            _ => 0,
        };
        return standing >= ConditionalMax
            ? new Broken(RejectCode.TooManyConditionalOrders, ConditionalMax)
            : default;
    }

    /// <summary>The last price that a source has shown; 0 before the first.</summary>
    private static long LastPrice(ModelInstrument instrument, TriggerSource source) => source switch
    {
        TriggerSource.LastTrade => instrument.LastTrade,
        TriggerSource.Mark => instrument.MarkTicks,
        TriggerSource.Oracle => instrument.Underlying.Price,
        _ => 0,
    };

    private static void Wait(ModelInstrument instrument, ModelOrder order)
    {
        order.IsWaiting = true;
        instrument.Stops.Add(order);
        if (order.Type == OrderType.TrailingStop)
        {
            Follow(order, LastPrice(instrument, order.TriggerSource));
        }
    }

    /// <summary>A trailing stop has seen a price: its trigger may move, and only towards the price.</summary>
    private static void Follow(ModelOrder order, long price)
    {
        var isFirst = order.Watermark == 0;
        if (isFirst || (order.IsBuy ? price < order.Watermark : price > order.Watermark))
        {
            order.Watermark = price;
        }

        var away = order.TrailingUnit == TrailingUnit.Ticks
            ? order.TrailingAmount
            : (long)((Int128)order.Watermark * order.TrailingAmount / 10_000);
        order.TriggerPrice = order.IsBuy ? order.Watermark + away : order.Watermark - away;
    }

    private void Observe(ModelInstrument instrument, TriggerSource source, long price)
    {
        instrument.ObservedPlace = instrument.ObservedPlace != 0 ? instrument.ObservedPlace : ++_lastPlace;
        var (high, low) = instrument.Seen.GetValueOrDefault(source, (price, price));
        instrument.Seen[source] = (Math.Max(high, price), Math.Min(low, price));
        foreach (var order in instrument.Stops.Where(order =>
            order.Type == OrderType.TrailingStop && order.TriggerSource == source && !order.IsMarked))
        {
            if (order.IsBuy ? price >= order.TriggerPrice : price <= order.TriggerPrice)
            {
                order.IsMarked = true;
            }
            else
            {
                Follow(order, price);
            }
        }
    }

    /// <summary>Activates what is triggered, until every instrument that trades is quiet.</summary>
    private void RunTriggers()
    {
        while (NextObserved() is { } instrument)
        {
            var next = instrument.Stops.Where(order => IsTriggered(instrument, order))
                .OrderBy(order => order.TriggerSource)
                .ThenBy(order => order.Type == OrderType.TrailingStop)
                .ThenBy(order => order.Type == OrderType.TrailingStop ? Side.Buy : order.Side)
                .ThenBy(order => order.Type == OrderType.TrailingStop ? 0 :
                    order.IsBuy ? order.TriggerPrice : -order.TriggerPrice)
                .ThenBy(order => order.Id).FirstOrDefault();
            if (next is null)
            {
                instrument.Seen.Clear();
                instrument.ObservedPlace = 0;
            }
            else
            {
                Activate(instrument, next);
            }
        }

        foreach (var quiet in _instruments.Values.Where(listed => !listed.Stops.Exists(stop => IsTriggered(listed, stop))))
        {
            quiet.Seen.Clear();
            quiet.ObservedPlace = 0;
        }
    }

    private ModelInstrument? NextObserved() => _instruments.Values
        .Where(listed => listed.ObservedPlace != 0 && listed.State == InstrumentState.Open)
        .MinBy(listed => listed.ObservedPlace);

    private static bool IsTriggered(ModelInstrument instrument, ModelOrder order)
    {
        if (order.Type == OrderType.TrailingStop)
        {
            return order.IsMarked;
        }

        return instrument.Seen.TryGetValue(order.TriggerSource, out var seen) &&
            (order.IsBuy ? seen.High >= order.TriggerPrice : seen.Low <= order.TriggerPrice);
    }

    private void Activate(ModelInstrument instrument, ModelOrder order)
    {
        instrument.Stops.Remove(order);
        order.IsWaiting = false;
        order.Type = order.Type == OrderType.StopLimit ? OrderType.Limit : OrderType.Market;
        ReportRepriced(order, RepriceReason.Triggered);
        Take(instrument, order);
    }
}

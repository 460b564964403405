using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 7: stops wait, prices are observed, triggered orders are activated one at a time.</summary>
public sealed partial class ModelVenue
{
    // Where triggers may have to be activated, in the order in which the present command touched them first.
    private readonly List<ModelInstrument> _noted = [];

    private static Broken CheckTriggerTerms(ModelInstrument instrument, NewOrder terms)
    {
        var isStop = terms.OrderType is OrderType.Stop or OrderType.StopLimit;
        var isTrailing = terms.OrderType == OrderType.TrailingStop;
        var isSource = terms.TriggerSource is >= TriggerSource.LastTrade and <= TriggerSource.Oracle;
        var isUnit = terms.TrailingUnit is TrailingUnit.Ticks or TrailingUnit.BasisPoints;
        ReadOnlySpan<bool> good =
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

        bool IsReached(long price) => terms.Side == Side.Buy ? price >= terms.TriggerPrice : price <= terms.TriggerPrice;
        var last = LastPrice(instrument, terms.TriggerSource);
        if (last != 0 && IsReached(last))
        {
            return new Broken(RejectCode.TriggerReached, last);
        }

        if (!instrument.Seen.TryGetValue(terms.TriggerSource, out var seen))
        {
            return default;
        }

        var extreme = terms.Side == Side.Buy ? seen.High : seen.Low;
        return IsReached(extreme) ? new Broken(RejectCode.TriggerReached, extreme) : default;
    }

    private static Broken CheckConditional(ModelInstrument instrument, NewOrder terms)
    {
        if (terms.OrderType == OrderType.Pegged &&
            PegPrice(instrument, terms.Side, PegTarget(instrument, terms.Side, terms.PegOffset, terms.Price),
            terms.Quantity) < 1)
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
        if (instrument.Stops.Count == 0)
        {
            return;
        }

        Note(instrument);
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

    private void Note(ModelInstrument instrument)
    {
        if (!_noted.Contains(instrument))
        {
            _noted.Add(instrument);
        }
    }

    /// <summary>A stop is activated or ends: nobody asks for what was observed when it was the last.</summary>
    private void StopWaiting(ModelInstrument instrument, ModelOrder order)
    {
        if (!instrument.Stops.Remove(order))
        {
            return;
        }

        if (instrument.Stops.Count == 0)
        {
            instrument.Seen.Clear();
        }
        else if (instrument.Seen.Count > 0)
        {
            Note(instrument);
        }
    }

    /// <summary>The end of a command: resting orders of strategies and triggers, until nothing moves any more.</summary>
    private void ComeToRest()
    {
        do
        {
            TakeFromLegs();
            RunTriggers();
        }
        while (_unseenBooks.Count > 0);
    }

    /// <summary>Activates what is triggered, until every instrument that trades is quiet.</summary>
    private void RunTriggers()
    {
        foreach (var instrument in _noted)
        {
            while (NextTriggered(instrument) is { } order && instrument.State == InstrumentState.Open)
            {
                Activate(instrument, order);
            }

            if (NextTriggered(instrument) is null)
            {
                instrument.Seen.Clear();
            }
        }

        _noted.Clear();
    }

    private static ModelOrder? NextTriggered(ModelInstrument instrument) => instrument.Stops
        .Where(order => IsTriggered(instrument, order))
        .OrderBy(order => order.TriggerSource)
        .ThenBy(order => order.Type == OrderType.TrailingStop)
        .ThenBy(order => order.Type == OrderType.TrailingStop ? Side.Buy : order.Side)
        .ThenBy(order => order.Type == OrderType.TrailingStop ? 0 : order.IsBuy ? order.TriggerPrice : -order.TriggerPrice)
        .ThenBy(order => order.Id).FirstOrDefault();

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
        if (PullReason(order) is { } reason)
        {
            Cancel(order, reason);
            return;
        }

        StopWaiting(instrument, order);
        order.IsWaiting = false;
        order.Type = order.Type == OrderType.StopLimit ? OrderType.Limit : OrderType.Market;
        ReportRepriced(order, RepriceReason.Triggered);
        Take(instrument, order);
    }
}

using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 9: market states, and the one price that ends a call.</summary>
public sealed partial class ModelVenue
{
    /// <summary>What an uncross would do: no price when nothing crosses.</summary>
    private readonly record struct Cross(long Price, long Volume, long Imbalance, Side Side);

    private void Change(ChangeState change)
    {
        if (change.State is not (InstrumentState.Open or (>= InstrumentState.PreOpen and <= InstrumentState.Settling)))
        {
            _reports.Add(new Refused(RejectCode.BadParameter));
            return;
        }

        var isCall = change.State is
            InstrumentState.PreOpen or InstrumentState.OpeningAuction or InstrumentState.VolatilityAuction;
        if (change.Instrument != 0 && _instruments[change.Instrument].IsStrategy && isCall)
        {
            _reports.Add(new Refused(RejectCode.BadParameter));
            return;
        }

        foreach (var instrument in _instruments.Values.Where(listed => change.Instrument == 0
            ? listed.Underlying.Id == change.Underlying && !(listed.IsStrategy && isCall)
            : listed.Id == change.Instrument))
        {
            BeginState(instrument, change.State);
        }
    }

    private void SetState(ModelInstrument instrument, InstrumentState state)
    {
        instrument.EndTime = EndOf(state, instrument.Rules);
        instrument.PhaseTrade = 0;
        instrument.LastIndication = null;
        instrument.State = state;
        instrument.Book.Touch();
        _reports.Add(new StatusChanged(instrument.Id, state, instrument.EndTime));
    }

    /// <summary>What the operator or the clock asks for; a sweep that leaves its band only enters the auction.</summary>
    private void BeginState(ModelInstrument instrument, InstrumentState state)
    {
        SetState(instrument, state);
        while (state == InstrumentState.Open && CrossOf(instrument) is { } cross)
        {
            Uncross(instrument, cross);
        }

        RepricePegs(instrument);
        if (instrument.Seen.Count > 0)
        {
            Note(instrument);
        }
    }

    private ulong EndOf(InstrumentState state, SetRules rules)
    {
        var length = state switch
        {
            InstrumentState.OpeningAuction => rules.OpeningAuctionNanos,
            InstrumentState.VolatilityAuction => rules.VolatilityAuctionNanos,
            _ => 0UL,
        };
        return length == 0 ? 0 : _time + length;
    }

    /// <summary>Largest volume, then smallest imbalance, then nearest to the reference, then lowest.</summary>
    private static Cross? CrossOf(ModelInstrument instrument)
    {
        if (instrument.Book.Best(Side.Buy) is not { } bid || instrument.Book.Best(Side.Sell) is not { } ask || bid < ask)
        {
            return null;
        }

        var prices = instrument.Book[Side.Buy].Keys.Concat(instrument.Book[Side.Sell].Keys)
            .Where(price => price >= ask && price <= bid).Distinct();
        var crosses = prices.Select(price => CrossAt(instrument, price)).ToList();
        var volume = crosses.Max(cross => cross.Volume);
        crosses.RemoveAll(cross => cross.Volume < volume);
        var imbalance = crosses.Min(cross => cross.Imbalance);
        crosses.RemoveAll(cross => cross.Imbalance > imbalance);
        var reference = instrument.LastTrade != 0 ? instrument.LastTrade : instrument.MarkTicks;
        var isBetween = crosses.Min(cross => cross.Price) <= reference && reference <= crosses.Max(cross => cross.Price);
        if (isBetween && IsOnTick(instrument, reference))
        {
            return CrossAt(instrument, reference);
        }

        return crosses.OrderBy(cross => Math.Abs(cross.Price - reference)).ThenBy(cross => cross.Price).First();
    }

    private static Cross CrossAt(ModelInstrument instrument, long price)
    {
        var demand = OpenAt(instrument, Side.Buy, level => level >= price);
        var supply = OpenAt(instrument, Side.Sell, level => level <= price);
        return new Cross(
            price, Math.Min(demand, supply), Math.Abs(demand - supply), demand >= supply ? Side.Buy : Side.Sell);
    }

    private static long OpenAt(ModelInstrument instrument, Side side, Func<long, bool> isWithin)
    {
        long open = 0;
        foreach (var (price, queue) in instrument.Book[side])
        {
            if (!isWithin(price))
            {
                return open;
            }

            foreach (var order in queue)
            {
                open += order.Open;
            }
        }

        return open;
    }

    private void Uncross(ModelInstrument instrument, Cross cross)
    {
        long volume = 0;
        while (instrument.Book.First(Side.Buy) is { } buy && instrument.Book.First(Side.Sell) is { } sell &&
            buy.Price >= cross.Price && sell.Price <= cross.Price)
        {
            if (EndsUnfilled(buy) || EndsUnfilled(sell))
            {
                continue;
            }

            var lots = Math.Min(ReducibleLots(buy, buy.Shown), ReducibleLots(sell, sell.Shown));
            volume += lots;
            FillBoth(instrument, buy, sell, lots, cross.Price);
        }

        _reports.Add(new Indicated(
            instrument.Id, InstrumentState.Open, cross.Side, cross.Price, volume, cross.Imbalance, 0));
        if (volume != 0)
        {
            instrument.PhaseTrade = cross.Price;
            Observe(instrument, TriggerSource.LastTrade, cross.Price);
        }
    }

    private void FillBoth(ModelInstrument instrument, ModelOrder buy, ModelOrder sell, long lots, long price)
    {
        Settle(_accounts[buy.Account]);
        Settle(_accounts[sell.Account]);
        buy.Open -= lots;
        buy.Shown -= lots;
        sell.Open -= lots;
        sell.Shown -= lots;
        var trade = Book(instrument, buy, sell, lots, price, Side.Buy);
        ReportFilled(buy, trade, Liquidity.Maker);
        ReportFilled(sell, trade, Liquidity.Maker);
        _reports.Add(trade);
        Replenish(instrument, buy);
        Replenish(instrument, sell);
        Count(buy, lots);
        Count(sell, lots);
    }

    private void PublishIndications()
    {
        foreach (var instrument in _changedBooks)
        {
            if (instrument.State is not (InstrumentState.OpeningAuction or InstrumentState.VolatilityAuction))
            {
                continue;
            }

            var cross = CrossOf(instrument);
            var now = new Indicated(
                instrument.Id, instrument.State, cross?.Side ?? Side.Buy, cross?.Price, cross?.Volume ?? 0,
                cross?.Imbalance ?? 0, instrument.EndTime);
            var before = instrument.LastIndication;
            var isSame = before is null
                ? cross is null
                : (before.Price, before.Volume, before.Imbalance, before.ImbalanceSide) ==
                    (now.Price, now.Volume, now.Imbalance, now.ImbalanceSide);
            if (!isSame)
            {
                instrument.LastIndication = now;
                _reports.Add(now);
            }
        }

        _changedBooks.Clear();
    }
}

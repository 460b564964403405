using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 14: instruments whose lot is a set of other lots, and what they take from the legs' books.</summary>
public sealed partial class ModelVenue
{
    private const ExecutionFlags NotForStrategies =
        ExecutionFlags.ReduceOnly | ExecutionFlags.Reprice | ExecutionFlags.MarketMakerProtection;

    /// <summary>What the legs' books offer: a price, how many lots of the strategy, and the first order of each book.</summary>
    private readonly record struct Implied(long Price, long Lots, List<ModelOrder> Makers);

    private void List(WorldStrategy listed)
    {
        var id = (uint)_instruments.Count + 1;
        var first = _instruments[listed.Legs[0].Instrument];
        var strategy = new ModelInstrument(_changedBooks, _unseenBooks)
        {
            Id = id,
            Underlying = first.Underlying,
            AtomsPerTick = first.AtomsPerTick,
            AtomsPerUnderlyingTick = 0,
        };
        foreach (var (instrument, ratio) in listed.Legs)
        {
            strategy.Legs.Add(new ModelLeg(_instruments[instrument], ratio));
            _instruments[instrument].Strategies.Add(strategy);
        }

        _instruments.Add(id, strategy);
    }

    /// <summary>Where lots of it end up: its legs, or itself.</summary>
    private static List<ModelLeg> Legs(ModelInstrument instrument) =>
        instrument.IsStrategy ? instrument.Legs : instrument.Self;

    private static bool IsForStrategy(SetRules rules) =>
        (rules with { Instrument = 0, OrderLotsMax = 0, Increments = [], TimeNanos = 0 }) == new SetRules(0) &&
        rules.Increments.IsEmpty;

    private static Broken CheckLegStates(ModelInstrument strategy)
    {
        foreach (var leg in strategy.Legs)
        {
            if (leg.Instrument.State != InstrumentState.Open)
            {
                return new Broken(RejectCode.NotInThisState, (long)leg.Instrument.State);
            }
        }

        return default;
    }

    /// <summary>
    /// Every leg at its mark, but the first with a ratio of 1 or -1 at what makes their sum the strategy's price.
    /// </summary>
    private static long[] LegPrices(ModelInstrument strategy, long price)
    {
        var prices = strategy.Legs.Select(leg => leg.Instrument.MarkTicks).ToArray();
        var rest = strategy.Legs.FindIndex(leg => leg.Ratio is 1 or -1);
        prices[rest] = 0;
        var others = strategy.Legs.Select((leg, index) => leg.Ratio * prices[index]).Sum();
        prices[rest] = (price - others) * strategy.Legs[rest].Ratio;
        return prices;
    }

    /// <summary>What an open order is margined at in each leg: no better for it than the leg's mark.</summary>
    private static long[] LegMarginPrices(ModelInstrument instrument, Side side, long price)
    {
        if (!instrument.IsStrategy)
        {
            return [price];
        }

        var prices = LegPrices(instrument, price);
        for (var index = 0; index < prices.Length; index++)
        {
            var leg = instrument.Legs[index];
            var mark = leg.Instrument.MarkTicks;
            prices[index] = leg.SideOf(side) == Side.Buy ? Math.Max(prices[index], mark) : Math.Min(prices[index], mark);
        }

        return prices;
    }

    /// <summary>The largest notional of one lot: of the strategy itself, at least a tick, or of a leg.</summary>
    private static Int128 StrategyNotional(ModelInstrument strategy, long price)
    {
        var prices = LegPrices(strategy, price);
        var most = Int128.Max(1, Int128.Abs(price));
        for (var index = 0; index < prices.Length; index++)
        {
            most = Int128.Max(most, Int128.Abs(prices[index]) * Math.Abs(strategy.Legs[index].Ratio));
        }

        return most * strategy.AtomsPerTick;
    }

    private static bool IsWithin(Side side, long price, long limit) => side == Side.Buy ? price <= limit : price >= limit;

    private static bool IsBetterThanBook(ModelInstrument strategy, Side side, long price)
    {
        var best = strategy.Book.Best(Opposite(side))!.Value;
        return side == Side.Buy ? price < best : price > best;
    }

    private Implied? ImpliedWithin(ModelInstrument instrument, ModelOrder taker) =>
        ImpliedFor(instrument, taker.Side, taker.Account, taker.SelfTradePrevention) is { } implied &&
        IsWithin(taker.Side, implied.Price, taker.Price)
            ? implied
            : null;

    /// <summary>Null where the legs' first orders make no lot that may be traded.</summary>
    private Implied? ImpliedFor(ModelInstrument instrument, Side side, uint account, SelfTradePrevention prevention)
    {
        if (!instrument.IsStrategy)
        {
            return null;
        }

        long price = 0;
        var lots = long.MaxValue;
        var makers = new List<ModelOrder>();
        foreach (var leg in instrument.Legs)
        {
            var maker = leg.Instrument.Book.First(Opposite(leg.SideOf(side)));
            if (maker is null || leg.Instrument.State != InstrumentState.Open || PullReason(maker) is not null ||
                IsOutsideDynamicBand(leg.Instrument, maker.Price) ||
                (prevention != SelfTradePrevention.Off && IsSameGroup(account, maker.Account)))
            {
                return null;
            }

            price += leg.Ratio * maker.Price;
            lots = Math.Min(lots, ReducibleLots(maker, maker.Shown) / Math.Abs(leg.Ratio));
            makers.Add(maker);
        }

        return lots == 0 ? null : new Implied(price, lots, makers);
    }

    private void FillLegs(ModelInstrument strategy, ModelOrder taker, ModelOrder maker, long lots)
    {
        var prices = LegPrices(strategy, maker.Price);
        for (var index = 0; index < prices.Length; index++)
        {
            var leg = strategy.Legs[index];
            var perLot = Int128.Abs(prices[index]) * leg.LotsOf(1) * strategy.AtomsPerTick;
            lots = perLot == 0 ? lots : (long)Int128.Min(lots, Int128.Max(1, NotionalMax / perLot));
        }

        Settle(_accounts[taker.Account]);
        Settle(_accounts[maker.Account]);
        taker.Open -= lots;
        maker.Open -= lots;
        maker.Shown -= lots;
        strategy.Book.Touch();
        for (var index = 0; index < prices.Length; index++)
        {
            Exchange(strategy.Legs[index], taker, maker, prices[index], strategy.Legs[index].LotsOf(lots));
        }

        var trade = new Traded(strategy.Id, taker.Side, ++_lastTradeId, maker.Price, lots, 0);
        ReportFilled(maker, trade, Liquidity.Maker);
        ReportFilled(taker, trade, Liquidity.Taker);
        for (var index = 0; index < prices.Length; index++)
        {
            var legTrade = LegTrade(strategy.Legs[index], taker, prices[index], lots);
            ReportLeg(maker, legTrade, strategy.Legs[index].SideOf(maker.Side), Liquidity.Maker);
            ReportLeg(taker, legTrade, strategy.Legs[index].SideOf(taker.Side), Liquidity.Taker);
            _reports.Add(legTrade);
        }

        _reports.Add(trade);
        Replenish(strategy, maker);
    }

    private void FillImplied(ModelInstrument strategy, ModelOrder taker, Implied implied)
    {
        var lots = Math.Min(taker.Open, implied.Lots);
        Settle(_accounts[taker.Account]);
        implied.Makers.ForEach(maker => Settle(_accounts[maker.Account]));
        taker.Open -= lots;
        if (taker.IsResting)
        {
            taker.Shown -= lots;
            strategy.Book.Touch();
        }

        for (var index = 0; index < strategy.Legs.Count; index++)
        {
            var (leg, maker) = (strategy.Legs[index], implied.Makers[index]);
            maker.Open -= leg.LotsOf(lots);
            maker.Shown -= leg.LotsOf(lots);
            Exchange(leg, taker, maker, maker.Price, leg.LotsOf(lots));
            leg.Instrument.LastTrade = maker.Price;
            leg.Instrument.Trades.Add(maker.Price);
            leg.Instrument.Book.Touch();
        }

        ReportFilled(
            taker, new Traded(strategy.Id, taker.Side, ++_lastTradeId, implied.Price, lots, 0), Liquidity.Taker);
        for (var index = 0; index < strategy.Legs.Count; index++)
        {
            var (leg, maker) = (strategy.Legs[index], implied.Makers[index]);
            var legTrade = LegTrade(leg, taker, maker.Price, lots);
            ReportFilled(maker, legTrade, Liquidity.Maker);
            ReportLeg(taker, legTrade, leg.SideOf(taker.Side), Liquidity.Taker);
            _reports.Add(legTrade);
        }

        for (var index = 0; index < strategy.Legs.Count; index++)
        {
            Replenish(strategy.Legs[index].Instrument, implied.Makers[index]);
            Count(implied.Makers[index], strategy.Legs[index].LotsOf(lots));
        }
    }

    private void Exchange(ModelLeg leg, ModelOrder taker, ModelOrder other, long price, long lots)
    {
        var (one, two) = (_accounts[taker.Account], _accounts[other.Account]);
        var isBought = leg.SideOf(taker.Side) == Side.Buy;
        Trade(leg.Instrument, isBought ? one : two, isBought ? two : one, price, lots);
    }

    private Traded LegTrade(ModelLeg leg, ModelOrder taker, long price, long lots) => new(
        leg.Instrument.Id, leg.SideOf(taker.Side), ++_lastTradeId, price, leg.LotsOf(lots), leg.Instrument.Index);

    private void ReportLeg(ModelOrder order, Traded trade, Side side, Liquidity liquidity) => _reports.Add(new LegFilled(
        order.Session, NextSequence(order.Session), order.Account, trade.Instrument, order.Id, order.ClientOrderId,
        trade.Trade, trade.Price, trade.Quantity, trade.DeltaIndex, _accounts[order.Account].CashAtoms, side, liquidity));

    /// <summary>Resting orders look at what has changed in their own books and in those of their legs.</summary>
    private void TakeFromLegs()
    {
        while (_unseenBooks.Count > 0)
        {
            for (var place = 0; place < _changedBooks.Count; place++)
            {
                var changed = _changedBooks[place];
                foreach (var strategy in !_unseenBooks.Remove(changed) ? [] : changed.IsStrategy ? [changed] : changed.Strategies)
                {
                    TakeFromLegs(strategy, Side.Buy);
                    TakeFromLegs(strategy, Side.Sell);
                    ObserveTrades(strategy);
                }
            }
        }
    }

    private void TakeFromLegs(ModelInstrument strategy, Side side)
    {
        while (strategy.State == InstrumentState.Open && strategy.Book.First(side) is { } order &&
            ImpliedWithin(strategy, order) is not null)
        {
            if (PullReason(order) is not null)
            {
                return;
            }

            while (order.Open > 0 && ImpliedWithin(strategy, order) is { } implied)
            {
                FillImplied(strategy, order, implied);
            }

            if (order.Open == 0)
            {
                Forget(order);
            }
        }
    }
}

using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Price, then time (section 3), with what keeps two orders apart: sections 4, 6, 10 and 13.</summary>
public sealed partial class ModelVenue
{
    /// <summary>The order takes what it can and then ends or rests.</summary>
    private void Take(ModelInstrument instrument, ModelOrder taker)
    {
        var end = instrument.State == InstrumentState.Open ? Sweep(instrument, taker) : null;
        ObserveTrades(instrument);
        taker.IsAllAtOnce = false;
        if (end is { } reason)
        {
            Cancel(taker, reason);
            return;
        }

        if (taker.Open == 0)
        {
            Forget(taker);
            return;
        }

        if (PullReason(taker) is { } pulled)
        {
            Cancel(taker, pulled);
        }
        else if (ReducibleLots(taker, taker.Open) == 0)
        {
            Cancel(taker, CancelReason.WouldNotReduce);
        }
        else if (taker.Type == OrderType.Market ||
            taker.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill)
        {
            // A sweep that met the band has left the state in which orders trade.
            Cancel(
                taker,
                instrument.State == InstrumentState.Open ? CancelReason.ImmediateRemainder : CancelReason.PriceBand);
        }
        else
        {
            Rest(instrument, taker);
        }
    }

    /// <summary>An order is done: what it traded is seen, of a strategy's in each leg.</summary>
    private void ObserveTrades(ModelInstrument instrument)
    {
        foreach (var traded in Legs(instrument).Select(leg => leg.Instrument).Where(traded => traded.Trades.Count > 0))
        {
            Observe(traded, TriggerSource.LastTrade, traded.Trades[0]);
            Observe(traded, TriggerSource.LastTrade, traded.Trades[^1]);

            // The band stands still during a sweep; one that met it has begun another phase.
            traded.PhaseTrade = traded.State == InstrumentState.Open ? traded.Trades[^1] : 0;
            traded.Trades.Clear();
        }
    }

    private static void Rest(ModelInstrument instrument, ModelOrder order)
    {
        order.Shown = order.Display == 0 ? order.Open : Math.Min(order.Display, order.Open);
        instrument.Book.Add(order);
    }

    /// <summary>Fills the taker; says why it ends early, if something ends it.</summary>
    private CancelReason? Sweep(ModelInstrument instrument, ModelOrder taker)
    {
        while (taker.Open > 0)
        {
            var implied = taker.IsAllAtOnce ? null : ImpliedWithin(instrument, taker);
            var isOwn = Crosses(instrument, taker.Side, taker.Price);
            if (!isOwn && implied is null)
            {
                return null;
            }

            if (PullReason(taker) is { } reason)
            {
                return reason;
            }

            if (implied is { } legs && (!isOwn || IsBetterThanBook(instrument, taker.Side, legs.Price)))
            {
                FillImplied(instrument, taker, legs);
                continue;
            }

            var maker = instrument.Book.First(Opposite(taker.Side))!;
            if (PullReason(maker) is { } pulled)
            {
                Cancel(maker, pulled);
                continue;
            }

            var takerLots = ReducibleLots(taker, taker.Open);
            if (takerLots == 0)
            {
                return null;
            }

            if (taker.SelfTradePrevention != SelfTradePrevention.Off && IsSameGroup(taker.Account, maker.Account))
            {
                if (Prevent(instrument, taker, maker))
                {
                    return CancelReason.SelfTrade;
                }

                continue;
            }

            if (EndsUnfilled(maker))
            {
                continue;
            }

            if (IsOutsideDynamicBand(instrument, maker.Price))
            {
                SetState(instrument, InstrumentState.VolatilityAuction);
                return null;
            }

            var lots = Math.Min(takerLots, ReducibleLots(maker, maker.Shown));
            if (instrument.IsStrategy)
            {
                FillLegs(instrument, taker, maker, lots);
                continue;
            }

            instrument.Trades.Add(maker.Price);
            Fill(instrument, taker, maker, lots, maker.Price);
        }

        return null;
    }

    /// <summary>An order that may not be filled any more is ended by whoever meets it.</summary>
    private bool EndsUnfilled(ModelOrder maker)
    {
        var reason = PullReason(maker);
        if (reason is null && ReducibleLots(maker, maker.Shown) == 0)
        {
            reason = CancelReason.WouldNotReduce;
        }

        if (reason is null)
        {
            return false;
        }

        Cancel(maker, reason.Value);
        return true;
    }

    private static CancelReason? PullReason(ModelOrder order)
    {
        if (order.IsKilled)
        {
            return CancelReason.KillSwitch;
        }

        return order.IsPulled ? CancelReason.MarketMakerProtection : null;
    }

    /// <summary>How many of these lots the order may trade: with reduce-only at most what the position leaves.</summary>
    private long ReducibleLots(ModelOrder order, long lots)
    {
        if (!order.IsReduceOnly)
        {
            return lots;
        }

        var held = _accounts[order.Account].LotsIn(order.Instrument);
        return Math.Clamp(order.IsBuy ? -held : held, 0, lots);
    }

    private bool IsSameGroup(uint left, uint right)
    {
        var group = _accounts[left].Group;
        return left == right || (group != 0 && group == _accounts[right].Group);
    }

    /// <returns>True when the incoming order ends.</returns>
    private bool Prevent(ModelInstrument instrument, ModelOrder taker, ModelOrder maker)
    {
        switch (taker.SelfTradePrevention)
        {
            case SelfTradePrevention.CancelNewest:
                return true;
            case SelfTradePrevention.CancelOldest:
                Cancel(maker, CancelReason.SelfTrade);
                return false;
            case SelfTradePrevention.CancelBoth:
                Cancel(maker, CancelReason.SelfTrade);
                return true;
            default:
                var lots = Math.Min(taker.Open, maker.Shown);
                taker.Open -= lots;
                maker.Open -= lots;
                maker.Shown -= lots;
                instrument.Book.Touch();
                ReportDecremented(maker, lots);
                ReportDecremented(taker, lots);
                Replenish(instrument, maker);
                return false;
        }
    }

    private void Fill(ModelInstrument instrument, ModelOrder taker, ModelOrder maker, long lots, long price)
    {
        Settle(_accounts[taker.Account]);
        Settle(_accounts[maker.Account]);
        taker.Open -= lots;
        maker.Open -= lots;
        maker.Shown -= lots;
        var trade = Book(instrument, taker, maker, lots, price, taker.Side);
        ReportFilled(maker, trade, Liquidity.Maker);
        ReportFilled(taker, trade, Liquidity.Taker);
        _reports.Add(trade);
        Replenish(instrument, maker);
        Count(maker, lots);
        Count(taker, lots);
    }

    private Traded Book(
        ModelInstrument instrument, ModelOrder one, ModelOrder other, long lots, long price, Side aggressor)
    {
        var (buyer, seller) = one.IsBuy ? (one, other) : (other, one);
        Trade(instrument, _accounts[buyer.Account], _accounts[seller.Account], price, lots);
        instrument.LastTrade = price;
        instrument.Book.Touch();
        return new Traded(instrument.Id, aggressor, ++_lastTradeId, price, lots, instrument.Index);
    }

    /// <summary>A maker of which nothing is shown any more is gone, or shows the next part at the back.</summary>
    private void Replenish(ModelInstrument instrument, ModelOrder maker)
    {
        if (maker.Open == 0)
        {
            Forget(maker);
        }
        else if (maker.Shown == 0)
        {
            instrument.Book.Remove(maker);
            Rest(instrument, maker);
        }
    }
}

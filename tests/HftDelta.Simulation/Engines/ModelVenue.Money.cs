using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>docs/delta-settlement.md and docs/margin.md for perpetuals, every sum made anew.</summary>
public sealed partial class ModelVenue
{
    private const long LotWorthMax = 1L << 38;
    private static readonly Int128 _positionWorth = (Int128)1 << 62;

    /// <summary>What one account holds and has open in one instrument.</summary>
    private readonly record struct Exposure(long Lots, long BuyLots, Int128 BuyAtoms, long SellLots, Int128 SellAtoms)
    {
        public long MostLong => Lots + BuyLots;

        public long MostShort => Lots - SellLots;

        public Exposure With(Side side, long lots, Int128 atoms) => side == Side.Buy
            ? this with { BuyLots = BuyLots + lots, BuyAtoms = BuyAtoms + atoms }
            : this with { SellLots = SellLots + lots, SellAtoms = SellAtoms + atoms };
    }

    /// <summary>The largest position below 2^40 lots that is worth below 2^62 atoms at the highest price.</summary>
    private static long LotsMaxOf(long atomsPerUnderlyingTick)
    {
        var price = Math.Min(PriceMax, LotWorthMax / atomsPerUnderlyingTick);
        var lots = (_positionWorth - 1) / ((Int128)price * atomsPerUnderlyingTick);
        return (long)Int128.Min(lots, (1L << 40) - 1);
    }

    private IEnumerable<ModelOrder> OrdersOf(uint account) =>
        _accounts[account].Sessions.SelectMany(session => session.Orders);

    private List<ModelOrder> OrdersOf(uint account, uint instrument) =>
        _accounts[account].Orders.GetValueOrDefault(instrument) ?? [];

    private Exposure ExposureOf(ModelAccount account, ModelInstrument instrument, ModelOrder? without)
    {
        var exposure = new Exposure(account.LotsIn(instrument.Id), 0, 0, 0, 0);
        foreach (var order in OrdersOf(account.Id, instrument.Id))
        {
            exposure = order == without ? exposure : Added(exposure, order, instrument);
        }

        return exposure;
    }

    private Exposure Added(Exposure exposure, ModelOrder order, ModelInstrument instrument)
    {
        var legs = _instruments[order.Instrument].Legs;
        var index = legs.FindIndex(leg => leg.Instrument == instrument);
        return index < 0
            ? Added(exposure, instrument, order.Side, order.MarginPrice, order.Open)
            : Added(
                exposure, instrument, legs[index].SideOf(order.Side), order.LegPrices[index],
                legs[index].LotsOf(order.Open));
    }

    private static Exposure Added(Exposure exposure, ModelInstrument instrument, Side side, long price, long lots) =>
        exposure.With(side, lots, (Int128)price * instrument.AtomsPerTick * lots);

    /// <summary>Step 21: the account can carry it whichever of its orders fill.</summary>
    /// <param name="account">It owns the order.</param>
    /// <param name="instrument">Of the order.</param>
    /// <param name="replaced">The order that it takes the place of, or null.</param>
    /// <param name="side">Of the order.</param>
    /// <param name="price">What it is margined at.</param>
    /// <param name="lots">Open lots.</param>
    /// <param name="isReduceOnly">It may only reduce.</param>
    private Broken CheckExposure(
        ModelAccount account, ModelInstrument instrument, ModelOrder? replaced, Side side, long price, long lots,
        bool isReduceOnly)
    {
        var changes = LegChangesOf(account, instrument, replaced, side, price, lots);
        var held = HeldInstruments(account);
        if (held.Count + changes.Count(change => !held.Contains(change.Instrument.Id)) > _world.PositionsPerAccountMax &&
            changes.Exists(change => !held.Contains(change.Instrument.Id)))
        {
            return new Broken(RejectCode.TooManyPositions);
        }

        foreach (var change in changes)
        {
            var broken = CheckPosition(change, isReduceOnly, side);
            if (broken.Is)
            {
                return broken;
            }
        }

        return new Broken(IsCovered(account, changes) ? default : RejectCode.InsufficientMargin);
    }

    /// <summary>What the account has in one instrument, and would have.</summary>
    private readonly record struct ExposureChange(ModelInstrument Instrument, Exposure Before, Exposure After)
    {
        public Int128 RequirementBefore => Requirement(Instrument, Before);

        public Int128 RequirementAfter => Requirement(Instrument, After);
    }

    private List<ExposureChange> LegChangesOf(
        ModelAccount account, ModelInstrument instrument, ModelOrder? replaced, Side side, long price, long lots)
    {
        var prices = LegMarginPrices(instrument, side, price);
        var changes = new List<ExposureChange>();
        foreach (var leg in Legs(instrument))
        {
            var before = ExposureOf(account, leg.Instrument, null);
            var after = replaced is null ? before : ExposureOf(account, leg.Instrument, replaced);
            after = Added(after, leg.Instrument, leg.SideOf(side), prices[changes.Count], leg.LotsOf(lots));
            changes.Add(new ExposureChange(leg.Instrument, before, after));
        }

        return changes;
    }

    private static Broken CheckPosition(ExposureChange change, bool isReduceOnly, Side side)
    {
        var (instrument, before, after) = change;
        var covers = side == Side.Buy
            ? after.Lots < 0 && after.MostLong <= 0
            : after.Lots > 0 && after.MostShort >= 0;
        if (isReduceOnly && !covers)
        {
            return new Broken(RejectCode.WouldNotReduce);
        }

        if (after.MostLong > instrument.LotsMax || after.MostShort < -instrument.LotsMax)
        {
            return new Broken(RejectCode.PositionLimit, instrument.LotsMax);
        }

        var most = instrument.Rules.PositionLotsMax;
        bool IsBeyond(long was, long size) => Math.Abs(size) > most && Math.Abs(size) > Math.Abs(was);
        return most != 0 && (IsBeyond(before.MostLong, after.MostLong) || IsBeyond(before.MostShort, after.MostShort))
            ? new Broken(RejectCode.PositionLimit, most)
            : default;
    }

    private static List<uint> HeldInstruments(ModelAccount account)
    {
        List<uint> held = [.. account.Orders.Keys];
        foreach (var (instrument, position) in account.Positions)
        {
            if (position.Lots != 0 && !held.Contains(instrument))
            {
                held.Add(instrument);
            }
        }

        return held;
    }

    private bool IsCovered(ModelAccount account, List<ExposureChange> changes)
    {
        var equity = Equity(account);
        Int128 before = 0, after = 0, lossBefore = 0, lossAfter = 0;
        foreach (var change in changes)
        {
            before += change.RequirementBefore;
            after += change.RequirementAfter;
            lossBefore += Loss(change.Instrument, change.Before);
            lossAfter += Loss(change.Instrument, change.After);
        }

        if (after <= before)
        {
            return lossAfter <= equity || lossAfter <= lossBefore;
        }

        foreach (var id in HeldInstruments(account))
        {
            after += changes.Exists(change => change.Instrument.Id == id)
                ? 0
                : Requirement(_instruments[id], ExposureOf(account, _instruments[id], null));
        }

        return equity >= after;
    }

    private Int128 Equity(ModelAccount account) => account.Positions.Aggregate(
        account.Cash,
        (sum, held) => sum + (held.Value.Lots * (_instruments[held.Key].Index - held.Value.IndexLast)));

    private static Int128 Requirement(ModelInstrument instrument, Exposure exposure)
    {
        var bought = Held(instrument, exposure.MostLong) + PaidAboveMark(instrument, exposure);
        var sold = Held(instrument, exposure.MostShort) + ForgoneBelowMark(instrument, exposure);
        return Int128.Max(bought, sold);
    }

    private static Int128 Held(ModelInstrument instrument, long lots)
    {
        // The notional is the settlement price, which for a perpetual is its mark; the share is rounded up.
        var share = ((instrument.Index * instrument.Underlying.InitialMarginPpm) + 999_999) / 1_000_000;
        return Math.Abs(lots) * share;
    }

    private static Int128 Loss(ModelInstrument instrument, Exposure exposure) =>
        Int128.Max(PaidAboveMark(instrument, exposure), ForgoneBelowMark(instrument, exposure));

    private static Int128 PaidAboveMark(ModelInstrument instrument, Exposure exposure) =>
        Int128.Max(0, (exposure.BuyAtoms << 32) - (exposure.BuyLots * instrument.Index));

    private static Int128 ForgoneBelowMark(ModelInstrument instrument, Exposure exposure) =>
        Int128.Max(0, (exposure.SellLots * instrument.Index) - (exposure.SellAtoms << 32));

    /// <summary>Pays an account what the indices have moved since it was last touched.</summary>
    private void Settle(ModelAccount account)
    {
        var cashBefore = account.CashAtoms;
        uint moved = 0;
        foreach (var (id, position) in account.Positions.Where(held => held.Value.Lots != 0))
        {
            var index = _instruments[id].Index;
            moved += position.IndexLast == index ? 0U : 1U;
            account.Cash += position.Lots * (index - position.IndexLast);
            position.IndexLast = index;
        }

        if (account.CashAtoms != cashBefore && account.NoticeSession != 0)
        {
            _reports.Add(new Settled(
                account.NoticeSession, NextSequence(account.NoticeSession), account.Id, moved,
                account.CashAtoms - cashBefore, account.CashAtoms, (uint)(ulong)(account.Cash & uint.MaxValue)));
        }
    }

    /// <summary>The buyer pays lots x (price - D), the seller receives it.</summary>
    private static void Trade(ModelInstrument instrument, ModelAccount buyer, ModelAccount seller, long price, long lots)
    {
        var net = lots * (((Int128)price * instrument.AtomsPerTick << 32) - instrument.Index);
        Change(instrument, buyer, lots, -net);
        Change(instrument, seller, -lots, net);
    }

    private static void Change(ModelInstrument instrument, ModelAccount account, long lots, Int128 cash)
    {
        if (!account.Positions.TryGetValue(instrument.Id, out var position))
        {
            account.Positions.Add(instrument.Id, position = new ModelPosition());
        }

        position.Lots += lots;
        position.IndexLast = instrument.Index;
        account.Cash += cash;
    }

    private void MoveOracle(ModelUnderlying underlying, long price)
    {
        if (price == underlying.Price)
        {
            return;
        }

        underlying.Price = price;
        if (Math.Abs(price - underlying.SettledPrice) >= underlying.ThresholdTicks)
        {
            Settle(underlying);
        }

        foreach (var instrument in _instruments.Values.Where(listed => listed.Underlying == underlying))
        {
            Observe(instrument, TriggerSource.Oracle, price);
            RepricePegs(instrument);
        }
    }

    /// <summary>A settlement tick: every index follows the oracle, and with it every mark.</summary>
    private void Settle(ModelUnderlying underlying)
    {
        var move = underlying.Price - underlying.SettledPrice;
        underlying.SettledPrice = underlying.Price;
        foreach (var instrument in _instruments.Values.Where(
            listed => listed.Underlying == underlying && move != 0 && !listed.IsStrategy))
        {
            var ticks = instrument.MarkTicks;
            instrument.Index += (Int128)move * instrument.AtomsPerUnderlyingTick << 32;
            if (instrument.MarkTicks != ticks)
            {
                Observe(instrument, TriggerSource.Mark, instrument.MarkTicks);
            }
        }
    }
}

using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 8: orders whose price follows the oracle.</summary>
public sealed partial class ModelVenue
{
    /// <summary>Where the oracle puts it, before the book is looked at; below 1: nowhere.</summary>
    private static long PegTarget(ModelInstrument instrument, Side side, long offset, long limit)
    {
        var ticks = (Int128)instrument.Underlying.Price * instrument.AtomsPerUnderlyingTick / instrument.AtomsPerTick;
        var wanted = ticks + offset;
        var limited = side == Side.Buy ? Int128.Min(wanted, limit) : Int128.Max(wanted, limit);
        return limited < 1 || limited > PriceMax ? 0 : AwayOnTick(instrument, side, (long)limited);
    }

    private static long PegTarget(ModelInstrument instrument, ModelOrder order) =>
        PegTarget(instrument, order.Side, order.PegOffset, order.MarginPrice);

    /// <summary>A target moved behind the best opposite if it would trade; below 1: nowhere.</summary>
    private static long PegPrice(ModelInstrument instrument, Side side, long target, long lots)
    {
        var isMoved = target >= 1 && instrument.State == InstrumentState.Open && Crosses(instrument, side, target);
        var price = isMoved ? BehindOpposite(instrument, side) : target;
        var isTooMuch = price > PriceMax || (Int128)price * instrument.AtomsPerTick * lots > NotionalMax;
        return isTooMuch ? 0 : price;
    }

    private static long PegPrice(ModelInstrument instrument, ModelOrder order, long limit, long lots) =>
        PegPrice(instrument, order.Side, PegTarget(instrument, order.Side, order.PegOffset, limit), lots);

    /// <summary>Every pegged order whose target has changed leaves at once; then, by entry, each comes back.</summary>
    private void RepricePegs(ModelInstrument instrument)
    {
        if (instrument.State != InstrumentState.Open && !instrument.IsCall)
        {
            return;
        }

        var moved = instrument.Pegs.Where(order => PegTarget(instrument, order) != order.PegTarget).ToList();
        foreach (var order in moved)
        {
            instrument.Book.Remove(order);
            order.PegTarget = PegTarget(instrument, order);
        }

        foreach (var order in moved)
        {
            var price = PegPrice(instrument, order.Side, order.PegTarget, order.Open);
            if (price < 1)
            {
                Cancel(order, CancelReason.PegUnavailable);
                continue;
            }

            order.Price = price;
            ReportRepriced(order, RepriceReason.OracleMoved);
            Rest(instrument, order);
        }
    }
}

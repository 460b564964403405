using HftDelta.Engine.Books;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Markets;

/// <summary>What an uncross would do.</summary>
/// <param name="Price">0: nothing crosses.</param>
/// <param name="Volume">Lots that trade.</param>
/// <param name="Imbalance">Demand less supply within the price.</param>
internal readonly record struct AuctionResult(long Price, long Volume, long Imbalance);

/// <summary>
/// Finds the price of an uncross (docs/matching-rules.md, section 9) without trading: matches the levels of both sides from
/// their best on until they no longer cross. What is left then tells the imbalance at every price: up to the first buy left
/// there is demand too much, from the first sell left on there is supply too much, and between the two there is none. So the
/// candidates are the last levels that traded and the first ones that are left.
/// Work: one step for each level that trades; in an instrument with hidden quantity one for each order of such a level. A
/// search that has used up its command's steps goes on later, its place is state; when the book changes it begins again.
/// Owner: the engine agent. Reads the book, changes only its place.
/// </summary>
internal sealed class AuctionSearch(VenueState state)
{
    /// <summary>Steps that all searches of one command take together at most.</summary>
    public const int StepsPerCommand = 4_096;

    private const int CandidatesMax = 4;

    private int _steps;

    public void BeginCommand() => _steps = StepsPerCommand;

    /// <summary>Begins a search, or goes on with the one under way.</summary>
    /// <returns>False when the steps were used up first.</returns>
    public bool TryFind(uint instrument, out AuctionResult result)
    {
        ref var scan = ref state.Markets.Records.Write(instrument).Scan;
        var book = state.Book(instrument);
        result = default;
        if (scan.IsRunning == 0)
        {
            scan = new AuctionScan { IsRunning = 1 };
            scan.Buy.Price = book.TryGetBest(Side.Buy, out var buy) ? buy.Value : 0;
            scan.Sell.Price = book.TryGetBest(Side.Sell, out var sell) ? sell.Value : 0;
        }

        while (scan.IsCrossed)
        {
            if (!TryLoad(ref scan, ref scan.Buy, book, Side.Buy) || !TryLoad(ref scan, ref scan.Sell, book, Side.Sell))
            {
                return false;
            }

            Match(ref scan, book);
        }

        if (scan.Volume != 0)
        {
            if (!TryLoad(ref scan, ref scan.Buy, book, Side.Buy) || !TryLoad(ref scan, ref scan.Sell, book, Side.Sell))
            {
                return false;
            }

            result = Choose(scan, book, instrument);
        }

        scan = default;
        return true;
    }

    /// <summary>Counts the lots of a level, hidden ones too.</summary>
    private bool TryLoad(ref AuctionScan scan, ref ScannedSide level, OrderBook book, Side side)
    {
        if (level.Price == 0 || level.IsLoaded != 0)
        {
            return true;
        }

        var price = new PriceTicks(level.Price);
        if (scan.Order == 0 && !state.Orders.HasHidden(book.Instrument.Value))
        {
            if (_steps == 0)
            {
                return false;
            }

            _steps--;
            level.Lots = book.VolumeAt(side, price).Value;
            level.IsLoaded = 1;
            return true;
        }

        var order = scan.Order != 0 ? scan.Order : book.HeadAt(side, price);
        for (; order != 0; order = state.Orders.Slab.Hot(order).Next)
        {
            if (_steps == 0)
            {
                scan.Order = order;
                return false;
            }

            _steps--;
            level.Lots += state.Orders.OpenLots(order);
        }

        scan.Order = 0;
        level.IsLoaded = 1;
        return true;
    }

    private static void Match(ref AuctionScan scan, OrderBook book)
    {
        var lots = scan.Buy.Lots < scan.Sell.Lots ? scan.Buy.Lots : scan.Sell.Lots;
        scan.Volume += lots;
        Take(ref scan.Buy, lots, book, Side.Buy);
        Take(ref scan.Sell, lots, book, Side.Sell);
    }

    private static void Take(ref ScannedSide level, long lots, OrderBook book, Side side)
    {
        level.LastPrice = level.Price;
        level.Lots -= lots;
        if (level.Lots == 0)
        {
            level.Price = book.TryGetNext(side, new PriceTicks(level.Price), out var next) ? next.Value : 0;
            level.IsLoaded = 0;
        }
    }

    private AuctionResult Choose(in AuctionScan scan, OrderBook book, uint instrument)
    {
        Span<long> candidates = stackalloc long[CandidatesMax];
        var count = scan.HasBalance(out var lowest, out var highest) ? 0 : Unbalanced(scan, book, candidates);
        if (count == 0)
        {
            candidates[0] = lowest;
            candidates[1] = highest;
            count = 2;
        }

        var price = NearestToReference(candidates[..count], instrument);
        var imbalance = price <= scan.Buy.Price ? scan.Buy.Lots
            : scan.Sell.Price != 0 && price >= scan.Sell.Price ? -scan.Sell.Lots : 0;
        return new AuctionResult(price, scan.Volume, imbalance);
    }

    /// <summary>No price has demand equal to supply: those where the difference is smallest, ascending.</summary>
    private static int Unbalanced(in AuctionScan scan, OrderBook book, Span<long> candidates)
    {
        var (buy, sell) = (scan.Buy, scan.Sell);
        var demand = buy.Price >= sell.LastPrice ? buy.Lots : long.MaxValue;
        var supply = sell.Price != 0 && sell.Price <= buy.LastPrice ? sell.Lots : long.MaxValue;
        var count = 0;
        if (demand <= supply)
        {
            var hasMore = book.TryGetNext(Side.Buy, new PriceTicks(buy.Price), out var next) && next.Value >= sell.LastPrice;
            if (!hasMore && sell.LastPrice < buy.Price)
            {
                candidates[count++] = sell.LastPrice;
            }

            candidates[count++] = buy.Price;
        }

        if (supply <= demand)
        {
            candidates[count++] = sell.Price;
            var hasMore = book.TryGetNext(Side.Sell, new PriceTicks(sell.Price), out var next) && next.Value <= buy.LastPrice;
            if (!hasMore && buy.LastPrice > sell.Price)
            {
                candidates[count++] = buy.LastPrice;
            }
        }

        return count;
    }

    /// <summary>The reference price itself where it lies between the candidates; else the nearest, the lower of two.</summary>
    private long NearestToReference(ReadOnlySpan<long> candidates, uint instrument)
    {
        ref readonly var record = ref state.Instruments.Read(instrument);
        var reference = record.LastTradePrice != 0 ? record.LastTradePrice : MarketChecks.MarkTicks(record);
        if (reference >= candidates[0] && reference <= candidates[^1] &&
            PriceIncrements.Allow(state.Markets.Rules.Read(instrument), reference))
        {
            return reference;
        }

        var nearest = candidates[0];
        foreach (var candidate in candidates)
        {
            if (Distance(candidate, reference) < Distance(nearest, reference))
            {
                nearest = candidate;
            }
        }

        return nearest;
    }

    private static long Distance(long price, long reference) => price > reference ? price - reference : reference - price;
}

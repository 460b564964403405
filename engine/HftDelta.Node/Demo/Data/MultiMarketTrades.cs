using HftDelta.Node.BookReplay;

namespace HftDelta.Node.Demo.Data;

/// <summary>A trade of one market.</summary>
/// <param name="AfterNanos">Nanoseconds since the first trade of the file, as received.</param>
/// <param name="Price">In the quote asset.</param>
public readonly record struct MarketTrade(ulong AfterNanos, decimal Price);

/// <summary>The trades of one market, in order of time.</summary>
public sealed record MarketTrades(string Market, IReadOnlyList<MarketTrade> Trades);

/// <summary>
/// Reads trades that several markets of one asset made at the same time: <c>binance_multimarket/*_trades.csv.gz</c>, with the
/// columns <c>local_ts_ns</c>, <c>market</c> and <c>price</c> among others.
/// </summary>
public static class MultiMarketTrades
{
    /// <summary>The file of a folder that is read: packed or plain, the newest by name.</summary>
    public static string Find(string folder) => DataFolder.LastOf(
        folder, "binance_multimarket/btc_*_trades.csv.gz", "binance_multimarket/btc_*_trades.csv",
        "binance_multimarket/*_trades.csv.gz");

    /// <summary>All markets in the order in which they first appear.</summary>
    /// <exception cref="ReplayInputException">The file cannot be read or holds something else.</exception>
    public static IReadOnlyList<MarketTrades> Read(string path)
    {
        using var rows = CsvReader.WithHeader(path);
        var timeColumn = rows.Column("local_ts_ns");
        var marketColumn = rows.Column("market");
        var priceColumn = rows.Column("price");
        var found = new Dictionary<string, List<(long Time, decimal Price)>>(StringComparer.Ordinal);
        var order = new List<string>();
        var begin = long.MaxValue;
        while (rows.TryRead())
        {
            var time = rows.Integer(timeColumn);
            var price = rows.Number(priceColumn);
            if (time <= 0)
            {
                throw rows.Fault(timeColumn, "a time after 1970");
            }

            if (price is <= 0 or > 100_000_000)
            {
                throw rows.Fault(priceColumn, "a price above 0 and up to 100,000,000");
            }

            begin = Math.Min(begin, time);
            var market = rows.Text(marketColumn).ToString();
            if (!found.TryGetValue(market, out var trades))
            {
                found.Add(market, trades = []);
                order.Add(market);
            }

            // A receiver's clock that steps back does not let the market go back.
            trades.Add((trades.Count > 0 ? Math.Max(time, trades[^1].Time) : time, price));
        }

        if (order.Count == 0)
        {
            throw ReplayInputException.In(path, "holds no trades");
        }

        return [.. order.Select(market => new MarketTrades(
            market, [.. found[market].Select(trade => new MarketTrade((ulong)(trade.Time - begin), trade.Price))]))];
    }
}

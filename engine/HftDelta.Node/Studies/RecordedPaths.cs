using HftDelta.Node.Demo.Data;

namespace HftDelta.Node.Studies;

/// <summary>
/// Windows of recorded quotes, <c>binance_multimarket/btc_*_bbo.csv.gz</c>: the middle of bid and ask of each market, second by
/// second, cut into options of four minutes that begin every fifteen seconds. Windows overlap, so they are not independent.
/// </summary>
internal static class RecordedPaths
{
    private const string Pattern = "btc_*_bbo.csv.gz";
    private const int WindowSteps = 240;
    private const int WindowStride = 15;
    private const long StepNanos = 1_000_000_000;

    /// <summary>All windows of all days and markets; none where the folder has no such file.</summary>
    /// <param name="folder">Of recorded market data.</param>
    public static IReadOnlyList<PricePath> Read(string folder)
    {
        var inside = Path.Combine(folder, "binance_multimarket");
        var paths = new List<PricePath>();
        var files = Directory.Exists(inside) ? Directory.GetFiles(inside, Pattern) : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            foreach (var prices in Sample(file))
            {
                Cut(prices, paths);
            }
        }

        return paths;
    }

    /// <summary>The last middle price before each step, of each market of a file.</summary>
    private static IEnumerable<List<double>> Sample(string file)
    {
        using var rows = CsvReader.WithHeader(file);
        var (time, market) = (rows.Column("local_ts_ns"), rows.Column("market"));
        var (bid, ask) = (rows.Column("bid_px"), rows.Column("ask_px"));
        var markets = new Dictionary<string, (long Next, double Last, List<double> Prices)>(StringComparer.Ordinal);
        while (rows.TryRead())
        {
            var at = rows.Integer(time);
            var middle = (double)(rows.Number(bid) + rows.Number(ask)) / 2;
            var name = rows.Text(market).ToString();
            if (!markets.TryGetValue(name, out var known))
            {
                known = (at + StepNanos, middle, [middle]);
            }

            for (; known.Next <= at; known.Next += StepNanos)
            {
                known.Prices.Add(known.Last);
            }

            markets[name] = known with { Last = middle };
        }

        return markets.Values.Select(found => found.Prices);
    }

    /// <summary>
    /// Volatility is what the window itself showed: what is left is the error of hedging in steps, and not that
    /// of a volatility that did not come.
    /// </summary>
    private static void Cut(List<double> prices, List<PricePath> paths)
    {
        for (var first = 0; first + WindowSteps < prices.Count; first += WindowStride)
        {
            var window = prices.GetRange(first, WindowSteps + 1).ToArray();
            var volatility = PricePath.Realised(window, TimeSpan.FromSeconds(1));
            if (volatility > 0.01)
            {
                paths.Add(new PricePath(window, TimeSpan.FromSeconds(WindowSteps), volatility));
            }
        }
    }
}

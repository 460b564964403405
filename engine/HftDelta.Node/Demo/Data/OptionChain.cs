using HftDelta.Node.BookReplay;

namespace HftDelta.Node.Demo.Data;

/// <summary>A strike with both its options.</summary>
/// <param name="Strike">In the quote asset.</param>
/// <param name="CallVolatility">Annual, 1 is 100 %.</param>
/// <param name="PutVolatility">Annual, 1 is 100 %.</param>
public sealed record ChainStrike(decimal Strike, decimal CallVolatility, decimal PutVolatility);

/// <summary>One expiry of a chain.</summary>
/// <param name="Expiry">When it expires.</param>
/// <param name="Forward">Of this expiry, in the quote asset.</param>
/// <param name="Strikes">Those that have both a call and a put, in order.</param>
public sealed record ChainExpiry(DateTimeOffset Expiry, decimal Forward, IReadOnlyList<ChainStrike> Strikes);

/// <summary>
/// The newest snapshot of an option chain: <c>deribit_options/chain_*.csv.gz</c>, with the columns <c>timestamp</c>,
/// <c>instrument_name</c>, <c>option_type</c>, <c>strike</c>, <c>expiry_datetime</c>, <c>futures_price</c> and
/// <c>implied_volatility</c> among others.
/// </summary>
public sealed record OptionChain(DateTimeOffset Moment, IReadOnlyList<ChainExpiry> Expiries)
{
    /// <summary>The file of a folder that is read: packed or plain, the newest by name.</summary>
    public static string Find(string folder) =>
        DataFolder.LastOf(folder, "deribit_options/chain_*.csv.gz", "deribit_options/chain_*.csv");

    /// <summary>Expiries after the snapshot that have strikes with both options, in order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="asset">What instrument names begin with, such as <c>BTC</c>.</param>
    /// <exception cref="ReplayInputException">The file cannot be read or holds no such options.</exception>
    public static OptionChain Read(string path, string asset)
    {
        var rows = ReadNewest(path, asset, out var moment);
        var expiries = rows.Where(row => row.Expiry > moment).GroupBy(row => row.Expiry).OrderBy(group => group.Key)
            .Select(group => new ChainExpiry(group.Key, group.First().Forward, StrikesOf(group)))
            .Where(expiry => expiry.Strikes.Count > 0)
            .ToList();
        return expiries.Count > 0
            ? new OptionChain(moment, expiries)
            : throw ReplayInputException.In(path, $"holds no {asset} options with a volatility in its newest snapshot");
    }

    private static List<Row> ReadNewest(string path, string asset, out DateTimeOffset newest)
    {
        using var rows = CsvReader.WithHeader(path);
        var columns = new
        {
            Time = rows.Column("timestamp"),
            Name = rows.Column("instrument_name"),
            Type = rows.Column("option_type"),
            Strike = rows.Column("strike"),
            Expiry = rows.Column("expiry_datetime"),
            Forward = rows.Column("futures_price"),
            Volatility = rows.Column("implied_volatility"),
        };
        var found = new List<Row>();
        var lastText = "";
        newest = DateTimeOffset.MinValue;
        var moment = newest;
        while (rows.TryRead())
        {
            if (!rows.Text(columns.Time).SequenceEqual(lastText))
            {
                moment = rows.Moment(columns.Time);
                lastText = rows.Text(columns.Time).ToString();
            }

            if (moment < newest || !IsOf(rows.Text(columns.Name), asset))
            {
                continue;
            }

            if (moment > newest)
            {
                newest = moment;
                found.Clear();
            }

            if (rows.Text(columns.Volatility).Length > 0 && rows.Text(columns.Forward).Length > 0)
            {
                found.Add(new Row(
                    rows.Moment(columns.Expiry),
                    rows.Number(columns.Forward),
                    rows.Number(columns.Strike),
                    rows.Number(columns.Volatility),
                    IsCall(rows, columns.Type)));
            }
        }

        return found;
    }

    private static bool IsOf(ReadOnlySpan<char> name, string asset) =>
        name.Length > asset.Length && name.StartsWith(asset, StringComparison.Ordinal) && name[asset.Length] == '-';

    private static bool IsCall(CsvReader rows, int column) => rows.Text(column) switch
    {
        "call" => true,
        "put" => false,
        _ => throw rows.Fault(column, "call or put"),
    };

    private static List<ChainStrike> StrikesOf(IEnumerable<Row> rows)
    {
        var calls = new Dictionary<decimal, decimal>();
        var puts = new Dictionary<decimal, decimal>();
        foreach (var row in rows.Where(row => row.Volatility is > 0 and < 60 && row.Strike > 0 && row.Forward > 0))
        {
            (row.IsCall ? calls : puts)[row.Strike] = row.Volatility;
        }

        return [.. calls.Keys.Where(puts.ContainsKey).Order()
            .Select(strike => new ChainStrike(strike, calls[strike], puts[strike]))];
    }

    private readonly record struct Row(
        DateTimeOffset Expiry, decimal Forward, decimal Strike, decimal Volatility, bool IsCall);
}

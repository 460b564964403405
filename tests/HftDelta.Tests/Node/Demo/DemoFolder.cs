using System.IO.Compression;
using System.Text;

namespace HftDelta.Tests.Node.Demo;

/// <summary>A temporary folder with files of recorded data, a few rows each, and what a demonstration leaves there.</summary>
internal sealed class DemoFolder : IDisposable
{
    public const string Trades =
        "local_ts_ns,event_ms,trade_ms,market,symbol,trade_id,price,qty,buyer_is_maker,exec_type\n"
        + "1000000000,1,1,spot,BTCUSDT,1,61837.63000000,0.02,1,\n"
        + "1200000000,1,1,usdm,BTCUSDT,1,61840.10,0.02,1,MARKET\n"
        + "1300000000,1,1,coinm,BTCUSD_PERP,1,61835.9,3,0,MARKET\n"
        + "1500000000,1,1,spot,BTCUSDT,2,61850.00000000,0.02,1,\n"
        + "1900000000,1,1,spot,BTCUSDT,3,61790.00000000,0.02,1,\n"
        + "2100000000,1,1,coinm,BTCUSD_PERP,2,61770.0,3,0,MARKET\n";

    public const string Messages =
        "34200.000000000,1,11,100,5850000,1\n"
        + "34200.100000000,1,12,50,5851000,-1\n"
        + "34200.200000000,2,11,40,5850000,1\n"
        + "34200.300000000,4,12,20,5851000,-1\n"
        + "34200.400000000,5,0,7,5850500,1\n"
        + "34201.500000000,3,11,60,5850000,1\n"
        + "34202.000000000,7,0,0,-1,-1\n"
        + "34203.000000000,3,99,60,5850000,1\n";

    public DemoFolder() => Root = Directory.CreateTempSubdirectory("hftdelta-demo-test-").FullName;

    public string Root { get; }

    public string Journal => Path.Combine(Root, "journal");

    /// <summary>Three expiries of three strikes, at two moments.</summary>
    public static string Chain
    {
        get
        {
            var rows = new StringBuilder(
                "timestamp,instrument_name,underlying,option_type,strike,expiry_datetime,futures_price,"
                + "implied_volatility,currency\n");
            foreach (var moment in new[] { "2026-02-06T20:00:00.5+00:00", "2026-02-07T20:00:00.5+00:00" })
            {
                var futures = moment.Contains("-06T", StringComparison.Ordinal) ? 70_000 : 71_000;
                foreach (var expiry in new[] { "2026-02-08", "2026-02-13", "2026-03-27" })
                {
                    foreach (var strike in new[] { 66_000, 70_000, 71_500, 76_000 })
                    {
                        foreach (var type in new[] { "call", "put" })
                        {
                            rows.Append(
                                $"{moment},BTC-X-{strike}-{type},{futures},{type},{strike}.0,{expiry}T08:00:00+00:00,"
                                + $"{futures}.5,0.45,BTC\n");
                        }
                    }
                }

                rows.Append($"{moment},ETH-X-3000-C,3000,call,3000.0,2026-02-08T08:00:00+00:00,3000.5,0.6,ETH\n");
            }

            return rows.ToString();
        }
    }

    /// <summary>Writes a file, packed when its name says so.</summary>
    public string Write(string relative, string text)
    {
        var path = Path.Combine(Root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using Stream stream = relative.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionLevel.Fastest)
            : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    /// <summary>All three recordings.</summary>
    public void WriteAll()
    {
        Write("binance_multimarket/btc_2031-01-01_trades.csv.gz", Trades);
        Write("deribit_options/chain_2031.csv.gz", Chain);
        Write("lobster/XYZ_2031-01-01_message_10.csv.gz", Messages);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

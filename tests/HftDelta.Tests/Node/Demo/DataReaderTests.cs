using HftDelta.Node.BookReplay;
using HftDelta.Node.Demo.Data;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Demo;

/// <summary>Recorded data in small pieces: what is read, which file is taken, and what is said of a bad one.</summary>
[CancelAfter(20_000)]
public sealed class DataReaderTests
{
    private DemoFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new DemoFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Trades_are_split_by_market_and_begin_with_the_first()
    {
        var path = _folder.Write("trades.csv.gz", DemoFolder.Trades);
        var markets = MultiMarketTrades.Read(path);
        Assert.That(markets.Select(market => market.Market), Is.EqualTo(new[] { "spot", "usdm", "coinm" }));
        Assert.That(markets[0].Trades, Is.EqualTo(new MarketTrade[]
        {
            new(0, 61_837.63m), new(500_000_000, 61_850m), new(900_000_000, 61_790m),
        }));
        Assert.That(markets[1].Trades.Single(), Is.EqualTo(new MarketTrade(200_000_000, 61_840.10m)));
        Assert.That(markets[2].Trades[^1].AfterNanos, Is.EqualTo(1_100_000_000));
    }

    [Test]
    public void A_receiver_clock_that_steps_back_does_not_let_a_market_go_back()
    {
        var path = _folder.Write("trades.csv", "local_ts_ns,market,price\n500,a,1\n400,a,2\n450,b,3\n");
        var markets = MultiMarketTrades.Read(path);
        Assert.That(markets[0].Trades.Select(trade => trade.AfterNanos), Is.EqualTo(new ulong[] { 100, 100 }));
        Assert.That(markets[1].Trades.Single().AfterNanos, Is.EqualTo(50));
    }

    [Test]
    public void The_newest_snapshot_of_a_chain_is_taken_and_only_the_asset_asked_for()
    {
        var chain = OptionChain.Read(_folder.Write("chain.csv", DemoFolder.Chain), "BTC");
        Assert.That(chain.Moment, Is.EqualTo(new DateTimeOffset(2026, 2, 7, 20, 0, 0, 500, TimeSpan.Zero)));
        Assert.That(chain.Expiries.Select(expiry => expiry.Expiry.Day), Is.EqualTo(new[] { 8, 13, 27 }));
        Assert.That(chain.Expiries[0].Forward, Is.EqualTo(71_000.5m));
        Assert.That(
            chain.Expiries[0].Strikes.Select(strike => strike.Strike),
            Is.EqualTo(new[] { 66_000m, 70_000m, 71_500m, 76_000m }));
        Assert.That(chain.Expiries[0].Strikes[0].CallVolatility, Is.EqualTo(0.45m));
    }

    [Test]
    public void Strikes_without_both_options_or_without_a_volatility_are_left_out()
    {
        const string header = "timestamp,instrument_name,option_type,strike,expiry_datetime,futures_price,implied_volatility\n";
        const string moment = "2026-02-06T20:00:00+00:00";
        const string later = "2026-02-08T08:00:00+00:00";
        var path = _folder.Write(
            "chain.csv",
            header
            + $"{moment},BTC-A,call,100,{later},101,0.5\n{moment},BTC-A,put,100,{later},101,0.6\n"
            + $"{moment},BTC-B,call,110,{later},101,0.5\n"
            + $"{moment},BTC-C,call,120,{later},101,0.5\n{moment},BTC-C,put,120,{later},101,\n"
            + $"{moment},BTC-D,call,100,2026-02-05T08:00:00+00:00,101,0.5\n");
        var chain = OptionChain.Read(path, "BTC");
        Assert.That(chain.Expiries.Single().Strikes.Single(), Is.EqualTo(new ChainStrike(100, 0.5m, 0.6m)));
    }

    [Test]
    public void Messages_are_read_up_to_the_time_that_is_asked_for()
    {
        var path = _folder.Write("messages.csv.gz", DemoFolder.Messages);
        var all = OrderFlowMessages.Read(path, 100);
        Assert.That(all, Has.Count.EqualTo(8));
        Assert.That(all[1], Is.EqualTo(new OrderFlowMessage(34_200.1m, OrderFlowType.New, 12, 50, 5_851_000, false)));
        Assert.That(all[3].Type, Is.EqualTo(OrderFlowType.Executed));
        Assert.That(OrderFlowMessages.Read(path, 1), Has.Count.EqualTo(5));
    }

    [TestCase("", "is empty")]
    [TestCase("local_ts_ns,market\n1,a\n", "no column 'price'")]
    [TestCase("local_ts_ns,market,price,price\n", "twice")]
    [TestCase("local_ts_ns,market,price\n", "no trades")]
    [TestCase("local_ts_ns,market,price\n1,a\n", ":2: 2 columns, expected 3")]
    [TestCase("local_ts_ns,market,price\n1,a,2\nx,a,2\n", ":3: column 1 'x'")]
    [TestCase("local_ts_ns,market,price\n1,a,nought\n", "column 3 'nought'")]
    [TestCase("local_ts_ns,market,price\n1,a,-2\n", "above 0")]
    [TestCase("local_ts_ns,market,price\n0,a,2\n", "after 1970")]
    [TestCase("local_ts_ns,market,price\n1,\"a\",2\n", "quoted")]
    public void A_bad_file_of_trades_is_told_with_its_line(string text, string fault)
    {
        var path = _folder.Write("trades.csv", text);
        Assert.That(() => MultiMarketTrades.Read(path), Throws.TypeOf<ReplayInputException>().With.Message.Contains(fault));
    }

    [TestCase("1,1,1,1,100\n", "5 columns")]
    [TestCase("1,8,1,1,100,1\n", "type from 1 to 7")]
    [TestCase("1,1,1,0,100,1\n", "shares")]
    [TestCase("1,1,1,5,0,1\n", "price")]
    [TestCase("1,1,1,5,100,0\n", "1 or -1")]
    [TestCase("-1,1,1,5,100,1\n", "midnight")]
    [TestCase("2,1,1,5,100,1\n1,1,2,5,100,1\n", ":2: column 1")]
    [TestCase("\n\n", "no messages")]
    public void A_bad_file_of_messages_is_told_with_its_line(string text, string fault)
    {
        var path = _folder.Write("messages.csv", text);
        Assert.That(
            () => OrderFlowMessages.Read(path, 10), Throws.TypeOf<ReplayInputException>().With.Message.Contains(fault));
    }

    [Test]
    public void A_chain_without_the_asset_or_with_a_bad_moment_is_told()
    {
        var path = _folder.Write("chain.csv", DemoFolder.Chain);
        Assert.That(
            () => OptionChain.Read(path, "SOL"), Throws.TypeOf<ReplayInputException>().With.Message.Contains("no SOL options"));
        var bad = _folder.Write("bad.csv", DemoFolder.Chain.Replace("2026-02-07T20:00:00.5+00:00", "yesterday"));
        Assert.That(
            () => OptionChain.Read(bad, "BTC"), Throws.TypeOf<ReplayInputException>().With.Message.Contains("'yesterday'"));
    }

    [Test]
    public void A_packed_file_that_is_cut_short_is_an_error_and_not_a_shorter_file()
    {
        var path = _folder.Write("trades.csv.gz", DemoFolder.Trades);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^12]);
        Assert.That(() => MultiMarketTrades.Read(path), Throws.TypeOf<ReplayInputException>());
    }

    [Test]
    public void Files_are_found_by_pattern_the_newest_by_name_and_the_largest_flow()
    {
        _folder.Write("binance_multimarket/btc_2023-01-01_trades.csv.gz", DemoFolder.Trades);
        _folder.Write("binance_multimarket/btc_2025-01-01_trades.csv.gz", DemoFolder.Trades);
        _folder.Write("binance_multimarket/btc_2025-01-01_bbo.csv.gz", "x");
        _folder.Write("lobster/AAA_1_message_5.csv", "1");
        _folder.Write("lobster/BBB_1_message_5.csv", DemoFolder.Messages);
        _folder.Write("lobster/CCC_1_orderbook_5.csv", DemoFolder.Messages + DemoFolder.Messages);
        Assert.That(MultiMarketTrades.Find(_folder.Root), Does.EndWith("btc_2025-01-01_trades.csv.gz"));
        Assert.That(OrderFlowMessages.Find(_folder.Root), Does.EndWith("BBB_1_message_5.csv"));
    }

    [Test]
    public void What_was_looked_for_is_told_when_nothing_is_found()
    {
        Assert.That(
            () => OptionChain.Find(_folder.Root),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains("deribit_options/chain_*.csv.gz"));
        Assert.That(
            () => OptionChain.Find(Path.Combine(_folder.Root, "none")),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains("no such directory"));
    }
}

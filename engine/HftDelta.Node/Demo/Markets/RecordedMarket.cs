using HftDelta.Engine.Greeks;
using HftDelta.Node.BookReplay;
using HftDelta.Node.Demo.Data;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Markets;

/// <summary>
/// A market made of recordings, which were not made on the same day: BTC trades of several markets are the oracle's sources,
/// at their own pace from the first trade on; a snapshot of an option chain gives expiries, strikes and volatilities; recorded
/// order flow of a share goes into an instrument on that share.
/// <para>
/// The chain is moved to the price of the trades: a strike keeps its ratio to the forward, K' = S x K / F, and an expiry its
/// distance in time. The nearest expiry is brought to half of the run instead; its strikes move together with it, so that each
/// stays as many standard deviations from the forward as it was: K' = S x (1 + (K / F - 1) x sqrt(T' / T)).
/// </para>
/// </summary>
internal static class RecordedMarket
{
    private const int StrikesPerExpiry = 3;
    private const int ExpiriesMax = 3;
    private const int SourcesMax = 3;

    /// <summary>Order flow of a share is thin: so many of its seconds pass in one of the run.</summary>
    private const int FlowSpeed = 20;

    private const int ShareTicksPerUnit = 100;

    /// <exception cref="ReplayInputException">Something is missing or malformed.</exception>
    public static DemoMarket Create(string folder, DemoTiming timing)
    {
        var tradesPath = MultiMarketTrades.Find(folder);
        var markets = MultiMarketTrades.Read(tradesPath).Take(SourcesMax).ToList();
        var chainPath = OptionChain.Find(folder);
        var chain = OptionChain.Read(chainPath, "BTC");
        var flowPath = OrderFlowMessages.Find(folder);
        var messages = OrderFlowMessages.Read(flowPath, timing.Seconds * FlowSpeed);

        var bitcoin = SeededMarket.Bitcoin(markets.Count, thresholdPpm: 100);
        var feeds = markets.Select((market, place) => FeedOf(bitcoin, (uint)place + 1, market)).ToList();
        var price = feeds[0].First;
        var builder = new ChainBuilder(bitcoin);
        builder.Add(DemoKind.Perpetual, default, default, default, "BTC-PERP");
        AddChain(builder, chain, chainPath, price, timing);

        var symbol = Path.GetFileName(flowPath).Split('_')[0];
        var share = new DemoUnderlying(
            new UnderlyingId(2), symbol[..Math.Min(symbol.Length, 16)], ShareTicksPerUnit, AtomsPerTick: 10_000,
            TicksPerPriceTick: 1, Sources: 1, Quorum: 1, ThresholdPpm: 500);
        var flowInstrument = new DemoInstrument(
            new InstrumentId((uint)builder.Instruments.Count + 1), share, DemoKind.Perpetual, default, default, default,
            share.Symbol + "-PERP");
        feeds.Add(new RecordedFeed(share, 1, symbol, SharePrices(messages)));
        return new DemoMarket
        {
            Underlyings = [bitcoin, share],
            Instruments = [.. builder.Instruments, flowInstrument],
            Feeds = feeds,
            Flow = [.. messages.Select(message => EventOf(message, messages[0].Seconds)).OfType<FlowEvent>()],
            FlowInstrument = flowInstrument,
            Description = $"recorded market: {Path.GetFileName(tradesPath)} "
                + $"({string.Join(", ", markets.Select(market => market.Market))}), "
                + $"{Path.GetFileName(chainPath)}, {Path.GetFileName(flowPath)}",
        };
    }

    private static RecordedFeed FeedOf(DemoUnderlying underlying, uint source, MarketTrades market) => new(
        underlying,
        source,
        market.Market,
        [.. market.Trades.Select(trade => new RecordedPrice(
            trade.AfterNanos, new PriceTicks((long)Math.Round(trade.Price * underlying.TicksPerUnit))))]);

    private static void AddChain(
        ChainBuilder builder, OptionChain chain, string path, PriceTicks price, DemoTiming timing)
    {
        var expiries = chain.Expiries.Where(expiry => expiry.Strikes.Count >= StrikesPerExpiry).Take(ExpiriesMax).ToList();
        if (expiries.Count < 2)
        {
            throw ReplayInputException.In(
                path, $"fewer than two expiries with {StrikesPerExpiry} strikes each in the newest snapshot");
        }

        for (var place = 0; place < expiries.Count; place++)
        {
            var expiry = expiries[place];
            var left = (ulong)(expiry.Expiry - chain.Moment).Ticks * TimeSpan.NanosecondsPerTick;
            var time = place == 0 ? timing.FirstExpiry : DemoTiming.After(left);
            // IEEE decides quotient, root and product to the last bit: the same strikes on every machine.
            var nearness = place == 0 ? Math.Sqrt((double)(time.Value - DemoTiming.Start.Value) / left) : 1.0;
            foreach (var strike in NearestTo(expiry))
            {
                Add(builder, expiry, strike, price, time, nearness);
            }
        }
    }

    private static IEnumerable<ChainStrike> NearestTo(ChainExpiry expiry) => expiry.Strikes
        .OrderBy(strike => Math.Abs(strike.Strike - expiry.Forward)).ThenBy(strike => strike.Strike)
        .Take(StrikesPerExpiry).OrderBy(strike => strike.Strike);

    private static void Add(
        ChainBuilder builder, ChainExpiry expiry, ChainStrike strike, PriceTicks price, TimeNanos time, double nearness)
    {
        var moneyness = ((double)(strike.Strike / expiry.Forward) - 1) * nearness;
        var ticks = new PriceTicks(Math.Max(1, (long)(price.Value * (1 + moneyness))));
        var name = $"BTC-{expiry.Expiry.UtcDateTime:yyyyMMdd}-{strike.Strike:0.##}";
        builder.Add(DemoKind.Call, ticks, time, VolatilityOf(strike.CallVolatility), name + "-C");
        builder.Add(DemoKind.Put, ticks, time, VolatilityOf(strike.PutVolatility), name + "-P");
    }

    private static VolatilityQ48 VolatilityOf(decimal volatility) => new((long)(volatility * VolatilityQ48.One.Value));

    private static List<RecordedPrice> SharePrices(IReadOnlyList<OrderFlowMessage> messages)
    {
        var prices = new List<RecordedPrice>();
        foreach (var message in messages)
        {
            var isPrice = message.Type is OrderFlowType.Executed or OrderFlowType.HiddenExecuted;
            if ((isPrice || prices.Count == 0) && message.Type <= OrderFlowType.HiddenExecuted)
            {
                prices.Add(new RecordedPrice(
                    AfterNanos(message, messages[0].Seconds), new PriceTicks(TicksOf(message.PriceTenThousandths))));
            }
        }

        return prices.Count > 0 ? prices : [new RecordedPrice(0, new PriceTicks(TicksOf(1_000_000)))];
    }

    private static FlowEvent? EventOf(OrderFlowMessage message, decimal begin)
    {
        FlowKind? kind = message.Type switch
        {
            OrderFlowType.New => FlowKind.Add,
            OrderFlowType.Reduced => FlowKind.Reduce,
            OrderFlowType.Deleted => FlowKind.Remove,
            OrderFlowType.Executed => FlowKind.Execute,
            _ => null,
        };
        return kind is { } known
            ? new FlowEvent(
                AfterNanos(message, begin), known, message.OrderId, message.IsBuy, TicksOf(message.PriceTenThousandths),
                message.Shares)
            : null;
    }

    private static ulong AfterNanos(OrderFlowMessage message, decimal begin) =>
        (ulong)((message.Seconds - begin) * DemoTiming.NanosPerSecond / FlowSpeed);

    private static long TicksOf(long tenThousandths) =>
        Math.Max(1, (tenThousandths + 50) / (10_000 / ShareTicksPerUnit));
}

using HftDelta.Client;
using HftDelta.Client.Orders;
using HftDelta.Client.Samples;
using HftDelta.Node.Demo;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Development;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;

namespace HftDelta.Node.Clients;

/// <summary>Makes the sessions of a client process from what it is asked for.</summary>
internal static class ClientParts
{
    private const double DeskRateSteps = DemoTiming.StepsPerSecond;

    /// <exception cref="BookReplay.ReplayInputException">The recorded data are at fault.</exception>
    public static IReadOnlyList<ClientPart> Make(ClientRunOptions options, LatencyRecorder latency) => options.Role switch
    {
        ClientRole.Maker => [.. options.Keys.Select(key => Maker(options, key, latency))],
        ClientRole.Taker => [.. options.Keys.Select(key => Taker(options, key, latency))],
        ClientRole.Oracle => Oracles(options, latency),
        _ => FlowParts.Make(options, latency),
    };

    /// <summary>Prices or order flow from outside: by chance, or as they were recorded.</summary>
    internal static DemoMarket SourceOf(ClientRunOptions options)
    {
        var timing = new DemoTiming(Math.Clamp((int)Math.Ceiling(options.Seconds * options.Pace), 1, DemoOptions.SecondsMax));
        return options.DataDirectory is { } folder
            ? RecordedMarket.Create(folder, timing)
            : SeededMarket.Create(options.Seed, timing);
    }

    internal static VenueClientOptions ConnectionOf(ClientRunOptions options, ulong key) => new()
    {
        VenueEndpoint = options.Venue,
        Key = new KeyId(key),
        KeepAliveMillis = 200,
    };

    internal static ulong StepNanosOf(ClientRunOptions options) =>
        (ulong)(DemoTiming.NanosPerSecond / (DeskRateSteps * options.Pace));

    private static SamplePart Maker(ClientRunOptions options, ulong key, LatencyRecorder latency)
    {
        var market = options.Market.ToMarket();
        return new SamplePart(key, new SampleMaker(new SampleMakerOptions
        {
            Client = ConnectionOf(options, key) with { WindowRequests = 512, QuotesMax = market.Instruments.Count },
            Instruments = QuotedOf(market),
            Pricing = new MarketPricing(market),
            QuoteEveryNanos = StepNanosOf(options),
            Seed = options.Seed + key,
            Latency = latency,
        }));
    }

    private static SamplePart Taker(ClientRunOptions options, ulong key, LatencyRecorder latency) =>
        new(key, new SampleTaker(new SampleTakerOptions
        {
            Client = ConnectionOf(options, key),
            Instruments = QuotedOf(options.Market.ToMarket()),
            OrdersPerSecond = options.OrdersPerSecond * options.Pace,
            Seed = options.Seed + key,
            Latency = latency,
        }));

    private static List<SamplePart> Oracles(ClientRunOptions options, LatencyRecorder latency)
    {
        var parts = new List<SamplePart>();
        foreach (var key in options.Keys)
        {
            var source = (uint)(key - DevelopmentMarket.FirstOracleKey) + 1;
            var feeds = new OracleFeeds(SourceOf(options), source, options.Pace);
            if (feeds.Underlyings.Count > 0)
            {
                parts.Add(new SamplePart(key, new SampleOracle(new SampleOracleOptions
                {
                    // The venue takes a source from one session alone, for ever: a restarted process resumes it.
                    Client = ConnectionOf(options, key) with { Session = SessionOf(key), MarketDataStreamId = 0 },
                    Underlyings = feeds.Underlyings,
                    Source = (int)source,
                    Price = feeds.PriceAt,
                    Sign = SignerOf(options, parts.Count),
                    ReportEveryNanos = StepNanosOf(options),
                    Latency = latency,
                })));
            }
        }

        return parts;
    }

    /// <summary>Signs as a source; the process keeps its key as long as it runs.</summary>
    private static Func<OracleTerms, byte[]>? SignerOf(ClientRunOptions options, int place)
    {
        if (place >= options.OracleKeyFiles.Count)
        {
            return null;
        }

        var signer = KeyFile.Load(options.OracleKeyFiles[place]);
        var digest = new OracleReportDigest(options.Market.SignedDomain);
        return terms => signer.Sign(digest.Of(
            terms.Underlying, (uint)terms.Source, terms.SourceSequence, terms.SourceTime, terms.Price)).ToArray();
    }

    /// <summary>
    /// Everything but an instrument that makes its own prices: what has no strike and no expiry beside the first.
    /// </summary>
    internal static List<InstrumentId> QuotedOf(DemoMarket market) =>
        [.. market.Instruments.Where(instrument => instrument.Underlying.Id.Value == 1).Select(instrument => instrument.Id)];

    private static SessionId SessionOf(ulong key) => new(0x4854_4644_4F52_4143, key);
}

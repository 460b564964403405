using HftDelta.Client;
using HftDelta.Client.Samples;
using HftDelta.Node.Config;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Development;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Clients;

/// <summary>Makes the canonical load against a venue that runs, priced as its market says.</summary>
public static class LoadClients
{
    /// <param name="venue">HOST:PORT where it listens.</param>
    /// <param name="key">Of the session.</param>
    /// <param name="marketPath">What the venue lists; null: the development market, listed now.</param>
    /// <param name="seed">Decides what happens by chance.</param>
    /// <param name="latency">Told of every outcome, on the client's thread.</param>
    /// <param name="fit">Changes how the client connects; null: as it is.</param>
    public static SampleLoad Make(
        string venue, ulong key, string? marketPath, ulong seed, LatencyRecorder latency,
        Func<VenueClientOptions, VenueClientOptions>? fit = null)
    {
        var market = marketPath is null
            ? DevelopmentMarket.Create().ListedAt(new SystemNanoClock().Now.Value)
            : MarketSettings.Read(marketPath);
        var listed = market.ToMarket();
        var client = new VenueClientOptions { VenueEndpoint = venue, Key = new KeyId(key) };
        return new SampleLoad(new SampleLoadOptions
        {
            Client = fit is null ? client : fit(client),
            Instruments = ClientParts.QuotedOf(listed),
            Pricing = new MarketPricing(listed),
            Seed = seed,
            Latency = latency,
        });
    }
}

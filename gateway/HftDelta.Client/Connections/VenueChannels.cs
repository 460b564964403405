using HftDelta.Aeron;

namespace HftDelta.Client.Connections;

/// <summary>
/// The transport of one attempt to connect: a publication to the venue and the subscriptions that it answers to, on a port
/// that was never used before, so nothing that was meant for an earlier attempt arrives here. Owner: the client's thread.
/// </summary>
internal sealed class VenueChannels : IDisposable
{
    private VenueChannels(ExclusivePublication requests, Subscription reports, Subscription? marketData)
    {
        Requests = requests;
        Reports = reports;
        MarketData = marketData;
    }

    public ExclusivePublication Requests { get; }

    public Subscription Reports { get; }

    /// <summary>Null when none is wanted.</summary>
    public Subscription? MarketData { get; }

    /// <summary>What the venue is told to answer to.</summary>
    public string ResponseChannel => Reports.ResolvedChannel;

    /// <exception cref="AeronException">A channel makes no sense, or the address is not one of this machine.</exception>
    public static VenueChannels Open(AeronDriver driver, VenueClientOptions options)
    {
        var reports = driver.AddSubscription($"aeron:udp?endpoint={options.LocalAddress}:0", options.ReportStreamId);
        Subscription? marketData = null;
        try
        {
            marketData = options.MarketDataStreamId == 0
                ? null
                : driver.AddSubscription(reports.ResolvedChannel, options.MarketDataStreamId);
            var requests = driver.AddExclusivePublication(
                $"aeron:udp?endpoint={options.VenueEndpoint}", options.RequestStreamId);
            return new VenueChannels(requests, reports, marketData);
        }
        catch
        {
            marketData?.Dispose();
            reports.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Requests.Dispose();
        MarketData?.Dispose();
        Reports.Dispose();
    }
}

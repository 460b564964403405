using HftDelta.Node.Demo;
using HftDelta.Node.Demo.Markets;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Clients;

/// <summary>
/// What one source says of each of its underlyings: the feeds of a market, which know steps, asked by the time. Owner: the
/// client's thread.
/// </summary>
internal sealed class OracleFeeds(DemoMarket market, uint source, double pace)
{
    private readonly Dictionary<UnderlyingId, OracleFeed> _feeds =
        market.Feeds.Where(feed => feed.Source == source).ToDictionary(feed => feed.Underlying.Id);

    private readonly HashSet<UnderlyingId> _begun = [];
    private TimeNanos _begin;

    public IReadOnlyList<UnderlyingId> Underlyings => [.. _feeds.Keys];

    /// <summary>The price to report now; 0: none.</summary>
    public PriceTicks PriceAt(UnderlyingId underlying, TimeNanos now)
    {
        _begin = _begin == default ? now : _begin;
        var feed = _feeds[underlying];
        if (_begun.Add(underlying))
        {
            return feed.First;
        }

        var step = (int)((now.Value - _begin.Value) * pace / DemoTiming.StepNanos);
        return feed.TryReport(step, out var price) ? price : default;
    }
}

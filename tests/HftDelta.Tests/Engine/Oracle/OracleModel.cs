using System.Numerics;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>
/// docs/oracle.md written down a second time, slowly: which reports are refused and why, what the price is, and how old it is
/// judged to be. Unbounded integers, lists, nothing shared with the engine.
/// </summary>
internal sealed class OracleModel(OracleRulesWords rules, int quorum, ulong maxAgeNanos)
{
    private readonly SortedDictionary<uint, Source> _sources = [];
    private HashSet<uint> _silenced = [];
    private BigInteger _priceTime;
    private BigInteger _recoveryEnd;

    public long Price { get; private set; }

    /// <summary>Accepted reports that count at a time.</summary>
    public IEnumerable<(uint Source, long Price)> Counting(BigInteger now) => _sources
        .Where(entry => entry.Value.Price is not null && now - entry.Value.Received <= maxAgeNanos)
        .Select(entry => (entry.Key, entry.Value.Price!.Value));

    public StalenessClass Class(BigInteger now)
    {
        var age = now - _priceTime;
        return rules.LateNanos == 0 || Price == 0 ? StalenessClass.None
            : age >= rules.DeadNanos ? StalenessClass.Dead
            : age >= rules.StaleNanos ? StalenessClass.Stale
            : age >= rules.LateNanos || now < _recoveryEnd ? StalenessClass.Late
            : StalenessClass.Fresh;
    }

    public void Silence(HashSet<uint> sources)
    {
        _silenced = sources;
        foreach (var source in sources.Where(_sources.ContainsKey))
        {
            _sources[source] = _sources[source] with { Price = null };
        }
    }

    /// <returns>Why it is refused, or none.</returns>
    public RejectCode Report(uint source, long price, BigInteger sourceTime, ulong number, BigInteger now)
    {
        var last = _sources.GetValueOrDefault(source);
        var code = Judge(source, price, sourceTime, number, now, last, out var least);
        if (code != default)
        {
            return code;
        }

        _sources[source] = new Source(number, sourceTime, now, price, least);
        var prices = Counting(now).Select(entry => entry.Price).Order().ToList();
        var median = prices[(prices.Count - 1) / 2];
        var agreed = rules.DeviationPpm == 0 || prices.All(one => !IsBeyond(one, median, rules.DeviationPpm));
        if (prices.Count < quorum || (!IsCurrent(now) && !agreed))
        {
            return default;
        }

        if (Class(now) is StalenessClass.Stale or StalenessClass.Dead)
        {
            _recoveryEnd = now + rules.RecoveryNanos;
        }

        Price = median;
        _priceTime = now;
        return default;
    }

    private RejectCode Judge(
        uint source, long price, BigInteger sourceTime, ulong number, BigInteger now, Source? last, out BigInteger? least)
    {
        least = last?.LeastAhead;
        if (_silenced.Contains(source))
        {
            return RejectCode.OracleSourceDisabled;
        }

        if (price < 1 || price > 1L << 38)
        {
            return RejectCode.OracleReportOutOfRange;
        }

        if (number <= (last?.Number ?? 0) || sourceTime < (last?.Time ?? 0))
        {
            return RejectCode.OracleReportStale;
        }

        var ahead = now - sourceTime;
        if (rules.SkewMaxNanos != 0 && BigInteger.Abs(ahead) > rules.SkewMaxNanos)
        {
            return RejectCode.OracleClockSkew;
        }

        if (rules.AgeMaxNanos != 0)
        {
            // The least that it ever was, grown by 100 ppm of the time since.
            var grown = least is null ? ahead : least.Value + ((now - last!.Received) / 10_000);
            if (ahead - grown > rules.AgeMaxNanos)
            {
                return RejectCode.OracleReportTooOld;
            }

            least = BigInteger.Min(ahead, grown);
        }

        if (!IsCurrent(now))
        {
            return default;
        }

        var isLastCounting = last?.Price is not null && now - last.Received <= maxAgeNanos;
        return rules.JumpPpm != 0 && isLastCounting && IsBeyond(price, last!.Price!.Value, rules.JumpPpm)
            ? RejectCode.OracleReportJumps
            : rules.DeviationPpm != 0 && IsBeyond(price, Price, rules.DeviationPpm) ? RejectCode.OracleReportDeviates
            : default;
    }

    /// <summary>Neither stale nor dead; without classes, no older than a report may be.</summary>
    private bool IsCurrent(BigInteger now) => Price != 0 && Class(now) switch
    {
        StalenessClass.None => now - _priceTime <= maxAgeNanos,
        StalenessClass.Stale or StalenessClass.Dead => false,
        _ => true,
    };

    private static bool IsBeyond(long price, long reference, uint partsPerMillion) =>
        BigInteger.Abs((BigInteger)price - reference) * 1_000_000 > (BigInteger)reference * partsPerMillion;

    /// <param name="Number">The source's own count.</param>
    /// <param name="Time">By the source's clock.</param>
    /// <param name="Received">By the venue's.</param>
    /// <param name="Price">None once it was taken back.</param>
    /// <param name="LeastAhead">The least that the venue's clock was ahead.</param>
    private sealed record Source(ulong Number, BigInteger Time, BigInteger Received, long? Price, BigInteger? LeastAhead);
}

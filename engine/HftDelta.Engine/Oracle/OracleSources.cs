using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Oracle;

/// <summary>The last accepted report of each source of each underlying. Owner: the engine agent.</summary>
internal sealed class OracleSources(int underlyings) : IDisposable
{
    /// <summary>Source ids are 1 to this.</summary>
    public const int PerUnderlying = 8;

    private readonly HashedSlab<SourceRecord, SourceEncoding> _records = new((underlyings + 1) * PerUnderlying);

    public ref readonly SourceRecord Read(uint underlying, uint source) => ref _records.Read(Id(underlying, source));

    /// <summary>
    /// Whether a session may report as a source: the one it has reported as, or a free one if it has none. So a quorum of
    /// sources is a quorum of sessions, and nobody can speak for another.
    /// </summary>
    public bool IsSourceOf(uint underlying, uint source, uint session)
    {
        for (uint other = 1; other <= PerUnderlying; other++)
        {
            if (Read(underlying, other).Session == session)
            {
                return other == source;
            }
        }

        return Read(underlying, source).Session == 0;
    }

    public void Accept(uint underlying, uint source, in SourceRecord report) =>
        _records.Write(Id(underlying, source)) = report;

    /// <summary>
    /// The median of the sources that were received at most <paramref name="maxAgeNanos"/> ago; of an even number the
    /// lower middle one, so the result is always a price that some source reported.
    /// </summary>
    /// <returns>How many sources were fresh; with 0 the median is 0.</returns>
    public uint Median(uint underlying, ulong nowNanos, ulong maxAgeNanos, out long median)
    {
        Span<long> prices = stackalloc long[PerUnderlying];
        var count = 0;
        for (uint source = 1; source <= PerUnderlying; source++)
        {
            ref readonly var record = ref Read(underlying, source);
            if (!record.IsFresh(nowNanos, maxAgeNanos))
            {
                continue;
            }

            var place = count++;
            for (; place > 0 && prices[place - 1] > record.Price; place--)
            {
                prices[place] = prices[place - 1];
            }

            prices[place] = record.Price;
        }

        median = count == 0 ? 0 : prices[(count - 1) >> 1];
        return (uint)count;
    }

    /// <summary>Whether every fresh report is within so many millionths of a price.</summary>
    public bool Agree(uint underlying, ulong nowNanos, ulong maxAgeNanos, long price, uint partsPerMillion)
    {
        for (uint source = 1; source <= PerUnderlying; source++)
        {
            ref readonly var record = ref Read(underlying, source);
            if (record.IsFresh(nowNanos, maxAgeNanos) && IsBeyond(record.Price, price, partsPerMillion))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What disabled sources said no longer counts; each stays its session's, and its numbering goes on.</summary>
    public void Silence(uint underlying, in OracleRulesRecord rules)
    {
        for (uint source = 1; source <= PerUnderlying; source++)
        {
            if (rules.IsDisabled(source) && Read(underlying, source).Price != 0)
            {
                _records.Write(Id(underlying, source)).Price = 0;
            }
        }
    }

    public static bool IsBeyond(long price, long reference, uint partsPerMillion)
    {
        var distance = price < reference ? reference - price : price - reference;
        return (Int128)distance * 1_000_000 > (Int128)reference * partsPerMillion;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();

    private static uint Id(uint underlying, uint source)
    {
        Check.That(source - 1 < PerUnderlying);
        return (underlying * PerUnderlying) + source - 1;
    }
}

using System.Text.Json;
using HdrHistogram;

namespace HftDelta.Node.Clients;

/// <summary>
/// Times from a request to its first answer, as a client sees them. Written as percentiles and as buckets, from which the
/// recordings of several processes are added up. One thread.
/// </summary>
internal sealed class WireLatency
{
    private const long NanosMax = 60_000_000_000;
    private const int Digits = 3;

    private readonly LongHistogram _nanos = new(NanosMax, Digits);

    public long Samples => _nanos.TotalCount;

    public void Record(ulong nanos) => _nanos.RecordValue((long)Math.Clamp(nanos, 1, (ulong)NanosMax));

    public long AtPercentile(double percentile) => Samples == 0 ? 0 : _nanos.GetValueAtPercentile(percentile);

    public long Max => Samples == 0 ? 0 : _nanos.GetMaxValue();

    /// <summary>Adds what another process wrote by <see cref="WriteBuckets"/>.</summary>
    public void Add(JsonElement buckets)
    {
        foreach (var bucket in buckets.EnumerateArray())
        {
            _nanos.RecordValueWithCount(bucket[0].GetInt64(), bucket[1].GetInt64());
        }
    }

    public LatencyPercentiles Percentiles() => LatencyPercentiles.Of(_nanos);

    /// <summary>Pairs of a value and how often it was recorded.</summary>
    public void WriteBuckets(Utf8JsonWriter json, string name)
    {
        json.WriteStartArray(name);
        foreach (var bucket in _nanos.RecordedValues())
        {
            json.WriteStartArray();
            json.WriteNumberValue(bucket.ValueIteratedTo);
            json.WriteNumberValue(bucket.CountAddedInThisIterationStep);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}

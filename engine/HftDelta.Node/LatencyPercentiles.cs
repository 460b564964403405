using System.Text.Json;
using HdrHistogram;

namespace HftDelta.Node;

/// <summary>What is told of a latency: how many samples, and percentiles in nanoseconds; all zero without a sample.</summary>
public sealed record LatencyPercentiles(
    long Samples, long P50Nanos, long P90Nanos, long P99Nanos, long P999Nanos, long MaxNanos)
{
    public static LatencyPercentiles Of(LongHistogram nanos)
    {
        ArgumentNullException.ThrowIfNull(nanos);
        return nanos.TotalCount == 0
            ? new LatencyPercentiles(0, 0, 0, 0, 0, 0)
            : new LatencyPercentiles(
                nanos.TotalCount,
                nanos.GetValueAtPercentile(50),
                nanos.GetValueAtPercentile(90),
                nanos.GetValueAtPercentile(99),
                nanos.GetValueAtPercentile(99.9),
                nanos.GetMaxValue());
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static LatencyPercentiles Read(JsonElement text) => new(
        Number(text, "samples"), Number(text, "p50"), Number(text, "p90"), Number(text, "p99"), Number(text, "p999"),
        Number(text, "max"));

    public void Write(Utf8JsonWriter json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject(name);
        json.WriteNumber("samples", Samples);
        json.WriteNumber("p50", P50Nanos);
        json.WriteNumber("p90", P90Nanos);
        json.WriteNumber("p99", P99Nanos);
        json.WriteNumber("p999", P999Nanos);
        json.WriteNumber("max", MaxNanos);
        json.WriteEndObject();
    }

    private static long Number(JsonElement text, string name) => text.GetProperty(name).GetInt64();
}

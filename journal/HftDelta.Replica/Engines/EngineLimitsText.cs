using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HftDelta.Engine;
using HftDelta.Primitives.Integrity;

namespace HftDelta.Replica.Engines;

/// <summary>
/// Engine limits as JSON: every limit by its name, and a checksum over all of them, so that a value that somebody changed is
/// noticed before a replay decides otherwise. Pure.
/// </summary>
public static class EngineLimitsText
{
    private const string ChecksumName = "checksum";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    public static byte[] Format(EngineLimits limits)
    {
        var values = JsonSerializer.SerializeToNode(limits, Json)!.AsObject();
        values[ChecksumName] = ChecksumOf(limits);
        return JsonSerializer.SerializeToUtf8Bytes(values, Json);
    }

    /// <exception cref="FormatException">It is not what <see cref="Format"/> writes; the message says what is wrong.</exception>
    public static EngineLimits Parse(ReadOnlySpan<byte> text)
    {
        var values = Values(text);
        var checksum = values[ChecksumName];
        values.Remove(ChecksumName);
        foreach (var (name, _) in JsonSerializer.SerializeToNode(EngineLimits.Default, Json)!.AsObject())
        {
            if (!values.ContainsKey(name))
            {
                throw new FormatException($"{name} is missing");
            }
        }

        var limits = Limits(values);
        if (limits.Fault() is { } fault)
        {
            throw new FormatException(fault);
        }

        return checksum?.ToString() == ChecksumOf(limits)
            ? limits
            : throw new FormatException($"the checksum is not that of the limits ({ChecksumOf(limits)}): a value was changed");
    }

    private static JsonObject Values(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new FormatException("it is no JSON object");
        }
        catch (JsonException fault)
        {
            throw new FormatException($"line {(fault.LineNumber ?? 0) + 1} is no JSON", fault);
        }
        catch (ArgumentException fault)
        {
            throw new FormatException("a name stands there twice", fault);
        }
    }

    private static EngineLimits Limits(JsonObject values)
    {
        try
        {
            return values.Deserialize<EngineLimits>(Json)!;
        }
        catch (JsonException fault)
        {
            // Such as $.orders: the class library's own words name types.
            var name = fault.Path is { Length: > 2 } path ? path[2..] : "a member";
            throw new FormatException($"{name} is unknown, or no whole number of at most {int.MaxValue}", fault);
        }
    }

    private static string ChecksumOf(EngineLimits limits) =>
        Crc32C.Compute(0, JsonSerializer.SerializeToUtf8Bytes(limits, Json)).ToString("x8");
}

using System.Text.Json;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron;

/// <summary>
/// Traffic of the official implementation, recorded: beside the repository, or where HFTDELTA_SHARED says. Tests that need
/// it are skipped where it is absent.
/// </summary>
internal static class VectorFiles
{
    /// <summary>Every scenario with datagrams.</summary>
    public static readonly string[] Scenarios =
    [
        "01-unicast-single-message", "02-fragmented-message", "03a-loss-nak-retransmit", "03b-tail-loss-heartbeat",
        "03c-reorder-duplicate", "03d-unreliable-gap-fill", "04-flow-control", "05a-term-rotation-padding",
        "05b-term-id-wrap", "05c-full-rotation", "06-two-sessions", "07-rttm", "08-late-join-setup-elicitation",
        "09-reject-image-err", "10-revoke", "11-mdc-dynamic", "12-publisher-vanishes", "13-batching-concurrent",
        "14-response-channel",
    ];

    /// <summary>The whole file of a scenario.</summary>
    public static JsonDocument Read(string scenario)
    {
        var path = Path.Combine(Root(), "aeron-vectors", scenario + ".json");
        if (!File.Exists(path))
        {
            Assert.Ignore($"aeron-vectors/{scenario}.json is absent: set HFTDELTA_SHARED to the folder of the shared data");
        }

        return JsonDocument.Parse(File.ReadAllBytes(path));
    }

    /// <summary>The datagrams of a scenario in the order in which the relay saw them, with their decoded frames.</summary>
    public static IEnumerable<(byte[] Bytes, JsonElement Entry)> Datagrams(JsonDocument scenario) =>
        scenario.RootElement.GetProperty("timeline").EnumerateArray()
            .Where(entry => entry.TryGetProperty("hex", out _))
            .Select(entry => (Convert.FromHexString(entry.GetProperty("hex").GetString()!), entry));

    /// <summary>The channels that the scenario was recorded with.</summary>
    public static IEnumerable<string> Channels(JsonDocument scenario) =>
        scenario.RootElement.GetProperty("params").EnumerateObject()
            .Where(parameter => parameter.Name.EndsWith("channel", StringComparison.Ordinal)
                || parameter.Name.Contains("channel_", StringComparison.Ordinal))
            .Select(parameter => parameter.Value.GetString()!);

    public static string Root()
    {
        var configured = Environment.GetEnvironmentVariable("HFTDELTA_SHARED");
        if (!string.IsNullOrEmpty(configured))
        {
            return configured;
        }

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln")))
        {
            folder = folder.Parent;
        }

        return folder == null ? "" : Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared"));
    }
}

using System.Text.Json;
using HftDelta.Node.Config;

namespace HftDelta.Node.Cli;

/// <summary>Volatilities of expiries from a file, as an operator commands them.</summary>
internal static class SurfaceFile
{
    private const int SurfaceError = 1030;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <exception cref="OperatorException">The file is missing or malformed.</exception>
    public static IReadOnlyList<MarketVolatilities> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<List<MarketVolatilities>>(File.ReadAllBytes(path), Json)
                ?? throw new JsonException("it says null");
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                SurfaceError, ExitCode.Usage, $"the volatilities {path} cannot be read: {fault.Message.TrimEnd('.')}",
                "docs/risk.md shows such a file", fault);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace HftDelta.Perf.Results;

/// <summary>Reads and writes summary.json.</summary>
internal static class SummaryFile
{
    public const string Name = "summary.json";

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new RoundedNumbers(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string ToJson(RunSummary summary) => JsonSerializer.Serialize(summary, Indented) + "\n";

    /// <exception cref="UnreadableResultsException">It is not one, or of a schema that this program does not know.</exception>
    public static RunSummary Parse(string json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var schema = document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("schema", out var name) ? name.GetString() : null;
            if (schema != RunSummary.SchemaName)
            {
                throw new UnreadableResultsException(
                    $"{path} has the schema {schema ?? "of an older program"}, and this program reads {RunSummary.SchemaName}");
            }

            return document.Deserialize<RunSummary>(Indented)!;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new UnreadableResultsException($"{path} is no summary of a run: {fault.Message}");
        }
    }

    /// <param name="folder">A run's own folder, or one of several runs, of which the newest counts.</param>
    /// <exception cref="UnreadableResultsException">There is none, or it cannot be read.</exception>
    public static RunSummary Read(DirectoryInfo folder)
    {
        try
        {
            var path = Path.Combine(folder.FullName, Name);
            if (!File.Exists(path))
            {
                // Their names are times.
                path = folder.EnumerateDirectories().OrderByDescending(run => run.Name, StringComparer.Ordinal)
                    .Select(run => Path.Combine(run.FullName, Name)).FirstOrDefault(File.Exists) ?? path;
            }

            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableResultsException(fault.Message.TrimEnd('.'));
        }
    }

    public static void Write(string folder, RunSummary summary) =>
        File.WriteAllText(Path.Combine(folder, Name), ToJson(summary));
}

/// <summary>A summary that was asked for is not there, or not understood.</summary>
internal sealed class UnreadableResultsException(string message) : Exception(message);

using System.Text.Json;
using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>The schemas and golden bytes of the shared data, beside the repository or where HFTDELTA_SHARED says.</summary>
internal static class SchemaFiles
{
    public static string Repository { get; } = FindRepository();

    public static string Collection { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("HFTDELTA_SHARED") ?? Path.Combine(Repository, "..", "shared"), "sbe-schemas");

    public static void RequireCollection()
    {
        if (!Directory.Exists(Collection))
            Assert.Ignore("sbe-schemas is absent: set HFTDELTA_SHARED to the folder of the shared data");
    }

    public static SchemaText Read(string path) => SchemaText.FromBytes(path, File.ReadAllBytes(path));

    public static SchemaText Product(string name) => Read(Path.Combine(Repository, "gateway", "schema", name));

    public static SchemaText? Resolve(string includingPath, string href)
    {
        string path = Path.Combine(Path.GetDirectoryName(includingPath) ?? "", href);
        return File.Exists(path) ? Read(path) : null;
    }

    /// <summary>Parses a schema that must be good.</summary>
    public static MessageSchema Parse(SchemaText text)
    {
        var problems = new ProblemList();
        MessageSchema? schema = SchemaParser.Parse(text, Resolve, problems);
        Assert.That(problems.Items, Is.Empty, text.Path);
        return schema!;
    }

    /// <summary>The files of one grade, relative to the collection; empty where it is absent.</summary>
    public static List<string> OfGrade(string grade)
    {
        string manifest = Path.Combine(Collection, "manifest.json");
        var files = new List<string>();
        if (!File.Exists(manifest))
            return files;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(manifest));
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            if (entry.GetProperty("grade").GetString() == grade)
                files.Add(entry.GetProperty("file").GetString()!);
        }

        return files;
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "HftDelta.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? Environment.GetEnvironmentVariable("HFTDELTA_ROOT") ?? "";
    }
}

using System.Globalization;
using System.IO.Compression;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>A table of the shared data, as columns by name; the test is skipped where the data is absent.</summary>
internal sealed class ReferenceFile
{
    private readonly Dictionary<string, int> _columns = [];

    private ReferenceFile(string content)
    {
        Content = content;
        var lines = content.Split('\n');
        foreach (var name in lines[0].Split(','))
        {
            _columns[name] = _columns.Count;
        }

        Rows = [.. lines.Skip(1).Where(line => line.Length != 0).Select(line => line.Split(','))];
    }

    /// <summary>All of it, lines ending in a line feed.</summary>
    public string Content { get; }

    public IReadOnlyList<string[]> Rows { get; }

    public static ReferenceFile Open(string name)
    {
        var path = Path.Combine(SharedRoot(), "data", name);
        if (!File.Exists(path))
        {
            Assert.Ignore($"{name} of the shared data is not here; set HFTDELTA_SHARED to the folder that holds data/");
        }

        using var file = File.OpenRead(path);
        using var content = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : (Stream)file;
        using var reader = new StreamReader(content);
        return new ReferenceFile(reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    public string Text(string[] row, string column) => row[_columns[column]];

    public double Number(string[] row, string column) =>
        double.Parse(Text(row, column), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string SharedRoot()
    {
        var asked = Environment.GetEnvironmentVariable("HFTDELTA_SHARED");
        if (!string.IsNullOrEmpty(asked))
        {
            return asked;
        }

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? ".", "..", "shared");
    }
}

using HftDelta.Tests.Sbe;

namespace HftDelta.Tests.Node.Schemas;

/// <summary>A temporary folder with schema files in it, gone after the test.</summary>
internal sealed class SchemaFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("hftdelta-schema-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    /// <summary>Writes a schema of the usual types and one message, or what is given.</summary>
    public string Schema(
        string content = "<message name='Ping' id='1'><field name='n' id='1' type='int64'/></message>",
        string types = "") =>
        Write("schema.xml", TestSchemas.Of(content, types).Content);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    /// <summary>Everything below the folder, by its path from it.</summary>
    public string[] Everything() =>
        [.. Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

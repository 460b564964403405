using System.Text;
using System.Text.RegularExpressions;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas;

/// <summary>
/// Schemas on disk. An include is looked for beside the file that names it, never on a network. Text is decoded as the file
/// says it is (byte order mark, XML declaration, else UTF-8), strictly: bytes that are no text are a fault, not question marks.
/// </summary>
internal static partial class SchemaFiles
{
    private const int LongestBytes = 64 * 1024 * 1024;

    /// <summary>Schemas come in the encodings of their countries; the framework knows those once it is asked to.</summary>
    static SchemaFiles() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Reads a schema; throws with every fault where there is one.</summary>
    public static MessageSchema Parse(string path)
    {
        var problems = new ProblemList();
        var unreadable = new List<SchemaProblem>();
        var schema = SchemaParser.Parse(Read(path), Finder(unreadable), problems);
        return schema is null || unreadable.Count > 0
            ? throw new SchemaFaultsException(path, [.. unreadable, .. problems.Items])
            : schema;
    }

    /// <summary>Finds includes for a parser, which sees one that cannot be read as absent; the reason is added here.</summary>
    public static Func<string, string, SchemaText?> Finder(List<SchemaProblem> unreadable) => (includingPath, href) =>
    {
        try
        {
            return Resolve(includingPath, href);
        }
        catch (SchemaFaultsException faults)
        {
            unreadable.AddRange(faults.Problems);
            return null;
        }
    };

    /// <summary>Reads the text of a file that must be there.</summary>
    public static SchemaText Read(string path)
    {
        try
        {
            return SchemaText.FromBytes(path, ReadBytes(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw FaultOf(path, fault is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such file; correct the path"
                : $"cannot be read: {fault.Message.TrimEnd('.')}; correct the file or its permissions");
        }
    }

    /// <summary>The file of an include, or null where it names none.</summary>
    private static SchemaText? Resolve(string includingPath, string href)
    {
        if (Scheme().IsMatch(href))
        {
            return null;
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(includingPath)) ?? "";
        var full = Path.GetFullPath(Path.Combine(folder, Uri.UnescapeDataString(href)));
        if (!File.Exists(full))
        {
            return null;
        }

        // Told as the user told the first one, but each file under one name only, so that circles are seen.
        return Read(Path.IsPathFullyQualified(includingPath) ? full : Path.GetRelativePath(Environment.CurrentDirectory, full));
    }

    private static SchemaFaultsException FaultOf(string path, string message) =>
        new(path, [new SchemaProblem(new SourcePoint(path, 1, 1), "document", message)]);

    private static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        var block = new byte[64 * 1024];
        for (var read = file.Read(block); read > 0; read = file.Read(block))
        {
            bytes.Write(block, 0, read);
            if (bytes.Length > LongestBytes)
            {
                throw new IOException($"it is longer than {LongestBytes} bytes");
            }
        }

        return bytes.ToArray();
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]+:")]
    private static partial Regex Scheme();
}

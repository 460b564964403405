using HftDelta.Node.Cli;

namespace HftDelta.Node.Export;

/// <summary>
/// Where an export goes. Files are written as <c>NAME.new</c> and get their names together when all of them are whole; last of
/// all comes <c>export.json</c>, which says what they hold. A folder without it is no whole export. One thread.
/// </summary>
internal sealed class ExportFolder
{
    public const string ManifestName = "export.json";

    /// <summary>Makes the tables known to DuckDB, every column with its type.</summary>
    public const string ViewsName = "tables.sql";

    private const string NewEnding = ".new";
    private const int FolderError = 2341;
    private const int NotEmptyError = 2342;
    private const int NoSpaceError = 2343;
    private const int WriteError = 2344;

    private readonly bool _isMade;
    private readonly Func<string, Stream> _create;
    private readonly List<(string Name, Stream File)> _open = [];

    private ExportFolder(string location, bool isMade, Func<string, Stream> create)
    {
        Location = location;
        _isMade = isMade;
        _create = create;
    }

    public string Location { get; }

    /// <summary>Of all that an export may write.</summary>
    private static IEnumerable<string> OwnNames => [.. ExportTables.AllFileNames, ViewsName, ManifestName];

    /// <summary>Makes the folder unless it is there.</summary>
    /// <param name="location">Of the folder.</param>
    /// <param name="isReplaced">An export that is there gives way once the new one is whole; other files stay.</param>
    /// <param name="create">Makes a file.</param>
    /// <exception cref="OperatorException">It is a file, cannot be made, or holds something.</exception>
    public static ExportFolder Open(string location, bool isReplaced, Func<string, Stream>? create = null)
    {
        var isMade = !Directory.Exists(location);
        try
        {
            Directory.CreateDirectory(location);
            if (!isReplaced && Directory.EnumerateFileSystemEntries(location).Any(entry => !IsRemains(Path.GetFileName(entry))))
            {
                throw new OperatorException(
                    NotEmptyError, ExitCode.Usage, $"--out {location}: the folder is not empty; nothing was written",
                    "name another one, or replace the export in it with --force");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                FolderError,
                NodeFailure.ExitCodeOf(fault) == ExitCode.NoSpace ? ExitCode.NoSpace : ExitCode.Usage,
                File.Exists(location)
                    ? $"--out {location} is a file, a folder is wanted"
                    : $"--out {location}: a folder is wanted, and none can be made or read there",
                "name a folder that can be made",
                fault);
        }

        return new ExportFolder(location, isMade, create ?? Create);
    }

    /// <summary>A file that is being written.</summary>
    public Stream Begin(string name)
    {
        var file = Guard(() => _create(PathOf(name + NewEnding)));
        _open.Add((name, file));
        return file;
    }

    /// <summary>Does what may find the device full, and says so.</summary>
    /// <exception cref="OperatorException">It is full, or does not take the bytes for another reason.</exception>
    public T Guard<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw NodeFailure.ExitCodeOf(fault) == ExitCode.NoSpace
                ? new OperatorException(
                    NoSpaceError, ExitCode.NoSpace, $"there is no room for the export in {Location}; what was written is deleted",
                    "make room, or export less with --from and --to, or as parquet",
                    fault)
                : new OperatorException(
                    WriteError, ExitCode.Usage, $"the export cannot be written to {Location}: {fault.Message}",
                    "look at the folder's permissions and its device",
                    fault);
        }
    }

    /// <summary>Gives the files their names. Before it nothing of an older export was touched.</summary>
    /// <param name="manifest">Of this one, from the length of each file.</param>
    /// <returns>These lengths.</returns>
    public IReadOnlyList<long> Commit(Func<IReadOnlyList<long>, byte[]> manifest) => Guard(() =>
    {
        var lengths = _open.Select(one => Complete(one.File)).ToList();
        var described = _create(PathOf(ManifestName + NewEnding));
        _open.Add((ManifestName, described));
        described.Write(manifest(lengths));
        Complete(described);

        // Of an older export nothing is whole any more from here on, and nothing claims that it is.
        File.Delete(PathOf(ManifestName));
        foreach (var old in OwnNames.Where(name => _open.All(one => one.Name != name)))
        {
            File.Delete(PathOf(old));
        }

        foreach (var (name, _) in _open)
        {
            File.Move(PathOf(name + NewEnding), PathOf(name), overwrite: true);
        }

        return (IReadOnlyList<long>)lengths;
    });

    /// <summary>Deletes what is not whole, and the folder if it was made for it.</summary>
    public void Abandon()
    {
        foreach (var (_, file) in _open)
        {
            Quietly(file.Dispose);
        }

        foreach (var (name, _) in _open)
        {
            Quietly(() => File.Delete(PathOf(name + NewEnding)));
        }

        if (_isMade && !Directory.EnumerateFileSystemEntries(Location).Any())
        {
            Quietly(() => Directory.Delete(Location));
        }
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read);

    private static bool IsRemains(string name) =>
        name.EndsWith(NewEnding, StringComparison.Ordinal) && OwnNames.Contains(name[..^NewEnding.Length]);

    /// <summary>On the device, and closed.</summary>
    /// <returns>Its length.</returns>
    private static long Complete(Stream file)
    {
        file.Flush();
        (file as FileStream)?.Flush(flushToDisk: true);
        var length = file.Length;
        file.Dispose();
        return length;
    }

    // The fault that led here is the one that is told.
    private static void Quietly(Action act)
    {
        try
        {
            act();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string PathOf(string name) => Path.Combine(Location, name);
}

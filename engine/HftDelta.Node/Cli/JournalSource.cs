using HftDelta.Journal.Archive;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>A journal that a verb only reads: a directory in which nobody is writing, or an archive where it lies.</summary>
internal sealed class JournalSource : IDisposable
{
    private JournalSource(MappedStorage storage) => Storage = storage;

    public MappedStorage Storage { get; }

    /// <summary>
    /// Every segment of an archive was whole, closed and sealed: through where somebody was told is no question there.
    /// </summary>
    public bool IsArchive => Storage is ArchiveStorage;

    /// <exception cref="OperatorException">There is no such directory, or a venue is writing in it.</exception>
    public static JournalSource Open(string directory) => Open(directory, JournalDirectory.OpenAtRest);

    /// <summary>The same, for a verb that also reads a journal that grows.</summary>
    public static JournalSource OpenAlsoLive(string directory) => Open(directory, JournalDirectory.Open);

    public void Dispose() => (Storage as IDisposable)?.Dispose();

    private static JournalSource Open(string directory, Func<string, MappedStorage> open) => new(
        ArchiveList.IsArchive(directory) ? new ArchiveStorage(directory, [EngineLimitsFile.FileName]) : open(directory));
}

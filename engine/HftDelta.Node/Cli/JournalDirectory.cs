using System.CommandLine;
using HftDelta.Journal.Faults;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>The directory that a verb reads. Verbs that only read must not make one by looking for it.</summary>
internal static class JournalDirectory
{
    public static Argument<string> Argument() => new("DIR")
    {
        Description = "The directory of the journal.",
    };

    /// <exception cref="OperatorException">There is no such directory.</exception>
    public static MappedStorage Open(string directory) =>
        Directory.Exists(directory)
            ? new FileStorage(directory)
            : throw new OperatorException(
                (int)JournalFault.NoJournal,
                ExitCode.Usage,
                $"there is no directory {directory}",
                "name the directory that the venue was started with");
}

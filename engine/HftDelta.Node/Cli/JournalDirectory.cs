using System.CommandLine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Writing;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>The directory that a verb reads. Verbs that only read must not make one by looking for it.</summary>
internal static class JournalDirectory
{
    public static Argument<string> Argument() => new("DIR")
    {
        Description = "The directory of the journal.",
    };

    /// <summary>For verbs that also read an archive from where it lies.</summary>
    public static Argument<string> ArgumentOrArchive() => new("DIR|ARCHIVE")
    {
        Description = "The directory of the journal, or that of an archive of it.",
    };

    /// <exception cref="OperatorException">There is no such directory.</exception>
    public static MappedStorage Open(string directory) =>
        Directory.Exists(directory)
            ? new FileStorage(directory)
            : throw new OperatorException(
                (int)JournalFault.NoJournal,
                ExitCode.Usage,
                File.Exists(directory) ? $"{directory} is a file, a directory is wanted" : $"there is no directory {directory}",
                "name the directory that the venue was started with");

    /// <summary>For the verb that writes there: makes the directory unless it is there.</summary>
    /// <exception cref="OperatorException">It is a file, or cannot be made.</exception>
    public static void Create(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                (int)JournalFault.NoJournal,
                NodeFailure.ExitCodeOf(fault) == ExitCode.NoSpace ? ExitCode.NoSpace : ExitCode.Usage,
                File.Exists(directory)
                    ? $"--journal {directory} is a file, a directory is wanted"
                    : $"--journal {directory}: a directory is wanted, and none can be made there",
                "name a directory that is there, or one that can be made",
                fault);
        }
    }

    /// <summary>The same for verbs that judge the journal's end: an append in progress would look like damage.</summary>
    /// <exception cref="OperatorException">There is no such directory, or a venue is writing in it.</exception>
    public static MappedStorage OpenAtRest(string directory)
    {
        var storage = Open(directory);
        if (!IsHeld(Path.Combine(directory, AppendableJournal.LockName)))
        {
            return storage;
        }

        throw new OperatorException(
            (int)JournalFault.Locked,
            ExitCode.Usage,
            $"a venue is writing in {directory}: what it is just appending would look like damage",
            "stop it first, or watch it with hftdelta stat; journal dump reads it as it grows");
    }

    private static bool IsHeld(string lockPath)
    {
        if (!File.Exists(lockPath))
        {
            return false;
        }

        try
        {
            using var probe = new FileStream(lockPath, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}

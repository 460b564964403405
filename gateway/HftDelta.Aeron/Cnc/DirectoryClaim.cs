using HftDelta.Runtime.Memory;
using HftDelta.Runtime.Storage;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// Who may use a folder as its Aeron directory. A driver that is alive keeps others out: an official one by its heartbeat, one of
/// ours also by a lock, so that the death of the process is known at once and a restart need not wait for a timeout. What a dead
/// driver left is wiped, file by file that drivers make; a folder that holds anything but an Aeron directory is never touched.
/// </summary>
internal static class DirectoryClaim
{
    public const string LockName = "hftdelta.lock";

    private const long DriverTimeoutMillis = 10_000;

    /// <summary>Takes the folder, which is empty then but for the lock.</summary>
    /// <returns>Whoever holds it has the folder; the system takes it back when the process dies.</returns>
    /// <exception cref="AeronException">A driver is alive in it, or it is something else.</exception>
    public static IDisposable Take(string path, long nowMillis)
    {
        var wasLocked = File.Exists(Path.Combine(path, LockName));
        if (!wasLocked)
        {
            RequireEnded(path, nowMillis);
        }

        Directory.CreateDirectory(path);
        var held = Lock(path);
        try
        {
            Wipe(path);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static IDisposable Lock(string path)
    {
        try
        {
            return new FileStorage(path).LockExclusive(LockName);
        }
        catch (StorageException refusal) when (refusal.Fault == StorageFault.Locked)
        {
            throw Alive(path, "it holds the lock", refusal);
        }
    }

    // Without a lock only what the folder holds can tell whose it is and whether that driver lives.
    private static void RequireEnded(string path, long nowMillis)
    {
        var file = Path.Combine(path, CncLayout.FileName);
        if (!File.Exists(file))
        {
            RequireEmpty(path);
            return;
        }

        try
        {
            using var mapped = MappedFile.Open(file, writable: false);
            RequireEnded(path, mapped, nowMillis);
        }
        catch (StorageException refusal) when (refusal.Fault == StorageFault.Empty)
        {
            throw NoDirectory(path, $"its {CncLayout.FileName} is empty");
        }
    }

    private static unsafe void RequireEnded(string path, MappedFile mapped, long nowMillis)
    {
        if (CncSections.Read(mapped.Pointer, mapped.LengthBytes) is not { } sections)
        {
            throw NoDirectory(path, $"its {CncLayout.FileName} is no driver's file");
        }

        var version = Volatile.Read(ref *(int*)mapped.Pointer);
        if (version != 0 && CncLayout.MajorVersion(version) != CncLayout.MajorVersion(CncLayout.Version))
        {
            throw NoDirectory(path, $"its {CncLayout.FileName} is of version {version}, which is not known here");
        }

        var heartbeat = Volatile.Read(ref *(long*)(mapped.Pointer + sections.HeartbeatOffset));
        if (heartbeat > 0 && heartbeat + DriverTimeoutMillis >= nowMillis)
        {
            var process = *(long*)(mapped.Pointer + CncLayout.ProcessIdOffset);
            throw Alive(path, $"process {process}, heartbeat {nowMillis - heartbeat} ms ago", null);
        }
    }

    private static void RequireEmpty(string path)
    {
        if (Directory.Exists(path)
            && Directory.EnumerateFileSystemEntries(path).FirstOrDefault() is { } other)
        {
            throw NoDirectory(path, $"it holds {Path.GetFileName(other)} and no {CncLayout.FileName}");
        }
    }

    // cnc.dat last: until it is gone, the folder is known for what it is.
    private static void Wipe(string path)
    {
        foreach (var folder in (string[])[LogFolders.Publications, LogFolders.Images])
        {
            var logs = Path.Combine(path, folder);
            if (Directory.Exists(logs))
            {
                foreach (var log in Directory.EnumerateFiles(logs, $"*{LogFolders.Extension}"))
                {
                    File.Delete(log);
                }
            }
        }

        File.Delete(Path.Combine(path, LossReport.FileName));
        File.Delete(Path.Combine(path, CncLayout.FileName));
    }

    private static AeronException Alive(string path, string how, Exception? cause) => new(
        $"aeron directory '{path}': a driver is alive in it ({how}): stop it, or name another directory", cause);

    private static AeronException NoDirectory(string path, string why) => new(
        $"aeron directory '{path}' is none: {why}; nothing was touched: name an empty folder, or one that is not there yet");
}

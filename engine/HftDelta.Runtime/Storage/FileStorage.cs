using HftDelta.Runtime.Memory;

namespace HftDelta.Runtime.Storage;

/// <summary>Files of one directory of the machine, which is made when it is not there. Any thread; it keeps no state.</summary>
public sealed class FileStorage : MappedStorage
{
    private const string SystemRunPath = "/proc/sys/kernel/random/boot_id";

    private readonly MappingBackend _backend;

    public FileStorage(string directory, MappingBackend backend = MappingBackend.Automatic)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Location = Path.GetFullPath(directory);
        _backend = backend;
        Directory.CreateDirectory(Location);
    }

    public override string Location { get; }

    /// <summary>Linux draws it at each boot; elsewhere it is not known.</summary>
    public override Guid SystemRunId { get; } = ReadSystemRunId();

    public override StorageFile CreateFile(string name, long lengthBytes) =>
        new DiskFile(name, MappedFile.Create(PathOf(name), lengthBytes, _backend));

    public override StorageFile OpenFile(string name, bool writable) =>
        new DiskFile(name, MappedFile.Open(PathOf(name), writable, _backend));

    public override void WillRead(string name)
    {
        if (!LinuxMemory.IsAvailable)
        {
            return;
        }

        var descriptor = LinuxMemory.Open(PathOf(name), LinuxMemory.OpenReadOnly);
        if (descriptor >= 0)
        {
            _ = LinuxMemory.AdviseFile(descriptor, 0, 0, LinuxMemory.AdviceFileWillNeed);
            _ = LinuxMemory.Close(descriptor);
        }
    }

    public override IReadOnlyList<string> List() =>
        [.. Directory.EnumerateFiles(Location).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public override long LengthBytesOf(string name) => new FileInfo(PathOf(name)).Length;

    public override bool Exists(string name) => File.Exists(PathOf(name));

    public override void Delete(string name) => File.Delete(PathOf(name));

    public override void Rename(string name, string newName)
    {
        try
        {
            File.Move(PathOf(name), PathOf(newName), overwrite: true);
        }
        catch (FileNotFoundException missing)
        {
            throw new StorageException(StorageFault.NotFound, PathOf(name), "there is no such file", missing);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.Refused, PathOf(name), refusal.Message, refusal);
        }
    }

    public override void SyncDirectory()
    {
        // Elsewhere than on Linux a directory cannot be synced by itself: the file system orders names with their files.
        if (!LinuxMemory.IsAvailable)
        {
            return;
        }

        var descriptor = LinuxMemory.Open(Location, LinuxMemory.OpenDirectory);
        if (descriptor < 0)
        {
            throw new StorageException(StorageFault.Refused, Location, LinuxMemory.LastErrorWords());
        }

        var failed = LinuxMemory.SyncFile(descriptor) != 0;
        var words = failed ? LinuxMemory.LastErrorWords() : "";
        _ = LinuxMemory.Close(descriptor);
        if (failed)
        {
            throw new StorageException(StorageFault.SyncFailed, Location, words);
        }
    }

    public override IDisposable LockExclusive(string name)
    {
        try
        {
            return new FileStream(PathOf(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException refusal) when (StorageException.From(refusal, PathOf(name)) is { Fault: StorageFault.NoSpace } full)
        {
            throw full;
        }
        catch (IOException refusal)
        {
            throw new StorageException(StorageFault.Locked, PathOf(name), "only one process may write here", refusal);
        }
    }

    private static Guid ReadSystemRunId()
    {
        try
        {
            return File.Exists(SystemRunPath) && Guid.TryParse(File.ReadAllText(SystemRunPath).Trim(), out var run)
                ? run
                : Guid.Empty;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Guid.Empty;
        }
    }

    private string PathOf(string name)
    {
        // A name is a name: nothing here may leave the directory.
        if (name.Length == 0 || Path.GetFileName(name) != name)
        {
            throw new ArgumentException("a file name without a path is wanted", nameof(name));
        }

        return Path.Combine(Location, name);
    }

    private sealed unsafe class DiskFile(string name, MappedFile mapped) : StorageFile
    {
        public override string Name => name;

        public override byte* Pointer => mapped.Pointer;

        public override long LengthBytes => mapped.LengthBytes;

        public override bool IsWritable => mapped.IsWritable;

        public override string? Populate(long offsetBytes, long lengthBytes) => mapped.Populate(offsetBytes, lengthBytes);

        public override void SyncRange(long offsetBytes, long lengthBytes) => mapped.Sync(offsetBytes, lengthBytes);

        protected override void Dispose(bool disposing) => mapped.Dispose();
    }
}

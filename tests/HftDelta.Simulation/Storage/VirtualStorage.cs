using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Storage;

/// <summary>
/// A directory in memory that can crash. It keeps two images of every file: what was written (mapped memory, survives a
/// killed process) and what was synced (the device, survives a power cut), and whether the name itself is on the device. Crashes
/// give a new storage, so one run can be cut at many points. Owner: the test's thread.
/// </summary>
public sealed class VirtualStorage : MappedStorage
{
    internal const int SectorBytes = 512;

    private readonly SortedDictionary<string, VirtualImage> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _durableNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);

    private int _systemRun = 1;

    /// <summary>What goes wrong; read at every call.</summary>
    public VirtualStorageFaults Faults { get; } = new();

    /// <summary>Mappings that nobody has disposed yet.</summary>
    public int OpenFileCount { get; private set; }

    /// <summary>Files that could be made so far.</summary>
    public int AllocationCount { get; private set; }

    /// <summary>Syncs that were asked for so far, directories included.</summary>
    public int SyncCount { get; private set; }

    /// <summary>The file that found the disk full last; empty: none did.</summary>
    public string RefusedName { get; private set; } = "";

    /// <summary>What all files take.</summary>
    public long UsedBytes => _files.Values.Sum(image => image.LengthBytes);

    /// <summary>Mappings of files that were asked for so far: what a reader costs.</summary>
    public int MappingCount { get; private set; }

    public override string Location => "virtual:";

    public override Guid SystemRunId => new(_systemRun, 0, 0, new byte[8]);

    public override StorageFile CreateFile(string name, long lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        if (_files.ContainsKey(name))
        {
            throw new StorageException(StorageFault.AlreadyExists, name, "it was made before");
        }

        AllocationCount++;
        if (AllocationCount == Faults.FullAtAllocation || Faults.IsFull || UsedBytes + lengthBytes > Faults.CapacityBytes)
        {
            RefusedName = name;
            throw new StorageException(StorageFault.NoSpace, name, $"{lengthBytes} bytes could not be reserved");
        }

        var image = new VirtualImage(lengthBytes);
        _files.Add(name, image);
        return new VirtualFile(this, name, image, writable: true);
    }

    public override StorageFile OpenFile(string name, bool writable)
    {
        MappingCount++;
        if (MappingCount == Faults.RotAtMapping)
        {
            FlipBit(name, LengthBytesOf(name) * 4);
        }

        return new VirtualFile(this, name, Image(name), writable);
    }

    public override IReadOnlyList<string> List() => [.. _files.Keys];

    public override long LengthBytesOf(string name) => Image(name).LengthBytes;

    public override bool Exists(string name) => _files.ContainsKey(name);

    // A mapping outlives its name, so the image is left to the collector.
    public override void Delete(string name) => _files.Remove(name);

    public override void SyncDirectory()
    {
        CountSync(Location);
        _durableNames.Clear();
        _durableNames.UnionWith(_files.Keys);
    }

    public override IDisposable LockExclusive(string name) =>
        _locks.Add(name)
            ? new VirtualLock(this, name)
            : throw new StorageException(StorageFault.Locked, name, "only one process may write here");

    /// <summary>What another process finds after this one was killed now: everything that was written.</summary>
    public VirtualStorage AfterKill() => Copy(static (_, image) => image.CopyWritten());

    /// <summary>
    /// What is found after a power cut now: what was synced, and of each unsynced sector the old or the new content as the
    /// seed decides. Names that were never synced are gone.
    /// </summary>
    public VirtualStorage AfterPowerCut(ulong seed)
    {
        var random = new SplitMix64(seed);
        return CopyToNextRun((name, image) => _durableNames.Contains(name) ? image.CopyTorn(ref random) : null);
    }

    /// <summary>What is found after a power cut when no unsynced sector had reached the device.</summary>
    public VirtualStorage AfterPowerCutLosingAll() =>
        CopyToNextRun((name, image) => _durableNames.Contains(name) ? image.CopySynced() : null);

    /// <summary>The same files after the machine was started again, whole.</summary>
    public VirtualStorage AfterReboot() => CopyToNextRun(static (_, image) => image.CopyWritten());

    /// <summary>What is found when so many bits of a file have flipped at rest, each drawn from the seed.</summary>
    public VirtualStorage AfterRot(string name, int bits, ulong seed)
    {
        var random = new SplitMix64(seed);
        var copy = AfterKill();
        for (var bit = 0; bit < bits; bit++)
        {
            copy.FlipBit(name, (long)(random.Next() % (ulong)(copy.LengthBytesOf(name) * 8)));
        }

        return copy;
    }

    /// <summary>What is found when the bytes of one file from an offset on were never written.</summary>
    public VirtualStorage AfterTear(string name, long offsetBytes) =>
        Copy((other, image) => other == name ? image.CopyWithZeros(offsetBytes) : image.CopyWritten());

    /// <summary>The written bytes of a file, to be damaged on purpose.</summary>
    public Span<byte> Bytes(string name) => Image(name).WrittenSpan();

    public void FlipBit(string name, long bitIndex) => Bytes(name)[(int)(bitIndex / 8)] ^= (byte)(1 << (int)(bitIndex % 8));

    public override void Rename(string name, string newName)
    {
        var image = Image(name);
        _files.Remove(name);
        _files[newName] = image;
    }

    /// <summary>Puts a copy of another storage's file here, under any name.</summary>
    public void CopyFrom(VirtualStorage other, string from, string to) => _files[to] = other.Image(from).CopyWritten();

    /// <summary>Cuts a file off, or lengthens it with zeros.</summary>
    public void Resize(string name, long lengthBytes) => _files[name] = Image(name).CopyResized(lengthBytes);

    internal void CountOpen(int change) => OpenFileCount += change;

    internal void CountSync(string name)
    {
        SyncCount++;
        Faults.Wait();
        if (SyncCount == Faults.FailAtSync)
        {
            throw new StorageException(StorageFault.SyncFailed, name, "Input/output error (5)");
        }
    }

    private VirtualImage Image(string name) =>
        _files.TryGetValue(name, out var image)
            ? image
            : throw new StorageException(StorageFault.NotFound, name, "there is no such file");

    private VirtualStorage CopyToNextRun(Func<string, VirtualImage, VirtualImage?> select)
    {
        var copy = Copy(select);
        copy._systemRun++;
        return copy;
    }

    private VirtualStorage Copy(Func<string, VirtualImage, VirtualImage?> select)
    {
        var copy = new VirtualStorage { _systemRun = _systemRun };
        foreach (var (name, image) in _files)
        {
            if (select(name, image) is { } selected)
            {
                copy._files.Add(name, selected);
                copy._durableNames.Add(name);
            }
        }

        return copy;
    }

    private sealed class VirtualLock(VirtualStorage storage, string name) : IDisposable
    {
        public void Dispose() => storage._locks.Remove(name);
    }
}

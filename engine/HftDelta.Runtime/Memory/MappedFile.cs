using System.IO.MemoryMappedFiles;
using HftDelta.Primitives;
using HftDelta.Runtime.Storage;
using Microsoft.Win32.SafeHandles;

namespace HftDelta.Runtime.Memory;

/// <summary>How a file is brought into memory.</summary>
public enum MappingBackend
{
    /// <summary>System calls where they are known (Linux), else <see cref="Portable"/>.</summary>
    Automatic = 0,

    /// <summary>What the class library offers everywhere.</summary>
    Portable = 1,
}

/// <summary>
/// A whole file mapped shared: what is written survives a killed process, what is synced survives a power cut. Creating
/// reserves every block first, because a write into a mapped hole of a full disk kills the process and cannot be caught.
/// Owner: whoever opened it; writers of its bytes agree among themselves (one writer per word).
/// </summary>
public sealed unsafe class MappedFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile? _portableFile;
    private readonly MemoryMappedViewAccessor? _portableView;
    private byte* _pointer;

    private MappedFile(string path, SafeFileHandle handle, long lengthBytes, bool writable, MappingBackend backend)
    {
        Path = path;
        LengthBytes = lengthBytes;
        IsWritable = writable;
        _handle = handle;
        if (backend == MappingBackend.Automatic && LinuxMemory.IsAvailable)
        {
            var protection = LinuxMemory.ProtectRead | (writable ? LinuxMemory.ProtectWrite : 0);
            var descriptor = (int)handle.DangerousGetHandle();
            _pointer = LinuxMemory.Map(null, (nuint)lengthBytes, protection, LinuxMemory.MapShared, descriptor, 0);
            if (_pointer == LinuxMemory.MapFailed)
            {
                _pointer = null;
                throw new StorageException(StorageFault.Refused, path, $"mapping: {LinuxMemory.LastErrorWords()}");
            }
        }
        else
        {
            var access = writable ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read;
            _portableFile = MemoryMappedFile.CreateFromFile(
                handle, null, lengthBytes, access, HandleInheritability.None, leaveOpen: true);
            _portableView = _portableFile.CreateViewAccessor(0, lengthBytes, access);
            _portableView.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        }
    }

    ~MappedFile() => Unmap();

    public string Path { get; }

    public byte* Pointer => _pointer;

    public long LengthBytes { get; }

    public bool IsWritable { get; }

    /// <summary>Makes a new file of zeros with all its blocks reserved. Nothing is left behind when it fails.</summary>
    /// <exception cref="StorageException">Exists already, no space, or refused.</exception>
    public static MappedFile Create(string path, long lengthBytes, MappingBackend backend = MappingBackend.Automatic)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        var handle = FileReservation.CreateReserved(path, lengthBytes, backend);
        return MapOrClose(path, handle, lengthBytes, writable: true, backend);
    }

    /// <summary>
    /// The same with no block reserved: the file takes space as it is written. For whoever knows that there will be enough, since
    /// a write that finds none kills the process.
    /// </summary>
    /// <exception cref="StorageException">Exists already, or refused.</exception>
    public static MappedFile CreateSparse(string path, long lengthBytes, MappingBackend backend = MappingBackend.Automatic)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        var handle = FileReservation.CreateSparse(path, lengthBytes);
        return MapOrClose(path, handle, lengthBytes, writable: true, backend);
    }

    /// <summary>Maps the whole of a file that exists.</summary>
    /// <exception cref="StorageException">Not there, empty, or refused.</exception>
    public static MappedFile Open(string path, bool writable, MappingBackend backend = MappingBackend.Automatic)
    {
        SafeFileHandle handle;
        try
        {
            var access = writable ? FileAccess.ReadWrite : FileAccess.Read;
            handle = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(refusal, path);
        }

        var lengthBytes = RandomAccess.GetLength(handle);
        if (lengthBytes == 0)
        {
            handle.Dispose();
            throw new StorageException(StorageFault.Empty, path, "the file has no bytes");
        }

        return MapOrClose(path, handle, lengthBytes, writable, backend);
    }

    /// <summary>Makes the pages of the range present. Only while nobody else writes to it.</summary>
    /// <returns>Why the kernel refused, or null; the pages are present all the same.</returns>
    public string? Populate(long offsetBytes, long lengthBytes)
    {
        CheckRange(offsetBytes, lengthBytes);
        Check.That(offsetBytes % PageTouch.PageBytes == 0);
        return PageTouch.Populate(_pointer + offsetBytes, lengthBytes);
    }

    /// <summary>
    /// Brings in every page while others write to them, where the kernel can do that without touching what they hold; where it
    /// cannot, pages come one by one with their first use.
    /// </summary>
    public void PopulateInUse()
    {
        Check.That(_pointer != null);
        if (_portableView is null)
        {
            _ = LinuxMemory.Advise(_pointer, (nuint)LengthBytes, LinuxMemory.AdvicePopulateWrite);
        }
    }

    /// <summary>
    /// Waits until the range is on the device (msync with MS_SYNC of the pages that hold it; it syncs what the file system needs
    /// to find them as well). After a failure the content of the device is unknown: never retry.
    /// </summary>
    /// <exception cref="StorageException">The device failed.</exception>
    public void Sync(long offsetBytes, long lengthBytes)
    {
        CheckRange(offsetBytes, lengthBytes);
        if (lengthBytes == 0)
        {
            return;
        }

        if (_portableView is not null)
        {
            SyncPortable();
            return;
        }

        var from = offsetBytes / PageTouch.PageBytes * PageTouch.PageBytes;
        var length = (nuint)(offsetBytes + lengthBytes - from);
        if (LinuxMemory.Sync(_pointer + from, length, LinuxMemory.SyncAndWait) != 0)
        {
            throw new StorageException(StorageFault.SyncFailed, Path, LinuxMemory.LastErrorWords());
        }
    }

    public void Dispose()
    {
        Unmap();
        _handle.Dispose();
        GC.SuppressFinalize(this);
    }

    private static MappedFile MapOrClose(
        string path, SafeFileHandle handle, long lengthBytes, bool writable, MappingBackend backend)
    {
        try
        {
            return new MappedFile(path, handle, lengthBytes, writable, backend);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private void SyncPortable()
    {
        try
        {
            _portableView!.Flush();
            RandomAccess.FlushToDisk(_handle);
        }
        catch (IOException refusal)
        {
            throw new StorageException(StorageFault.SyncFailed, Path, refusal.Message, refusal);
        }
    }

    private void CheckRange(long offsetBytes, long lengthBytes)
    {
        Check.That(_pointer != null);
        Check.That(offsetBytes >= 0);
        Check.That(lengthBytes >= 0);
        Check.That(offsetBytes <= LengthBytes - lengthBytes);
    }

    private void Unmap()
    {
        if (_pointer == null)
        {
            return;
        }

        if (_portableView is not null)
        {
            // The handle first: a view that is open would be synced, which nobody asked for and locked memory refuses.
            _portableView.SafeMemoryMappedViewHandle.ReleasePointer();
            _portableView.SafeMemoryMappedViewHandle.Dispose();
            _portableView.Dispose();
            _portableFile!.Dispose();
        }
        else
        {
            Check.That(LinuxMemory.Unmap(_pointer, (nuint)LengthBytes) == 0);
        }

        _pointer = null;
    }
}

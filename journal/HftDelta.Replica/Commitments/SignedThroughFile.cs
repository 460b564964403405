using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// How far the store of a directory was ever told to be, in <c>signed-through.dat</c>: an entry up to it may be damaged, never
/// torn. It lies on the device before the store's first file is made, and is raised after an entry is on the device and before
/// anybody is told of it. Two copies, 4,096 bytes apart, written one after the other: a kill or a power cut spoils at most one,
/// and the higher one that is whole counts. A copy, 32 bytes, numbers little-endian:
/// <code>
/// offset size field
///      0    8 magic     "HDTHRGH1"
///      8    8 epoch     the last one that may have been told; 0: none
///     28    4 checksum  CRC32C of bytes 0..27
/// </code>
/// Owner: the store, on its thread. Invariant: the number never falls.
/// </summary>
internal sealed class SignedThroughFile : IDisposable
{
    public const string FileName = "signed-through.dat";
    public const int CopyDistanceBytes = 4_096;
    public const int LengthBytes = 2 * CopyDistanceBytes;

    private const ulong MagicValue = 0x3148_4752_4854_4448;
    private const int CopyBytes = 32;
    private const int ChecksumOffsetBytes = 28;

    private readonly StorageFile _file;

    private SignedThroughFile(StorageFile file, ulong epoch)
    {
        _file = file;
        Epoch = epoch;
    }

    /// <summary>The last epoch that may have been told; 0: none.</summary>
    public ulong Epoch { get; private set; }

    /// <returns>Null when it is not there, or no copy of it is whole.</returns>
    public static SignedThroughFile? TryOpen(MappedStorage storage)
    {
        if (!storage.Exists(FileName) || storage.LengthBytesOf(FileName) != LengthBytes)
        {
            return null;
        }

        var file = storage.OpenFile(FileName, writable: true);
        var isFirst = TryRead(file, 0, out var first);
        var isSecond = TryRead(file, CopyDistanceBytes, out var second);
        if (isFirst || isSecond)
        {
            return new SignedThroughFile(file, Math.Max(first, second));
        }

        file.Dispose();
        return null;
    }

    /// <summary>Makes it, where nothing was ever signed; what an interrupted making left is taken away.</summary>
    /// <exception cref="StorageException">There is no room, or the device failed.</exception>
    public static SignedThroughFile Create(MappedStorage storage)
    {
        if (storage.Exists(FileName))
        {
            storage.Delete(FileName);
        }

        var made = new SignedThroughFile(storage.CreateFile(FileName, LengthBytes), 0);
        try
        {
            made.Write(0);
            storage.SyncDirectory();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the device knows that an epoch, whose entry it has, may be told.</summary>
    /// <exception cref="StorageException">The device failed.</exception>
    public void Raise(ulong epoch)
    {
        Check.That(epoch >= Epoch);
        Write(epoch);
        Epoch = epoch;
    }

    public void Dispose() => _file.Dispose();

    private void Write(ulong epoch)
    {
        Span<byte> image = stackalloc byte[CopyBytes];
        image.Clear();
        MemoryMarshal.Write(image, MagicValue);
        MemoryMarshal.Write(image[sizeof(ulong)..], in epoch);
        MemoryMarshal.Write(image[ChecksumOffsetBytes..], Crc32C.Compute(0, image[..ChecksumOffsetBytes]));
        image.CopyTo(_file.Span(0, CopyBytes));
        image.CopyTo(_file.Span(CopyDistanceBytes, CopyBytes));
        _file.SyncRange(0, LengthBytes);
    }

    private static bool TryRead(StorageFile file, int offsetBytes, out ulong epoch)
    {
        var copy = file.Span(offsetBytes, CopyBytes);
        var isWhole = MemoryMarshal.Read<ulong>(copy) == MagicValue
            && MemoryMarshal.Read<uint>(copy[ChecksumOffsetBytes..]) == Crc32C.Compute(0, copy[..ChecksumOffsetBytes]);
        epoch = isWhole ? MemoryMarshal.Read<ulong>(copy[sizeof(ulong)..]) : 0;
        return isWhole;
    }
}

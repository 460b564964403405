using System.Runtime.InteropServices;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Storage;

/// <summary>The two images of one file: written and synced. Native memory, page aligned, freed by the finalizer.</summary>
internal sealed unsafe class VirtualImage
{
    private const int AlignmentBytes = 4_096;

    private readonly byte* _written;
    private readonly byte* _synced;

    public VirtualImage(long lengthBytes)
    {
        LengthBytes = lengthBytes;
        _written = AllocateZeros(lengthBytes);
        _synced = AllocateZeros(lengthBytes);
    }

    ~VirtualImage()
    {
        NativeMemory.AlignedFree(_written);
        NativeMemory.AlignedFree(_synced);
    }

    public long LengthBytes { get; }

    public byte* Written => _written;

    public Span<byte> WrittenSpan() => new(_written, (int)LengthBytes);

    /// <summary>Whole sectors reach the device, each where the faults let it go.</summary>
    public void Sync(long offsetBytes, long lengthBytes, VirtualStorageFaults faults)
    {
        if (faults.SyncsLie)
        {
            return;
        }

        var first = offsetBytes / VirtualStorage.SectorBytes;
        var end = (offsetBytes + lengthBytes + VirtualStorage.SectorBytes - 1) / VirtualStorage.SectorBytes;
        var sectors = (LengthBytes + VirtualStorage.SectorBytes - 1) / VirtualStorage.SectorBytes;
        for (var sector = first; sector < end; sector++)
        {
            var from = sector * VirtualStorage.SectorBytes;
            var length = (int)Math.Min(VirtualStorage.SectorBytes, LengthBytes - from);
            if (WrittenSpan().Slice((int)from, length).SequenceEqual(SyncedSpan().Slice((int)from, length)))
            {
                continue;
            }

            var target = faults.TargetOf(sector, sectors);
            if (target < 0)
            {
                continue;
            }

            var to = target * VirtualStorage.SectorBytes;
            Buffer.MemoryCopy(_written + from, _synced + to, LengthBytes - to, Math.Min(length, LengthBytes - to));
        }
    }

    public VirtualImage CopyWritten() => CopyOf(WrittenSpan());

    public VirtualImage CopySynced() => CopyOf(SyncedSpan());

    public VirtualImage CopyTorn(ref SplitMix64 random)
    {
        var copy = CopySynced();
        for (var from = 0; from < LengthBytes; from += VirtualStorage.SectorBytes)
        {
            var length = (int)Math.Min(VirtualStorage.SectorBytes, LengthBytes - from);
            var written = WrittenSpan().Slice(from, length);
            var isUnsynced = !written.SequenceEqual(SyncedSpan().Slice(from, length));
            if (isUnsynced && (random.Next() & 1) == 0)
            {
                written.CopyTo(copy.WrittenSpan()[from..]);
                written.CopyTo(copy.SyncedSpan()[from..]);
            }
        }

        return copy;
    }

    public VirtualImage CopyWithZeros(long fromBytes)
    {
        var copy = CopyWritten();
        copy.WrittenSpan()[(int)fromBytes..].Clear();
        copy.SyncedSpan()[(int)fromBytes..].Clear();
        return copy;
    }

    public VirtualImage CopyResized(long lengthBytes)
    {
        var copy = new VirtualImage(lengthBytes);
        var kept = (int)Math.Min(lengthBytes, LengthBytes);
        WrittenSpan()[..kept].CopyTo(copy.WrittenSpan());
        WrittenSpan()[..kept].CopyTo(copy.SyncedSpan());
        return copy;
    }

    private static VirtualImage CopyOf(ReadOnlySpan<byte> bytes)
    {
        var copy = new VirtualImage(bytes.Length);
        bytes.CopyTo(copy.WrittenSpan());
        bytes.CopyTo(copy.SyncedSpan());
        return copy;
    }

    private static byte* AllocateZeros(long lengthBytes)
    {
        var pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(lengthBytes, 1), AlignmentBytes);
        NativeMemory.Clear(pointer, (nuint)lengthBytes);
        return pointer;
    }

    private Span<byte> SyncedSpan() => new(_synced, (int)LengthBytes);
}

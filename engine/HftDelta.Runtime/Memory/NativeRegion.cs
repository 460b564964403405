using System.Runtime.InteropServices;
using HftDelta.Primitives;

namespace HftDelta.Runtime.Memory;

/// <summary>What to ask of the kernel for a <see cref="NativeRegion"/>; each wish is best effort.</summary>
/// <param name="HugePages">Transparent huge pages: fewer misses in the address cache.</param>
/// <param name="Populate">All pages present before the first use.</param>
/// <param name="Lock">Pages that are never swapped out.</param>
public readonly record struct NativeRegionWishes(bool HugePages, bool Populate, bool Lock)
{
    public static readonly NativeRegionWishes HotPath = new(HugePages: true, Populate: true, Lock: false);
}

/// <summary>
/// Anonymous zeroed native memory that starts on a page. Owner: whoever allocated it, who also disposes it after the last
/// user is gone; the region knows nothing of who reads or writes it. What the kernel refused stands in <see cref="Refused"/>
/// and is for the start-up report: the memory works all the same.
/// </summary>
public sealed unsafe class NativeRegion : IDisposable
{
    private const long HugePageBytes = 2L << 20;

    private readonly List<string> _refused = [];
    private readonly bool _mapped;
    private byte* _pointer;

    public NativeRegion(long lengthBytes, NativeRegionWishes wishes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        LengthBytes = (lengthBytes + PageTouch.PageBytes - 1) / PageTouch.PageBytes * PageTouch.PageBytes;
        _mapped = LinuxMemory.IsAvailable;
        _pointer = !_mapped ? AllocateCleared(LengthBytes)
            : wishes.HugePages && LengthBytes >= HugePageBytes ? MapAligned(LengthBytes)
            : MapAnonymous(LengthBytes);
        Grant(wishes);
    }

    ~NativeRegion() => Free();

    public byte* Pointer => _pointer;

    /// <summary>Bytes, rounded up to whole pages.</summary>
    public long LengthBytes { get; }

    /// <summary>Wishes that were not granted, one sentence each.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>
    /// Brings in every page while others write to them, where the kernel can do that without touching what they hold; where it
    /// cannot, pages come one by one with their first use.
    /// </summary>
    public void PopulateInUse()
    {
        if (_mapped)
        {
            _ = LinuxMemory.Advise(_pointer, (nuint)LengthBytes, LinuxMemory.AdvicePopulateWrite);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static byte* MapAnonymous(long lengthBytes)
    {
        var pointer = LinuxMemory.Map(
            null,
            (nuint)lengthBytes,
            LinuxMemory.ProtectRead | LinuxMemory.ProtectWrite,
            LinuxMemory.MapPrivate | LinuxMemory.MapAnonymous,
            -1,
            0);
        return pointer != LinuxMemory.MapFailed
            ? pointer
            : throw new InsufficientMemoryException(
                $"{lengthBytes} bytes of memory were refused: {LinuxMemory.LastErrorWords()}.");
    }

    /// <summary>
    /// Beginning where a huge page may: a whole one more is mapped, and what lies before and behind is given back.
    /// </summary>
    private static byte* MapAligned(long lengthBytes)
    {
        var mapped = MapAnonymous(lengthBytes + HugePageBytes);
        var before = (HugePageBytes - ((long)mapped & (HugePageBytes - 1))) & (HugePageBytes - 1);
        if (before > 0)
        {
            Check.That(LinuxMemory.Unmap(mapped, (nuint)before) == 0);
        }

        var start = mapped + before;
        Check.That(LinuxMemory.Unmap(start + lengthBytes, (nuint)(HugePageBytes - before)) == 0);
        return start;
    }

    private static byte* AllocateCleared(long lengthBytes)
    {
        var pointer = (byte*)NativeMemory.AlignedAlloc((nuint)lengthBytes, PageTouch.PageBytes);
        NativeMemory.Clear(pointer, (nuint)lengthBytes);
        return pointer;
    }

    private void Grant(NativeRegionWishes wishes)
    {
        if (wishes.HugePages)
        {
            GrantHugePages();
        }

        if (wishes.Populate && PageTouch.Populate(_pointer, LengthBytes) is { } populateRefusal)
        {
            _refused.Add(populateRefusal);
        }

        if (wishes.Lock)
        {
            GrantLock();
        }
    }

    private void GrantHugePages()
    {
        if (!_mapped)
        {
            _refused.Add("huge pages: only on Linux");
        }
        else if (LinuxMemory.Advise(_pointer, (nuint)LengthBytes, LinuxMemory.AdviceHugePage) != 0)
        {
            _refused.Add($"huge pages by madvise: {LinuxMemory.LastErrorWords()}");
        }
    }

    private void GrantLock()
    {
        if (!_mapped)
        {
            _refused.Add("memory lock: only on Linux");
        }
        else if (LinuxMemory.Lock(_pointer, (nuint)LengthBytes) != 0)
        {
            _refused.Add($"memory lock of {LengthBytes} bytes: {LinuxMemory.LastErrorWords()}");
        }
    }

    private void Free()
    {
        if (_pointer == null)
        {
            return;
        }

        if (_mapped)
        {
            Check.That(LinuxMemory.Unmap(_pointer, (nuint)LengthBytes) == 0);
        }
        else
        {
            NativeMemory.AlignedFree(_pointer);
        }

        _pointer = null;
    }
}

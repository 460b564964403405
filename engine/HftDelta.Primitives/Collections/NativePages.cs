using System.Runtime.InteropServices;

namespace HftDelta.Primitives.Collections;

/// <summary>
/// Memory for slabs. What is larger than a few huge pages asks the kernel for them: a table that is read at random then costs a
/// cache miss and not a walk through the page tables as well.
/// </summary>
internal static unsafe partial class NativePages
{
    private const nuint LineBytes = 64;
    private const nuint HugePageBytes = 2 * 1024 * 1024;
    private const int AdviceHugePage = 14;

    /// <summary>Zeroed memory at a cache line, or at a huge page when it is large.</summary>
    /// <param name="bytes">How much is needed.</param>
    /// <param name="block">What to give to <see cref="NativeMemory.Free"/>.</param>
    public static void* AllocateZeroed(nuint bytes, out void* block)
    {
        var isLarge = bytes >= 2 * HugePageBytes && OperatingSystem.IsLinux();
        var alignment = isLarge ? HugePageBytes : LineBytes;
        block = NativeMemory.AllocZeroed(bytes + alignment);
        var start = ((nuint)block + alignment - 1) & ~(alignment - 1);

        // Only advice: without huge pages all works the same.
        if (isLarge) _ = Advise((void*)start, bytes & ~(HugePageBytes - 1), AdviceHugePage);
        return (void*)start;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint lengthBytes, int advice);
}

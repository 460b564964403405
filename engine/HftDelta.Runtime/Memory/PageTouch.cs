using HftDelta.Primitives;

namespace HftDelta.Runtime.Memory;

/// <summary>Makes pages present and writable before the hot path needs them, so that it never takes a page fault.</summary>
internal static unsafe class PageTouch
{
    public const int PageBytes = 4_096;

    /// <summary>
    /// Populates by MADV_POPULATE_WRITE (Linux 5.14); where the kernel does not know it, by a loop that writes back one byte
    /// of each page. The loop is only right while nobody else writes these bytes, which holds for regions being prepared.
    /// </summary>
    /// <returns>Why the kernel refused, or null.</returns>
    public static string? Populate(byte* start, long lengthBytes)
    {
        Check.That((nuint)start % PageBytes == 0);
        if (lengthBytes == 0)
        {
            return null;
        }

        string? refusal = null;
        if (LinuxMemory.IsAvailable)
        {
            if (LinuxMemory.Advise(start, (nuint)lengthBytes, LinuxMemory.AdvicePopulateWrite) == 0)
            {
                return null;
            }

            refusal = $"populate by madvise: {LinuxMemory.LastErrorWords()}, pages touched one by one instead";
        }

        for (var offset = 0L; offset < lengthBytes; offset += PageBytes)
        {
            var current = Volatile.Read(ref start[offset]);
            Volatile.Write(ref start[offset], current);
        }

        return refusal;
    }
}

using Microsoft.Win32.SafeHandles;

namespace HftDelta.Perf.Soak;

/// <summary>
/// How much of a process lies in memory, as the kernel counts it: its own pages, and those of files that it has mapped. The
/// latter are the page cache, above all the journal's, which the kernel takes back when it likes. Reading allocates nothing.
/// One thread.
/// </summary>
internal sealed class ProcessMemory(int processId) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle($"/proc/{processId}/statm");
    private readonly byte[] _text = new byte[128];

    public static bool IsKnown => OperatingSystem.IsLinux();

    public MemoryReading Read()
    {
        var length = RandomAccess.Read(_file, _text, 0);
        var (resident, mapped) = Parse(_text.AsSpan(0, length));
        return new MemoryReading((resident - mapped) * Environment.SystemPageSize, mapped * Environment.SystemPageSize);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Pages: all that are resident, and those of them that belong to files and shared memory.</summary>
    internal static (long Resident, long Mapped) Parse(ReadOnlySpan<byte> text)
    {
        Span<long> words = stackalloc long[3];
        var word = 0;
        foreach (var letter in text)
        {
            if (letter == (byte)' ' && ++word == words.Length)
            {
                break;
            }

            if (letter is >= (byte)'0' and <= (byte)'9')
            {
                words[word] = (words[word] * 10) + (letter - (byte)'0');
            }
        }

        return (words[1], words[2]);
    }
}

/// <param name="OwnBytes">Of no file: heaps, stacks, native memory.</param>
/// <param name="MappedBytes">Of files.</param>
internal readonly record struct MemoryReading(long OwnBytes, long MappedBytes);

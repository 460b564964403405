using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HftDelta.Node.Doctor;

/// <summary>How long writes took that went to the device.</summary>
/// <param name="Count">How many.</param>
/// <param name="Median">Half of them took no longer.</param>
/// <param name="Percentile99">Nor did 99 of 100; with few samples the longest.</param>
public sealed record SyncTimes(int Count, TimeSpan Median, TimeSpan Percentile99);

/// <summary>
/// Writes 64 KiB and waits for the device, some dozens of times, into a file of its own that is deleted again: what a group
/// commit of <c>disk</c> durability waits for. Ends after its time even when the device is slow. One thread.
/// </summary>
public static partial class SyncSampler
{
    public const int SampleCount = 64;

    private const int WriteBytes = 64 * 1024;
    private const int FileBlocks = 16;
    private const int ErrorInterrupted = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <exception cref="IOException">Nothing can be written there, or the device failed.</exception>
    public static SyncTimes Measure(string directory, int count = SampleCount)
    {
        var path = Path.Combine(directory, $".hftdelta-doctor-{Guid.NewGuid():N}.tmp");

        // Blocks are reserved as those of a segment are: growth of the file is not what is measured.
        using var file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, FileOptions.DeleteOnClose, WriteBytes * FileBlocks);
        var block = new byte[WriteBytes];
        block.AsSpan().Fill(0xA5);
        for (var index = 0; index < FileBlocks; index++)
        {
            RandomAccess.Write(file, block, (long)index * WriteBytes);
        }

        Sync(file);
        var times = new List<TimeSpan>(count);
        var begun = Stopwatch.GetTimestamp();
        do
        {
            var from = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, (long)(times.Count % FileBlocks) * WriteBytes);
            Sync(file);
            times.Add(Stopwatch.GetElapsedTime(from));
        }
        while (times.Count < count && Stopwatch.GetElapsedTime(begun) < Patience);

        times.Sort();
        return new SyncTimes(times.Count, times[(times.Count - 1) / 2], times[(int)Math.Ceiling(times.Count * 0.99) - 1]);
    }

    private static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (SyncData(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != ErrorInterrupted)
            {
                throw new IOException($"fdatasync: {new Win32Exception(error).Message}", error);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using HdrHistogram;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Memory;
using Microsoft.Win32.SafeHandles;

namespace HftDelta.Perf.Journals;

/// <summary>The floors: the same bytes into a file with nothing around them, by memory and by system calls.</summary>
internal static unsafe partial class RawFile
{
    private const int BeginBytes = 4_096;

    /// <summary>Seconds to copy the records into mapped, populated memory; with a histogram, the time of each as well.</summary>
    public static double Append(string path, JournalRecords records, LongHistogram? latency)
    {
        using var file = MappedFile.Create(path, LengthFor(records.Count));
        _ = file.Populate(0, file.LengthBytes);
        var target = file.Pointer + BeginBytes;
        var began = Stopwatch.GetTimestamp();
        for (var record = 0; record < records.Count; record++)
        {
            var start = latency is null ? 0 : Stopwatch.GetTimestamp();
            Copy(records, record, target);
            latency?.RecordValue(NanosSince(start));
            target += JournalRecords.RecordBytes;
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        File.Delete(path);
        return seconds;
    }

    /// <summary>Seconds to write the records in groups by pwrite, each followed by fdatasync, into reserved blocks.</summary>
    public static double WriteAndSync(string path, JournalRecords records, int perGroup, LongHistogram total)
    {
        MappedFile.Create(path, LengthFor(records.Count)).Dispose();
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
        var group = new byte[perGroup * JournalRecords.RecordBytes];
        var offset = (long)BeginBytes;
        var began = Stopwatch.GetTimestamp();
        for (var record = 0; record + perGroup <= records.Count; record += perGroup)
        {
            var start = Stopwatch.GetTimestamp();
            fixed (byte* target = group)
            {
                for (var place = 0; place < perGroup; place++)
                {
                    Copy(records, record + place, target + (place * JournalRecords.RecordBytes));
                }
            }

            RandomAccess.Write(handle, group, offset);
            SyncData(handle);
            offset += group.Length;
            total.RecordValue(NanosSince(start));
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        handle.Dispose();
        File.Delete(path);
        return seconds;
    }

    /// <summary>Seconds to copy the records in groups into mapped memory, each followed by msync.</summary>
    public static double MapAndSync(string path, JournalRecords records, int perGroup)
    {
        using var file = MappedFile.Create(path, LengthFor(records.Count));
        _ = file.Populate(0, file.LengthBytes);
        file.Sync(0, file.LengthBytes);
        var offset = (long)BeginBytes;
        var began = Stopwatch.GetTimestamp();
        for (var record = 0; record + perGroup <= records.Count; record += perGroup)
        {
            var from = offset;
            for (var place = 0; place < perGroup; place++)
            {
                Copy(records, record + place, file.Pointer + offset);
                offset += JournalRecords.RecordBytes;
            }

            file.Sync(from, offset - from);
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        File.Delete(path);
        return seconds;
    }

    public static long NanosSince(long timestamp) =>
        (long)((Stopwatch.GetTimestamp() - timestamp) * (1e9 / Stopwatch.Frequency));

    private static void Copy(JournalRecords records, int record, byte* target)
    {
        *(RecordEnvelope*)target = records.EnvelopeOf(record);
        records.FrameOf(record).CopyTo(new Span<byte>(target + RecordEnvelope.LengthBytes, JournalRecords.FrameBytes));
    }

    private static long LengthFor(int records) => BeginBytes + ((long)records * JournalRecords.RecordBytes);

    private static void SyncData(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
        }
        else if (SyncData((int)handle.DangerousGetHandle()) != 0)
        {
            throw new IOException($"fdatasync failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(int fileDescriptor);
}

using System.Text;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Memory;
using HftDelta.Runtime.Storage;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// Reads the Aeron directory of a driver, ours or an official one, alive or ended, from another process and at no cost to it.
/// Every length in the files is checked before it is followed: what they hold is another process's word. Not thread-safe.
/// </summary>
public sealed unsafe class CncReader : IDisposable
{
    private const long DriverTimeoutMillis = 10_000;

    private readonly MappedFile _file;
    private readonly CncSections _sections;

    private CncReader(string directory, MappedFile file, in CncSections sections)
    {
        Directory = directory;
        _file = file;
        _sections = sections;
    }

    public string Directory { get; }

    public long ProcessId => *(long*)(_file.Pointer + CncLayout.ProcessIdOffset);

    public TimeNanos StartTime => FromMillis(*(long*)(_file.Pointer + CncLayout.StartTimeOffset));

    /// <summary>When the driver last said that it lives; zero after an orderly end.</summary>
    public TimeNanos HeartbeatTime => FromMillis(HeartbeatMillis);

    private long HeartbeatMillis => Volatile.Read(ref *(long*)(_file.Pointer + _sections.HeartbeatOffset));

    /// <exception cref="AeronException">There is no driver's directory.</exception>
    public static CncReader Open(string directory)
    {
        var path = Path.Combine(directory, CncLayout.FileName);
        try
        {
            var file = MappedFile.Open(path, writable: false);
            if (CncSections.Read(file.Pointer, file.LengthBytes) is { } sections
                && CncLayout.MajorVersion(Version(file)) == CncLayout.MajorVersion(CncLayout.Version) && Version(file) != 0)
            {
                return new CncReader(directory, file, sections);
            }

            file.Dispose();
            throw new AeronException($"'{path}' is no driver's file, or its driver is only just starting");
        }
        catch (StorageException refusal)
        {
            throw new AeronException($"'{directory}' is no Aeron directory: {refusal.Message}", refusal);
        }
    }

    public CncState StateAt(TimeNanos now)
    {
        var heartbeat = HeartbeatMillis;
        return heartbeat == CncLayout.HeartbeatEnded
            ? CncState.Ended
            : heartbeat + DriverTimeoutMillis >= (long)(now.Value / 1_000_000) ? CncState.Alive : CncState.Silent;
    }

    /// <summary>The counters in use, by number.</summary>
    public IReadOnlyList<CncCounter> ReadCounters()
    {
        List<CncCounter> counters = [];
        for (var id = 0; id < _sections.CounterCapacity; id++)
        {
            var record = _file.Pointer + _sections.CounterMetadataOffset + ((long)id * CounterRecord.MetadataLengthBytes);

            // acquire: a record in use is whole.
            var state = Volatile.Read(ref *(int*)(record + CounterRecord.StateOffset));
            if (state == CounterRecord.Unused)
            {
                break;
            }

            if (state == CounterRecord.Allocated)
            {
                counters.Add(ReadCounter(id, record));
            }
        }

        return counters;
    }

    /// <summary>The distinct errors, oldest first.</summary>
    public IReadOnlyList<CncError> ReadErrors()
    {
        List<CncError> errors = [];
        var start = _file.Pointer + _sections.ErrorLogOffset;
        var offset = 0;
        while (offset <= _sections.ErrorLogLengthBytes - DistinctErrorLog.TextOffset)
        {
            var record = start + offset;
            var length = Volatile.Read(ref *(int*)(record + DistinctErrorLog.LengthOffset));
            if (length < DistinctErrorLog.TextOffset || length > _sections.ErrorLogLengthBytes - offset)
            {
                break;
            }

            errors.Add(new CncError(
                *(int*)(record + DistinctErrorLog.ObservationsOffset),
                FromMillis(*(long*)(record + DistinctErrorLog.FirstTimeOffset)),
                FromMillis(Volatile.Read(ref *(long*)(record + DistinctErrorLog.LastTimeOffset))),
                Encoding.UTF8.GetString(record + DistinctErrorLog.TextOffset, length - DistinctErrorLog.TextOffset)));
            offset += (length + sizeof(long) - 1) / sizeof(long) * sizeof(long);
        }

        return errors;
    }

    /// <summary>The streams that lost something, in the order of their first loss; none when there is no report.</summary>
    public IReadOnlyList<CncLoss> ReadLosses() => LossReportReader.Read(Path.Combine(Directory, LossReport.FileName));

    public void Dispose() => _file.Dispose();

    internal static TimeNanos FromMillis(long millis) => new((ulong)Math.Max(0, millis) * 1_000_000);

    private static int Version(MappedFile file) => Volatile.Read(ref *(int*)file.Pointer);

    private CncCounter ReadCounter(int id, byte* record)
    {
        var value = _file.Pointer + _sections.CounterValuesOffset + ((long)id * CounterRecord.ValueLengthBytes);
        var labelLength = Math.Clamp(
            *(int*)(record + CounterRecord.LabelLengthOffset), 0, CounterRecord.LabelLengthBytesMax);
        return new CncCounter(
            id,
            *(int*)(record + CounterRecord.TypeIdOffset),
            Encoding.ASCII.GetString(record + CounterRecord.LabelOffset, labelLength),
            Volatile.Read(ref *(long*)(value + CounterRecord.ValueOffset)),
            *(long*)(value + CounterRecord.RegistrationIdOffset));
    }
}

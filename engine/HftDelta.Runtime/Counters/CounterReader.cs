using System.Diagnostics;
using System.Text;
using HftDelta.Primitives.Units;

namespace HftDelta.Runtime.Counters;

/// <summary>
/// Reads the counter file of another process, living or dead, without a trace in it. Everything that the file says about
/// its own lengths is proved when it is opened, so that no value can lead outside the mapping. One thread uses a reader.
/// </summary>
public sealed unsafe class CounterReader : IDisposable
{
    private readonly CounterMapping _mapping;
    private readonly List<CounterReading> _known = [];
    private bool _isDisposed;

    private CounterReader(string path, CounterMapping mapping)
    {
        Path = path;
        _mapping = mapping;
        Capacity = mapping.Header->Capacity;
        ProcessId = mapping.Header->ProcessId;
        StartTime = new TimeNanos(mapping.Header->StartTimeNanos);
    }

    public string Path { get; }

    public int Capacity { get; }

    /// <summary>The process that writes, or wrote.</summary>
    public int ProcessId { get; }

    public TimeNanos StartTime { get; }

    public TimeNanos HeartbeatTime => new(Volatile.Read(ref Header->HeartbeatTimeNanos));

    /// <summary>True after an orderly end of the writer.</summary>
    public bool IsClosed => Volatile.Read(ref Header->IsClosed) != 0;

    /// <summary>Counters in use; it may grow while the writer lives.</summary>
    public int Count
    {
        get
        {
            var count = Volatile.Read(ref Header->Count);
            return (uint)count <= (uint)Capacity
                ? count
                : throw new CounterFileException(
                    CounterFileProblem.Damaged, Path, $"counts {count} counters where {Capacity} fit");
        }
    }

    private CounterHeader* Header
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _mapping.Header;
        }
    }

    /// <exception cref="CounterFileException">Missing, cut short, of another kind or of another version.</exception>
    public static CounterReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            try
            {
                return new CounterReader(path, Map(path, stream));
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CounterFileException(
                CounterFileProblem.Missing, path, "does not exist", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CounterFileException(
                CounterFileProblem.CannotRead, path, $"cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>One counter.</summary>
    public CounterReading Read(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        LearnUpTo(id);
        return _known[id] with { Value = Volatile.Read(ref *_mapping.Value(id, Capacity)) };
    }

    /// <summary>Every counter in use, by id; the values are read one after the other, not as one moment.</summary>
    public IReadOnlyList<CounterReading> ReadAll()
    {
        var readings = new CounterReading[Count];
        for (var id = 0; id < readings.Length; id++)
        {
            readings[id] = Read(id);
        }

        return readings;
    }

    /// <summary>What can be told of the writer.</summary>
    /// <param name="now">The time of this machine.</param>
    /// <param name="stalledAfterNanos">How old the last heartbeat of a living process may be.</param>
    public CounterProcessState StateOfProcess(TimeNanos now, ulong stalledAfterNanos = 5_000_000_000)
    {
        if (IsClosed)
        {
            return CounterProcessState.Closed;
        }

        if (!ProcessExists(ProcessId))
        {
            return CounterProcessState.Dead;
        }

        var heartbeat = HeartbeatTime.Value;
        return now.Value > heartbeat && now.Value - heartbeat > stalledAfterNanos
            ? CounterProcessState.Stalled
            : CounterProcessState.Running;
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _mapping.Dispose();
        }
    }

    private static CounterMapping Map(string path, FileStream stream)
    {
        var lengthBytes = stream.Length;
        Span<byte> magic = stackalloc byte[sizeof(ulong)];
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length)
        {
            throw new CounterFileException(
                CounterFileProblem.Truncated, path, $"is cut short: {lengthBytes} bytes hold no header");
        }

        if (BitConverter.ToUInt64(magic) != CounterLayout.Magic)
        {
            throw new CounterFileException(CounterFileProblem.Foreign, path, "is no counter file");
        }

        if (lengthBytes < CounterLayout.HeaderBytes)
        {
            throw new CounterFileException(
                CounterFileProblem.Truncated, path, $"is cut short: {lengthBytes} bytes hold no header");
        }

        var mapping = new CounterMapping(stream, lengthBytes, writable: false);
        try
        {
            Prove(path, mapping);
            return mapping;
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    private static void Prove(string path, CounterMapping mapping)
    {
        var header = mapping.Header;
        if (header->Version != CounterLayout.Version)
        {
            throw new CounterFileException(
                CounterFileProblem.OtherVersion,
                path,
                $"has version {header->Version}; this program reads version {CounterLayout.Version}");
        }

        var sizesAgree = header->HeaderBytes == CounterLayout.HeaderBytes
            && header->MetadataBytes == CounterLayout.MetadataBytes
            && header->ValueBytes == CounterLayout.ValueBytes
            && header->Capacity is >= 1 and <= CounterLayout.CapacityMax
            && header->FileBytes == CounterLayout.FileBytes(header->Capacity);
        if (!sizesAgree)
        {
            throw new CounterFileException(CounterFileProblem.Damaged, path, "the sizes in its header contradict each other");
        }

        if (mapping.LengthBytes < header->FileBytes)
        {
            throw new CounterFileException(
                CounterFileProblem.Truncated, path, $"is cut short: {mapping.LengthBytes} of {header->FileBytes} bytes");
        }
    }

    private static bool ProcessExists(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It exists and belongs to somebody else.
            return true;
        }
    }

    /// <summary>Metadata never changes once counted, so each record is decoded once.</summary>
    private void LearnUpTo(int id)
    {
        while (_known.Count <= id)
        {
            var next = _known.Count;
            var metadata = _mapping.Metadata(next);
            if (metadata->Id != next
                || metadata->NameBytes is 0 or > CounterLayout.NameBytesMax
                || metadata->LabelBytes > CounterLayout.LabelBytesMax)
            {
                throw new CounterFileException(CounterFileProblem.Damaged, Path, $"the record of counter {next} is damaged");
            }

            var name = Encoding.UTF8.GetString(metadata->Name, metadata->NameBytes);
            var label = Encoding.UTF8.GetString(metadata->Label, metadata->LabelBytes);
            _known.Add(new CounterReading(next, name, label, metadata->Kind, metadata->Unit, 0));
        }
    }
}

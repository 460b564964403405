using System.Text;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;

namespace HftDelta.Runtime.Counters;

/// <summary>
/// The writing side of a counter file (<see cref="CounterLayout"/>): the process makes it at start, agents allocate
/// their counters in it, and any other process reads it with <see cref="CounterReader"/> at no cost to the writers.
/// Any thread may allocate; each counter has one writer. The file is written in full before it gets its name, so a reader
/// never meets half a header and a full disk shows here and not as a fault in mapped memory later.
/// </summary>
public sealed unsafe class CounterFile : IDisposable
{
    private readonly Lock _allocation = new();
    private readonly CounterMapping _mapping;
    private readonly HashSet<(string Name, string Label)> _taken = [];

    private CounterFile(string path, int capacity, CounterMapping mapping)
    {
        Path = path;
        Capacity = capacity;
        _mapping = mapping;
    }

    public string Path { get; }

    /// <summary>Counters that fit.</summary>
    public int Capacity { get; }

    /// <summary>Counters in use.</summary>
    public int Count => Volatile.Read(ref _mapping.Header->Count);

    /// <summary>Makes the file, in place of one that a former process left there.</summary>
    /// <param name="path">Where; its directory must exist.</param>
    /// <param name="capacity">Counters that fit; each takes 384 bytes.</param>
    /// <param name="clock">Tells the start time; null for the time of the machine.</param>
    /// <exception cref="CounterFileException">The directory is missing, or the file cannot be written.</exception>
    public static CounterFile Create(string path, int capacity, NanoClock? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, CounterLayout.CapacityMax);
        var fullPath = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(fullPath)))
        {
            throw new CounterFileException(CounterFileProblem.DirectoryMissing, path, "its directory does not exist");
        }

        try
        {
            var started = (clock ?? new SystemNanoClock()).Now;
            return new CounterFile(path, capacity, Map(fullPath, capacity, started));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CounterFileException(
                CounterFileProblem.CannotWrite, path, $"cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Takes a counter into use; it begins at 0.</summary>
    /// <param name="name">By the rule of <see cref="CounterName"/>.</param>
    /// <param name="label">Tells counters of one name apart, such as <c>ring=inbound</c>; may be empty.</param>
    /// <param name="unit">What one step means.</param>
    /// <exception cref="CounterFileException">Every counter that fits is in use.</exception>
    /// <exception cref="ArgumentException">The name breaks the rule, or name and label are taken or too long.</exception>
    public Counter Allocate(string name, string label = "", CounterUnit unit = CounterUnit.Count)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (CounterName.Fault(name, unit) is { } fault)
        {
            throw new ArgumentException($"counter name '{name}': {fault}", nameof(name));
        }

        ThrowIfTooLong(name, CounterLayout.NameBytesMax, nameof(name));
        ThrowIfTooLong(label, CounterLayout.LabelBytesMax, nameof(label));
        lock (_allocation)
        {
            var id = Count;
            if (id == Capacity)
            {
                throw new CounterFileException(
                    CounterFileProblem.Full, Path, $"all {Capacity} counters are in use, no room for {name}");
            }

            if (!_taken.Add((name, label)))
            {
                throw new ArgumentException($"counter {name} with label '{label}' is taken", nameof(name));
            }

            WriteMetadata(_mapping.Metadata(id), id, name, label, unit);
            Volatile.Write(ref _mapping.Header->Count, id + 1);
            return new Counter(id, name, label, unit, _mapping.Value(id, Capacity), _mapping);
        }
    }

    /// <summary>Says that the process lives. One thread calls it, about once a second (<see cref="HeartbeatAgent"/>).</summary>
    public void Beat(TimeNanos now) => Volatile.Write(ref _mapping.Header->HeartbeatTimeNanos, now.Value);

    /// <summary>
    /// Marks an orderly end. The file stays for whoever wants to read the last values, and counters may still be written:
    /// their memory is kept for as long as any of them is reachable.
    /// </summary>
    public void Dispose() => Volatile.Write(ref _mapping.Header->IsClosed, 1);

    private static CounterMapping Map(string path, int capacity, TimeNanos started)
    {
        var lengthBytes = CounterLayout.FileBytes(capacity);
        var unnamedPath = $"{path}.{Environment.ProcessId}.new";
        CounterMapping? mapping = null;
        try
        {
            var stream = new FileStream(
                unnamedPath, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            try
            {
                WriteZeros(stream, lengthBytes);
                mapping = new CounterMapping(stream, lengthBytes, writable: true);
            }
            catch
            {
                stream.Dispose();
                throw;
            }

            WriteHeader(mapping.Header, capacity, started);
            File.Move(unnamedPath, path, overwrite: true);
            return mapping;
        }
        catch
        {
            mapping?.Dispose();
            File.Delete(unnamedPath);
            throw;
        }
    }

    private static void WriteZeros(FileStream stream, long lengthBytes)
    {
        var zeros = new byte[64 * 1024];
        for (long written = 0; written < lengthBytes; written += zeros.Length)
        {
            stream.Write(zeros, 0, (int)Math.Min(zeros.Length, lengthBytes - written));
        }

        stream.Flush();
    }

    private static void WriteHeader(CounterHeader* header, int capacity, TimeNanos started)
    {
        header->Version = CounterLayout.Version;
        header->HeaderBytes = CounterLayout.HeaderBytes;
        header->MetadataBytes = CounterLayout.MetadataBytes;
        header->ValueBytes = CounterLayout.ValueBytes;
        header->Capacity = capacity;
        header->ProcessId = Environment.ProcessId;
        header->StartTimeNanos = started.Value;
        header->FileBytes = CounterLayout.FileBytes(capacity);
        header->HeartbeatTimeNanos = started.Value;
        Volatile.Write(ref header->Magic, CounterLayout.Magic);
    }

    private static void WriteMetadata(CounterMetadata* metadata, int id, string name, string label, CounterUnit unit)
    {
        metadata->Id = id;
        metadata->Kind = CounterName.KindOf(name);
        metadata->Unit = unit;
        metadata->NameBytes = (ushort)Encoding.UTF8.GetBytes(name, new Span<byte>(metadata->Name, CounterLayout.NameBytesMax));
        metadata->LabelBytes =
            (ushort)Encoding.UTF8.GetBytes(label, new Span<byte>(metadata->Label, CounterLayout.LabelBytesMax));
    }

    private static void ThrowIfTooLong(string text, int bytesMax, string argument)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > bytesMax)
        {
            throw new ArgumentException($"'{text}' takes {bytes} bytes of at most {bytesMax}", argument);
        }
    }
}

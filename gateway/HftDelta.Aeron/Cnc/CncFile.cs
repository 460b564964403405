using HftDelta.Runtime.Memory;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// The writing side of <c>cnc.dat</c>. The ring and the broadcast are laid out and stay empty: this driver serves the process
/// that it is in. Every counter holds the mapping, so it goes with the last of them and never under anybody's feet. Writer of
/// the heartbeat: the conductor; correlation ids are for any thread.
/// </summary>
internal sealed unsafe class CncFile
{
    private readonly MappedFile _file;
    private readonly CncSections _sections;

    private CncFile(MappedFile file, in CncSections sections)
    {
        _file = file;
        _sections = sections;
    }

    public long LengthBytes => _file.LengthBytes;

    /// <summary>What keeps the memory mapped.</summary>
    public object Memory => _file;

    public CncSections Sections => _sections;

    public byte* CounterMetadata => _file.Pointer + _sections.CounterMetadataOffset;

    public byte* CounterValues => _file.Pointer + _sections.CounterValuesOffset;

    public byte* ErrorLog => _file.Pointer + _sections.ErrorLogOffset;

    /// <exception cref="HftDelta.Runtime.Storage.StorageException">The file cannot be made.</exception>
    public static CncFile Create(string path, int counterValuesLengthBytes, long clientLivenessTimeoutNanos, long nowMillis)
    {
        var sections = CncSections.Of(counterValuesLengthBytes);
        var file = MappedFile.Create(path, sections.FileLengthBytes);
        var start = file.Pointer;
        *(int*)(start + CncLayout.ToDriverLengthOffset) = sections.ToDriverLengthBytes;
        *(int*)(start + CncLayout.ToClientsLengthOffset) = sections.ToClientsLengthBytes;
        *(int*)(start + CncLayout.CounterMetadataLengthOffset) = sections.CounterMetadataLengthBytes;
        *(int*)(start + CncLayout.CounterValuesLengthOffset) = sections.CounterValuesLengthBytes;
        *(int*)(start + CncLayout.ErrorLogLengthOffset) = sections.ErrorLogLengthBytes;
        *(long*)(start + CncLayout.ClientLivenessTimeoutOffset) = clientLivenessTimeoutNanos;
        *(long*)(start + CncLayout.StartTimeOffset) = nowMillis;
        *(long*)(start + CncLayout.ProcessIdOffset) = Environment.ProcessId;
        *(int*)(start + CncLayout.PageSizeOffset) = CncLayout.PageLengthBytes;
        var cnc = new CncFile(file, sections);
        cnc.Beat(nowMillis);
        return cnc;
    }

    /// <summary>Everything that readers look for is there: shows the file to them.</summary>
    public void SetReady() =>

        // release: whoever sees the version sees all that was written before.
        Volatile.Write(ref *(int*)(_file.Pointer + CncLayout.VersionOffset), CncLayout.Version);

    public void Beat(long nowMillis) => Volatile.Write(ref *(long*)(_file.Pointer + _sections.HeartbeatOffset), nowMillis);

    /// <summary>Numbers of commands, streams and clients: one count for all of them.</summary>
    public long NextCorrelationId() =>
        Interlocked.Increment(ref *(long*)(_file.Pointer + _sections.CorrelationIdOffset));
}

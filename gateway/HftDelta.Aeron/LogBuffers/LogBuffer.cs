using System.Runtime.CompilerServices;
using HftDelta.Aeron.Frames;
using HftDelta.Primitives;
using HftDelta.Runtime.Memory;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// Three terms and their metadata in one piece of memory, in the official layout: anonymous, or a mapped file. Owner: the
/// driver's conductor, which disposes it when no thread can be inside any more (resource linger). Who writes which word is
/// told at <see cref="LogMetadata"/>; a term is zero wherever nobody has written yet.
/// </summary>
internal sealed unsafe class LogBuffer : IDisposable
{
    public const int PageLengthBytes = 4096;

    // A peer chooses the term length of its images: what is brought in at once is bounded.
    private const long PopulatedLengthBytesMax = 16 * 1024 * 1024;

    // What the metadata says where a number is not there.
    private const long None = -1;

    private readonly NativeRegion? _region;
    private readonly MappedFile? _file;
    private readonly string? _path;
    private readonly bool? _isSparse;
    private volatile bool _isDisposed;

    private LogBuffer(byte* pointer, long lengthBytes, LogParameters parameters, NativeRegion? region, MappedFile? file)
    {
        _region = region;
        _file = file;
        _path = file?.Path;
        _isSparse = parameters.IsSparse;
        Terms = pointer;
        LengthBytes = lengthBytes;
        TermLengthBytes = parameters.TermLengthBytes;
        PositionBitsToShift = TermArithmetic.PositionBitsToShift(parameters.TermLengthBytes);
        InitialTermId = parameters.InitialTermId;
        Metadata = new LogMetadata(pointer + lengthBytes - LogMetadata.LengthBytes);
        Initialize(parameters);
    }

    /// <summary>The first byte of the first term; the others follow.</summary>
    public byte* Terms { get; }

    public LogMetadata Metadata { get; }

    public long LengthBytes { get; }

    public int TermLengthBytes { get; }

    public int PositionBitsToShift { get; }

    public int InitialTermId { get; }

    /// <summary>Its memory is given back. For any thread.</summary>
    public bool IsDisposed => _isDisposed;

    /// <summary>Everything as it lies in memory: for tools and tests.</summary>
    public ReadOnlySpan<byte> Bytes => new(Terms, checked((int)LengthBytes));

    /// <summary>What a log of such terms takes.</summary>
    public static long LengthBytesOf(int termLengthBytes) =>
        ((long)termLengthBytes * TermArithmetic.PartitionCount) + LogMetadata.LengthBytes;

    /// <summary>
    /// Makes a log in anonymous memory, or in a new file when a path is given. That of an image is nothing but addresses until
    /// <see cref="PopulateInUse"/>: whoever sends a SETUP has shown nothing yet.
    /// </summary>
    /// <exception cref="HftDelta.Runtime.Storage.StorageException">The file cannot be made.</exception>
    public static LogBuffer Create(LogParameters parameters, string? path = null)
    {
        Check.That(TermArithmetic.IsTermLength(parameters.TermLengthBytes));
        var lengthBytes = LengthBytesOf(parameters.TermLengthBytes);
        if (path is null)
        {
            var populate = parameters.Type != LogType.Image
                && (parameters.IsSparse is { } isSparse ? !isSparse : lengthBytes <= PopulatedLengthBytesMax);
            var region = new NativeRegion(lengthBytes, new NativeRegionWishes(HugePages: false, populate, Lock: false));
            return new LogBuffer(region.Pointer, lengthBytes, parameters, region, null);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = parameters.IsSparse == true
            ? MappedFile.CreateSparse(path, lengthBytes)
            : MappedFile.Create(path, lengthBytes);
        if (parameters is { IsSparse: false, Type: not LogType.Image })
        {
            file.Populate(0, lengthBytes);
        }

        return new LogBuffer(file.Pointer, lengthBytes, parameters, null, file);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Term(int partition) => Terms + ((long)partition << PositionBitsToShift);

    /// <summary>The byte that a position stands at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(long position) =>
        Term(TermArithmetic.PartitionIndex(position, PositionBitsToShift)) + (position & (TermLengthBytes - 1));

    /// <summary>Brings in the pages of a log that others are using already. The owner's thread.</summary>
    public void PopulateInUse()
    {
        if (_isDisposed || _isSparse == true)
        {
            return;
        }

        if (_isSparse == false)
        {
            _file?.PopulateInUse();
            _region?.PopulateInUse();
        }
        else if (LengthBytes <= PopulatedLengthBytesMax)
        {
            _region?.PopulateInUse();
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _region?.Dispose();
        _file?.Dispose();
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }

    private void Initialize(LogParameters parameters)
    {
        var metadata = Metadata;
        if (parameters.Type != LogType.Image)
        {
            InitializeTails(parameters);
        }

        metadata.Write(LogMetadata.CorrelationIdOffset, parameters.CorrelationId);
        metadata.Write(LogMetadata.InitialTermIdOffset, parameters.InitialTermId);
        metadata.Write(LogMetadata.DefaultHeaderLengthOffset, DataHeader.LengthBytes);
        metadata.Write(LogMetadata.MtuLengthOffset, parameters.MtuLengthBytes);
        metadata.Write(LogMetadata.TermLengthOffset, parameters.TermLengthBytes);
        metadata.Write(LogMetadata.PageSizeOffset, PageLengthBytes);
        metadata.Write(LogMetadata.PublicationWindowOffset, parameters.PublicationWindowLengthBytes);
        metadata.Write(LogMetadata.ReceiverWindowOffset, parameters.ReceiverWindowLengthBytes);
        metadata.Write(LogMetadata.SocketSendBufferOffset, parameters.SocketSendBufferLengthBytes);
        metadata.Write(LogMetadata.SocketReceiveBufferOffset, parameters.SocketReceiveBufferLengthBytes);
        metadata.Write(LogMetadata.MaxResendOffset, parameters.MaxResend);
        if (parameters.Type != LogType.Image)
        {
            metadata.Write(LogMetadata.EntityTagOffset, parameters.EntityTag ?? None);
            metadata.Write(LogMetadata.ResponseCorrelationIdOffset, parameters.ResponseCorrelationId ?? None);
        }

        metadata.Write(LogMetadata.UntetheredWindowLimitTimeoutOffset, parameters.UntetheredWindowLimitNanos);
        metadata.Write(LogMetadata.UntetheredRestingTimeoutOffset, parameters.UntetheredRestingNanos);
        metadata.Write(LogMetadata.UntetheredLingerTimeoutOffset, parameters.UntetheredLingerNanos);
        metadata.Write(LogMetadata.LingerTimeoutOffset, parameters.LingerNanos);
        metadata.Write(LogMetadata.SignalEndOfStreamOffset, parameters.SignalEndOfStream);
        metadata.Write(LogMetadata.GroupOffset, parameters.HasGroupSemantics);
        metadata.Write(LogMetadata.IsResponseOffset, parameters.IsResponse);
        metadata.Write(LogMetadata.SpiesSimulateConnectionOffset, parameters.SpiesSimulateConnection);
        metadata.Write(LogMetadata.RejoinOffset, parameters.IsRejoin);
        metadata.Write(LogMetadata.ReliableOffset, parameters.IsReliable);
        metadata.Write(LogMetadata.SparseOffset, _isSparse ?? _file is null);
        metadata.Write(LogMetadata.TetherOffset, parameters.IsTether);
        metadata.Write(LogMetadata.LogTypeOffset, (byte)parameters.Type);
        new DataHeader(
            0,
            FrameFlags.DataUnfragmented,
            FrameType.Data,
            0,
            parameters.SessionId,
            parameters.StreamId,
            parameters.InitialTermId).Write(metadata.DefaultHeader);

        // Last, with release: whoever finds it other than zero finds all the rest.
        metadata.SetEndOfStreamPosition(LogMetadata.NotEnded);
    }

    /// <summary>
    /// The partition of the first term gets its place; the other two get the terms that would have been there before, which
    /// is what the rotation expects to find.
    /// </summary>
    private void InitializeTails(LogParameters parameters)
    {
        var metadata = Metadata;
        var termCount = TermArithmetic.TermCount(parameters.StartTermId, parameters.InitialTermId);
        for (var back = 0; back < TermArithmetic.PartitionCount; back++)
        {
            var partition = (TermArithmetic.PartitionIndex(termCount) + back) % TermArithmetic.PartitionCount;
            var termId = unchecked(back == 0
                ? parameters.StartTermId
                : parameters.StartTermId + back - TermArithmetic.PartitionCount);
            *metadata.RawTail(partition) = RawTail.Pack(termId, back == 0 ? parameters.StartTermOffset : 0);
        }

        metadata.Write(LogMetadata.ActiveTermCountOffset, termCount);
    }
}

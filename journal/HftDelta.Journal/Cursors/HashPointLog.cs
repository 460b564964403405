using System.Globalization;
using System.Runtime.InteropServices;
using HftDelta.Journal.Faults;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Cursors;

/// <summary>
/// State hashes at hash points that have passed the safe cursor, for replay and comparison: <c>hash-points.dat</c>, and when
/// that is full <c>hash-points-0000000001.dat</c> and so on. Owner: one cold or egress agent, which appends. An entry is
/// little-endian, 432 bytes, from offset 64; a sequence of 0 means: not written yet, and it is stored last:
/// <code>
/// offset size field
///      0    8 sequence    command whose state was hashed
///      8   32 hash        four words
///     40  384 components  twelve hashes of four words, the last that of the history
///    424    4 reserved    0
///    428    4 checksum    CRC32C of bytes 0..427
/// </code>
/// The file begins with magic "HDHASH03" (8 bytes), the journal id (16 bytes), zeros, and at 60 the CRC32C of bytes 0..59.
/// </summary>
public sealed unsafe class HashPointLog : IDisposable
{
    public const string FileName = "hash-points.dat";

    private const string LaterPrefix = "hash-points-";
    private const int IndexDigits = 10;

    /// <summary>Length of a file: some 9,700 points, which is 9.9 million commands at one point in 1,024.</summary>
    public const int FileBytesDefault = 4 << 20;

    internal const int HeaderBytes = 64;
    internal const int EntryBytes = 432;
    internal const ulong MagicValue = 0x3330_4853_4148_4448;

    private const int TotalOffsetBytes = 8;
    private const int ComponentsOffsetBytes = 40;
    private const int EntryChecksumOffsetBytes = 428;
    private const int HeaderChecksumOffsetBytes = 60;

    private readonly MappedStorage _storage;
    private readonly Guid _journalId;
    private readonly int _fileBytes;
    private StorageFile _file;
    private int _fileIndex;
    private long _offsetBytes;
    private long _lastSequence;

    private HashPointLog(MappedStorage storage, Guid journalId, int fileBytes, StorageFile file, int fileIndex)
    {
        _storage = storage;
        _journalId = journalId;
        _fileBytes = fileBytes;
        _file = file;
        _fileIndex = fileIndex;
        _offsetBytes = HeaderBytes;
    }

    /// <summary>The last point in the log; none when it is empty.</summary>
    public CommandSequence LastSequence => new(_lastSequence);

    /// <summary>Opens the log of a journal for its one writer and goes to its end; a torn last entry is overwritten.</summary>
    /// <exception cref="JournalException">It belongs to another journal, is damaged, or there is no space for it.</exception>
    public static HashPointLog OpenOrCreate(MappedStorage storage, Guid journalId, int fileBytes = FileBytesDefault)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentOutOfRangeException.ThrowIfLessThan(fileBytes, HeaderBytes + EntryBytes);
        var reading = HashPointReader.Read(storage);
        if (reading.Fault is not null)
        {
            throw reading.Fault;
        }

        if (reading.FileCount == 0)
        {
            return new HashPointLog(storage, journalId, fileBytes, MakeFile(storage, 0, journalId, fileBytes), 0);
        }

        if (reading.JournalId != journalId)
        {
            throw new JournalException(
                JournalFault.ForeignFile,
                $"{FileName} belongs to journal {reading.JournalId}, not to {journalId}; nothing was changed.\n"
                + "  next: put the directory back as it was; files of two journals lie in it.");
        }

        var index = reading.FileCount - 1;
        var file = storage.OpenFile(NameOf(index), writable: true);
        var log = new HashPointLog(storage, journalId, fileBytes, file, index)
        {
            _offsetBytes = reading.EndOffsetBytes,
            _lastSequence = reading.Points.Count == 0 ? 0 : reading.Points[^1].Sequence.Value,
        };
        new Span<byte>(file.Pointer + log._offsetBytes, (int)(file.LengthBytes - log._offsetBytes)).Clear();
        return log;
    }

    /// <summary>All points, in order; a torn last entry is left out.</summary>
    /// <exception cref="JournalException">A point before the last is damaged.</exception>
    public static IReadOnlyList<HashPoint> ReadAll(MappedStorage storage)
    {
        var reading = HashPointReader.Read(storage);
        return reading.Fault is null ? reading.Points : throw reading.Fault;
    }

    /// <summary>
    /// How many points lie behind the first that is missing, and are left out because the machine was started again since. A
    /// power cut leaves such, and so does damage to an old point: which of both it was cannot be told any more.
    /// </summary>
    public static int CountLeftOut(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        return SafeCursorFile.WasSystemRestarted(storage) ? HashPointReader.Read(storage).CountBehind(storage) : 0;
    }

    /// <summary>
    /// Takes away what a power cut left behind the first missing point. Before anybody opens the safe cursor for writing, who
    /// makes this run of the machine the one that it knows.
    /// </summary>
    /// <returns>How many points went.</returns>
    internal static int DropTorn(MappedStorage storage)
    {
        if (!SafeCursorFile.WasSystemRestarted(storage))
        {
            return 0;
        }

        // Also where the log reads as whole: a file whose header is missing ends it, and later ones may be there.
        var reading = HashPointReader.Read(storage);
        var dropped = reading.CountBehind(storage);
        foreach (var name in storage.List().Where(name => IsOwn(name, reading.FileCount)).ToList())
        {
            storage.Delete(name);
        }

        if (reading.FileCount > 0)
        {
            using var file = storage.OpenFile(NameOf(reading.FileCount - 1), writable: true);
            file.Span(reading.EndOffsetBytes, (int)(file.LengthBytes - reading.EndOffsetBytes)).Clear();
        }

        return dropped;
    }

    /// <summary>Appends a point whose command has passed the safe cursor, after all points before it.</summary>
    /// <exception cref="JournalException">A new file was needed and there is no space for it.</exception>
    public void Append(in HashPoint point)
    {
        Check.That(point.Sequence.Value > _lastSequence);
        if (_offsetBytes + EntryBytes > _file.LengthBytes)
        {
            var next = MakeFile(_storage, _fileIndex + 1, _journalId, _fileBytes);
            _file.Dispose();
            _file = next;
            _fileIndex++;
            _offsetBytes = HeaderBytes;
        }

        Span<byte> entry = stackalloc byte[EntryBytes];
        entry.Clear();
        var (sequence, total, components) = point;
        MemoryMarshal.Write(entry, sequence.Value);
        MemoryMarshal.Write(entry[TotalOffsetBytes..], in total);
        MemoryMarshal.Write(entry[ComponentsOffsetBytes..], in components);
        var checksum = Crc32C.Compute(0, entry[..EntryChecksumOffsetBytes]);
        MemoryMarshal.Write(entry[EntryChecksumOffsetBytes..], in checksum);
        var target = _file.Pointer + _offsetBytes;
        entry[sizeof(long)..].CopyTo(new Span<byte>(target + sizeof(long), EntryBytes - sizeof(long)));
        Volatile.Write(ref *(long*)target, point.Sequence.Value);
        _offsetBytes += EntryBytes;
        _lastSequence = point.Sequence.Value;
    }

    public void Dispose() => _file.Dispose();

    internal static string NameOf(int fileIndex) =>
        fileIndex == 0 ? FileName : string.Create(CultureInfo.InvariantCulture, $"hash-points-{fileIndex:D10}.dat");

    /// <summary>Whether it names a file of the log, of this index or a later one; a copy under another name is none.</summary>
    internal static bool IsOwn(string name, int fromIndex)
    {
        var index = 0;
        return (name == FileName
                || (name.StartsWith(LaterPrefix, StringComparison.Ordinal)
                    && name.Length > LaterPrefix.Length + IndexDigits
                    && int.TryParse(
                        name.AsSpan(LaterPrefix.Length, IndexDigits), NumberStyles.None, CultureInfo.InvariantCulture, out index)
                    && index > 0
                    && name == NameOf(index)))
            && index >= fromIndex;
    }

    internal static bool IsHeaderValid(ReadOnlySpan<byte> header) =>
        MemoryMarshal.Read<ulong>(header) == MagicValue
        && MemoryMarshal.Read<uint>(header[HeaderChecksumOffsetBytes..])
            == Crc32C.Compute(0, header[..HeaderChecksumOffsetBytes]);

    internal static bool TryParse(ReadOnlySpan<byte> entry, out HashPoint point)
    {
        point = new HashPoint(
            new CommandSequence(MemoryMarshal.Read<long>(entry)),
            MemoryMarshal.Read<HashWords>(entry[TotalOffsetBytes..]),
            MemoryMarshal.Read<HashComponents>(entry[ComponentsOffsetBytes..]));
        return MemoryMarshal.Read<uint>(entry[EntryChecksumOffsetBytes..])
            == Crc32C.Compute(0, entry[..EntryChecksumOffsetBytes]);
    }

    private static StorageFile MakeFile(MappedStorage storage, int index, Guid journalId, int fileBytes)
    {
        var name = NameOf(index);
        try
        {
            if (storage.Exists(name))
            {
                // Only a file whose making was interrupted is here: the reader did not count it.
                storage.Delete(name);
            }

            var file = storage.CreateFile(name, fileBytes);
            var header = file.Span(0, HeaderBytes);
            var magic = MagicValue;
            Check.That(journalId.TryWriteBytes(header.Slice(8, 16)));
            Span<byte> image = stackalloc byte[HeaderBytes];
            header.CopyTo(image);
            MemoryMarshal.Write(image, in magic);
            var checksum = Crc32C.Compute(0, image[..HeaderChecksumOffsetBytes]);
            MemoryMarshal.Write(header[HeaderChecksumOffsetBytes..], in checksum);
            Volatile.Write(ref *(ulong*)file.Pointer, magic);
            return file;
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"{name} cannot be made");
        }
    }
}

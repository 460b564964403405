using System.Globalization;
using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Segments;

/// <summary>
/// A signpost into a closed segment: from here a walk can begin as if it had come all the way. Little-endian, 32 bytes.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
internal struct IndexEntry
{
    public const int LengthBytes = 32;
    private const int ChecksummedBytes = 28;

    [FieldOffset(0)] public long Sequence;
    [FieldOffset(8)] public ulong TimeNanos;
    [FieldOffset(16)] public long OffsetBytes;

    /// <summary>Checksum of the record before.</summary>
    [FieldOffset(24)] public uint Seed;

    [FieldOffset(28)] public uint Check;

    public uint ComputeCheck(uint seed) => Crc32C.Compute(
        seed, MemoryMarshal.AsBytes(new ReadOnlySpan<IndexEntry>(ref this))[..ChecksummedBytes]);
}

/// <summary>
/// The index of one closed segment, in <c>journal-0000000042.idx</c>: an entry for about every 64 KiB, made by the preparer when
/// it seals. It says nothing that the segment does not, so it may be missing or damaged: then readers walk, as they do in the
/// open segment. What it names is proved like any record. Little-endian:
/// <code>
/// offset size field
///      0    8 magic          "HDJINDX1", written last
///      8   16 journalId
///     24    8 segmentIndex
///     32    4 entryCount
///     36    4 check          CRC32C of bytes 8..35; seeds the entries' checks
///     64   32 each           entries (IndexEntry)
/// </code>
/// </summary>
internal sealed unsafe class SegmentIndex : IDisposable
{
    public const int StrideBytes = 64 << 10;

    private const string Suffix = ".idx";
    private const int HeaderBytes = 64;
    private const int CheckOffsetBytes = 36;
    private const ulong MagicValue = 0x3158_444E_494A_4448;

    private readonly StorageFile _file;
    private readonly int _count;
    private readonly uint _seed;

    private SegmentIndex(StorageFile file, int count, uint seed)
    {
        _file = file;
        _count = count;
        _seed = seed;
    }

    public static string NameOf(int segmentIndex) =>
        string.Create(CultureInfo.InvariantCulture, $"journal-{segmentIndex:D10}{Suffix}");

    public static bool TryParseName(string name, out int segmentIndex)
    {
        segmentIndex = -1;
        return name.EndsWith(Suffix, StringComparison.Ordinal)
            && SegmentLayout.TryParseName(Path.ChangeExtension(name, ".seg"), out segmentIndex);
    }

    /// <summary>Entries that were looked at.</summary>
    public int Looks { get; private set; }

    /// <returns>Null when there is none that can be used.</returns>
    public static SegmentIndex? Open(MappedStorage storage, Guid journalId, int segmentIndex)
    {
        var name = NameOf(segmentIndex);
        if (!storage.Exists(name) || storage.LengthBytesOf(name) < HeaderBytes)
        {
            return null;
        }

        var file = storage.OpenFile(name, writable: false);
        var count = *(int*)(file.Pointer + 32);
        var isValid = Volatile.Read(ref *(ulong*)file.Pointer) == MagicValue
            && new Guid(file.Span(8, 16)) == journalId
            && *(long*)(file.Pointer + 24) == segmentIndex
            && *(uint*)(file.Pointer + CheckOffsetBytes) == CheckOf(file)
            && count > 0
            && HeaderBytes + ((long)count * IndexEntry.LengthBytes) <= file.LengthBytes;
        if (isValid)
        {
            return new SegmentIndex(file, count, CheckOf(file));
        }

        file.Dispose();
        return null;
    }

    /// <summary>Makes the index of a segment anew. A disk without room for it is no fault.</summary>
    public static void Write(MappedStorage storage, Guid journalId, int segmentIndex, ReadOnlySpan<IndexEntry> entries)
    {
        var name = NameOf(segmentIndex);
        try
        {
            if (storage.Exists(name))
            {
                storage.Delete(name);
            }

            using var file = storage.CreateFile(name, HeaderBytes + ((long)entries.Length * IndexEntry.LengthBytes));
            Check.That(journalId.TryWriteBytes(file.Span(8, 16)));
            *(long*)(file.Pointer + 24) = segmentIndex;
            *(int*)(file.Pointer + 32) = entries.Length;
            var seed = CheckOf(file);
            *(uint*)(file.Pointer + CheckOffsetBytes) = seed;
            for (var place = 0; place < entries.Length; place++)
            {
                var entry = entries[place];
                entry.Check = entry.ComputeCheck(seed);
                *EntryAt(file, place) = entry;
            }

            Volatile.Write(ref *(ulong*)file.Pointer, MagicValue);
        }
        catch (StorageException refusal) when (refusal.Fault is StorageFault.NoSpace or StorageFault.AlreadyExists)
        {
        }
    }

    /// <summary>The last entry that is not after a sequence.</summary>
    public bool TryFindSequence(long sequence, out IndexEntry entry) =>
        TryFind(candidate => candidate.Sequence <= sequence, out entry);

    /// <summary>The last entry that is before a time.</summary>
    public bool TryFindTime(ulong timeNanos, out IndexEntry entry) =>
        TryFind(candidate => candidate.TimeNanos < timeNanos, out entry);

    public void Dispose() => _file.Dispose();

    private bool TryFind(Func<IndexEntry, bool> isBefore, out IndexEntry found)
    {
        found = default;
        var low = 0;
        var high = _count - 1;
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var entry = *EntryAt(_file, middle);
            Looks++;
            if (entry.Check != entry.ComputeCheck(_seed))
            {
                found = default;
                return false;
            }

            if (isBefore(entry))
            {
                found = entry;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return found.Sequence > 0;
    }

    private static IndexEntry* EntryAt(StorageFile file, int place) =>
        (IndexEntry*)(file.Pointer + HeaderBytes + ((long)place * IndexEntry.LengthBytes));

    private static uint CheckOf(StorageFile file) => Crc32C.Compute(0, file.Span(8, CheckOffsetBytes - 8));
}

/// <summary>
/// Walks the envelopes of a segment as it fills and notes one record for each stride; has room for all of them from the start.
/// Owner: the preparer.
/// </summary>
internal sealed unsafe class SegmentIndexBuilder(long segmentBytes)
{
    private readonly List<IndexEntry> _entries = new((int)(segmentBytes / SegmentIndex.StrideBytes) + 1);
    private long _offsetBytes;
    private long _nextMarkBytes;
    private uint _checksum;

    public ReadOnlySpan<IndexEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Goes on to an offset, before which everything is written; begins with the header.</summary>
    public void WalkTo(byte* segment, long limitBytes)
    {
        if (_offsetBytes == 0)
        {
            Check.That(SegmentHeader.Read(segment, out var header) == PageState.Valid);
            _offsetBytes = SegmentLayout.HeaderBytes;
            _nextMarkBytes = SegmentLayout.HeaderBytes;
            _checksum = header.ChecksumSeed;
        }

        while (_offsetBytes < limitBytes && _offsetBytes <= segmentBytes - SegmentLayout.EndMarkerBytes)
        {
            ref readonly var envelope = ref *(RecordEnvelope*)(segment + _offsetBytes);
            if (envelope.Sequence == 0 || SegmentCursor.Shape(segmentBytes, _offsetBytes, in envelope) != RecordDamage.None)
            {
                return;
            }

            if (_offsetBytes >= _nextMarkBytes)
            {
                _entries.Add(new IndexEntry
                {
                    Sequence = envelope.Sequence,
                    TimeNanos = envelope.TimeNanos,
                    OffsetBytes = _offsetBytes,
                    Seed = _checksum,
                });
                _nextMarkBytes = _offsetBytes + SegmentIndex.StrideBytes;
            }

            _checksum = envelope.Checksum;
            _offsetBytes += SegmentLayout.RecordBytes(envelope.Length);
        }
    }

    /// <summary>Begins with the next segment.</summary>
    public void Reset()
    {
        _entries.Clear();
        _offsetBytes = 0;
    }
}

using System.Runtime.InteropServices;
using HftDelta.Journal.Faults;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;
using HftDelta.Primitives.Numbers;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Cursors;

/// <summary>What a safe cursor file says.</summary>
public enum SafeCursorState
{
    /// <summary>
    /// There is none, or one whose making is under way or was interrupted: nothing was ever acknowledged, unless there are
    /// records.
    /// </summary>
    Absent = 0,

    Valid = 1,

    /// <summary>Neither of its two copies is whole.</summary>
    Damaged = 2,
}

/// <summary>A safe cursor as recovery reads it.</summary>
public readonly record struct SafeCursorReading(SafeCursorState State, CommandSequence Sequence, Guid JournalId);

/// <summary>
/// The last command sequence that may have been acknowledged to anybody, in <c>safe-cursor.dat</c>. The egress agent stores it
/// before it sends, so after a kill recovery knows which records must be there. Owner: the egress agent's thread; one writer.
/// Two copies are written in turn, each with a check of its own, so that a kill between two stores leaves the other one whole.
/// Little-endian, one page:
/// <code>
/// offset size field
///      0    8 magic      "HDSAFE01"
///      8   16 journalId
///     24    4 reserved   0
///     28    4 checksum   CRC32C of bytes 0..27
///     64    8 sequence   first copy
///     72    8 check      of that sequence
///    128    8 sequence   second copy
///    136    8 check
///    192   16 systemRunId  run of the operating system in which it was opened for writing last; zeros: not known
///    208    4 check        CRC32C of bytes 192..207
/// </code>
/// </summary>
public sealed unsafe class SafeCursorFile : IDisposable
{
    public const string FileName = "safe-cursor.dat";

    internal const int LengthBytes = 4_096;

    private const int LooksMax = 64;
    private const ulong MagicValue = 0x3130_4546_4153_4448;
    private const int IdentityBytes = 28;
    private const int FirstCopyOffsetBytes = 64;
    private const int SecondCopyOffsetBytes = 128;
    private const int SystemRunOffsetBytes = 192;
    private const int SystemRunBytes = 16;

    private readonly StorageFile _file;
    private int _nextCopyOffsetBytes = FirstCopyOffsetBytes;
    private long _value;

    private SafeCursorFile(StorageFile file, long value, int nextCopyOffsetBytes)
    {
        _file = file;
        _value = value;
        _nextCopyOffsetBytes = nextCopyOffsetBytes;
    }

    /// <summary>The value stored last. Owner's thread only.</summary>
    public CommandSequence Value => new(_value);

    /// <summary>Opens the journal's cursor for its one writer, or makes it at 0.</summary>
    /// <exception cref="JournalException">It is damaged or belongs to another journal.</exception>
    public static SafeCursorFile OpenOrCreate(MappedStorage storage, Guid journalId)
    {
        var reading = Read(storage);
        if (reading.State == SafeCursorState.Damaged)
        {
            throw Damaged(storage);
        }

        if (reading.State == SafeCursorState.Absent)
        {
            return Create(storage, journalId);
        }

        if (reading.JournalId != journalId)
        {
            throw Foreign(reading.JournalId, journalId);
        }

        var file = storage.OpenFile(FileName, writable: true);
        var newestIsFirst = TryReadCopy(file.Pointer + FirstCopyOffsetBytes, out var first) && first == reading.Sequence.Value;
        WriteSystemRun(file, storage.SystemRunId);
        return new SafeCursorFile(
            file, reading.Sequence.Value, newestIsFirst ? SecondCopyOffsetBytes : FirstCopyOffsetBytes);
    }

    /// <summary>Reads it without changing anything, live or dead.</summary>
    public static SafeCursorReading Read(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        if (!storage.Exists(FileName) || storage.LengthBytesOf(FileName) < LengthBytes)
        {
            return default;
        }

        using var file = storage.OpenFile(FileName, writable: false);
        return Parse(file);
    }

    /// <summary>
    /// Whether the machine was started again since the venue last opened its cursor: then what it wrote without a sync may have
    /// reached the device in part and in any order. Not known counts as no.
    /// </summary>
    public static bool WasSystemRestarted(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        if (storage.SystemRunId == Guid.Empty || !storage.Exists(FileName) || storage.LengthBytesOf(FileName) < LengthBytes)
        {
            return false;
        }

        using var file = storage.OpenFile(FileName, writable: false);
        var run = new Guid(file.Span(SystemRunOffsetBytes, SystemRunBytes));
        var check = *(uint*)(file.Pointer + SystemRunOffsetBytes + SystemRunBytes);
        return run != Guid.Empty
            && check == Crc32C.Compute(0, file.Span(SystemRunOffsetBytes, SystemRunBytes))
            && run != storage.SystemRunId;
    }

    /// <summary>What a mapped file says now. A live writer may be between two stores, so a bad look is repeated.</summary>
    internal static SafeCursorReading Parse(StorageFile file)
    {
        var reading = ParseOnce(file.Pointer);
        for (var look = 1; look < LooksMax && reading.State == SafeCursorState.Damaged; look++)
        {
            reading = ParseOnce(file.Pointer);
        }

        return reading;
    }

    private static SafeCursorReading ParseOnce(byte* page)
    {
        // The magic is the last word that the maker writes. Acquire: what it wrote before is seen with it.
        if (Volatile.Read(ref *(ulong*)page) == 0)
        {
            return default;
        }

        var identity = new ReadOnlySpan<byte>(page, IdentityBytes);
        if (MemoryMarshal.Read<ulong>(identity) != MagicValue || Crc32C.Compute(0, identity) != *(uint*)(page + IdentityBytes))
        {
            return new SafeCursorReading(SafeCursorState.Damaged, CommandSequence.None, Guid.Empty);
        }

        var hasFirst = TryReadCopy(page + FirstCopyOffsetBytes, out var first);
        var hasSecond = TryReadCopy(page + SecondCopyOffsetBytes, out var second);
        var journalId = new Guid(identity.Slice(8, 16));
        return hasFirst || hasSecond
            ? new SafeCursorReading(SafeCursorState.Valid, new CommandSequence(Math.Max(first, second)), journalId)
            : new SafeCursorReading(SafeCursorState.Damaged, CommandSequence.None, journalId);
    }

    /// <summary>Gives up a cursor that cannot be read, so that a new one can be made.</summary>
    public static void Discard(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        if (storage.Exists(FileName))
        {
            storage.Delete(FileName);
        }
    }

    /// <summary>Stores a new value, never a smaller one, before anything of it is sent.</summary>
    public void Store(CommandSequence sequence)
    {
        Check.That(sequence.Value >= _value);
        WriteCopy(_file.Pointer + _nextCopyOffsetBytes, sequence.Value);
        _nextCopyOffsetBytes ^= FirstCopyOffsetBytes ^ SecondCopyOffsetBytes;
        _value = sequence.Value;
    }

    public void Dispose() => _file.Dispose();

    internal static JournalException Damaged(MappedStorage storage) =>
        new(
            JournalFault.SafeCursorDamaged,
            $"{FileName} in {storage.Location} is damaged: which records were acknowledged cannot be told.\n"
            + "  nothing was changed.\n"
            + "  next: restore it from a replica or a copy.");

    internal static JournalException Foreign(Guid found, Guid wanted) =>
        new(
            JournalFault.ForeignFile,
            $"{FileName} belongs to journal {found}, not to {wanted}; nothing was changed.\n"
            + "  next: put the directory back as it was; files of two journals lie in it.");

    private static SafeCursorFile Create(MappedStorage storage, Guid journalId)
    {
        if (storage.Exists(FileName))
        {
            // Without its magic, or too short: its making was interrupted, so nothing was stored.
            storage.Delete(FileName);
        }

        StorageFile file;
        try
        {
            file = storage.CreateFile(FileName, LengthBytes);
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"{FileName} cannot be made");
        }

        var page = file.Pointer;
        WriteCopy(page + FirstCopyOffsetBytes, 0);
        WriteCopy(page + SecondCopyOffsetBytes, 0);
        Span<byte> identity = stackalloc byte[IdentityBytes];
        identity.Clear();
        var magic = MagicValue;
        MemoryMarshal.Write(identity, in magic);
        Check.That(journalId.TryWriteBytes(identity.Slice(8, 16)));
        *(uint*)(page + IdentityBytes) = Crc32C.Compute(0, identity);
        identity[sizeof(ulong)..].CopyTo(new Span<byte>(page + sizeof(ulong), IdentityBytes - sizeof(ulong)));

        // Last, with release: a replica that looks meanwhile sees no cursor, or all of it; so does recovery after a kill.
        Volatile.Write(ref *(ulong*)page, magic);

        WriteSystemRun(file, storage.SystemRunId);

        // On the device before the first record: from then on a file that is missing or empty was lost.
        file.SyncRange(0, LengthBytes);
        storage.SyncDirectory();
        return new SafeCursorFile(file, 0, FirstCopyOffsetBytes);
    }

    // A kill in between leaves a check that does not match: not known.
    private static void WriteSystemRun(StorageFile file, Guid run)
    {
        var bytes = file.Span(SystemRunOffsetBytes, SystemRunBytes);
        Check.That(run.TryWriteBytes(bytes));
        *(uint*)(file.Pointer + SystemRunOffsetBytes + SystemRunBytes) = Crc32C.Compute(0, bytes);
    }

    private static void WriteCopy(byte* copy, long sequence)
    {
        Volatile.Write(ref *(long*)copy, sequence);
        Volatile.Write(ref *(ulong*)(copy + sizeof(long)), CheckOf(sequence));
    }

    private static bool TryReadCopy(byte* copy, out long sequence)
    {
        var check = Volatile.Read(ref *(ulong*)(copy + sizeof(long)));
        sequence = Volatile.Read(ref *(long*)copy);
        if (check == CheckOf(sequence) && sequence >= 0)
        {
            return true;
        }

        sequence = 0;
        return false;
    }

    // A bijection of 64 bits that spreads every bit over all, so any flip in either word shows.
    private static ulong CheckOf(long sequence)
    {
        var state = (ulong)sequence;
        return SplitMix64.Next(ref state);
    }
}

using HftDelta.Primitives;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Writing;

/// <summary>
/// A mapped segment that is being written, or was and is not yet hashed and synced. Immutable but for its memory.
/// </summary>
internal sealed unsafe class OpenSegment(int index, StorageFile file)
{
    public int Index { get; } = index;

    public StorageFile File { get; } = file;

    public byte* Pointer { get; } = file.Pointer;
}

/// <summary>
/// The segments that are mapped for writing. One writer, the preparer: it adds the next segment and removes one when it is
/// closed, hashed and synced. Journal and sync agent only look up; an entry is published with release and its memory outlives
/// every position that they still work at.
/// </summary>
internal sealed class SegmentTable
{
    // Current, next, and closed ones that wait for their hash or sync; power of two.
    private const int Slots = 16;

    private readonly OpenSegment?[] _segments = new OpenSegment?[Slots];

    public OpenSegment? Find(int index)
    {
        var segment = Volatile.Read(ref _segments[index & (Slots - 1)]);
        return segment is not null && segment.Index == index ? segment : null;
    }

    public bool HasRoomFor(int index) => Volatile.Read(ref _segments[index & (Slots - 1)]) is null;

    public void Add(OpenSegment segment)
    {
        Check.That(HasRoomFor(segment.Index));
        Volatile.Write(ref _segments[segment.Index & (Slots - 1)], segment);
    }

    /// <summary>Unmaps a segment that nobody works at any more.</summary>
    public void Remove(int index)
    {
        var segment = Find(index);
        Check.That(segment is not null);
        Volatile.Write(ref _segments[index & (Slots - 1)], null);
        segment.File.Dispose();
    }

    public void DisposeAll()
    {
        for (var slot = 0; slot < Slots; slot++)
        {
            var segment = Volatile.Read(ref _segments[slot]);
            Volatile.Write(ref _segments[slot], null);
            segment?.File.Dispose();
        }
    }
}

using HftDelta.Journal.Faults;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Segments;

/// <summary>The segment files of a directory, by their names alone.</summary>
internal static class SegmentCatalog
{
    /// <summary>Indexes in order.</summary>
    /// <exception cref="JournalException">A file is misnamed, or one is missing among them.</exception>
    public static List<int> List(MappedStorage storage)
    {
        var indexes = new List<int>();
        foreach (var name in storage.List())
        {
            if (!SegmentLayout.LooksLikeSegment(name))
            {
                continue;
            }

            if (!SegmentLayout.TryParseName(name, out var index))
            {
                throw new JournalException(
                    JournalFault.SegmentMisnamed,
                    $"{name} is no name of a journal segment (such as {SegmentLayout.NameOf(0)}).\n"
                    + "  a segment that was renamed is missing in its place; nothing was changed.\n"
                    + "  next: give it its name back or move it out of the directory.");
            }

            indexes.Add(index);
        }

        indexes.Sort();
        for (var place = 0; place < indexes.Count; place++)
        {
            if (indexes[place] != place)
            {
                throw Missing(place, indexes[^1]);
            }
        }

        return indexes;
    }

    private static JournalException Missing(int index, int lastIndex) =>
        new(
            JournalFault.SegmentMissing,
            $"journal segment {index:D10} is not there, segment {lastIndex:D10} is.\n"
            + "  without it the later ones cannot be replayed; nothing was changed.\n"
            + $"  next: put {SegmentLayout.NameOf(index)} back from a copy or from a replica.")
        {
            Position = new JournalPosition(index, 0),
        };
}

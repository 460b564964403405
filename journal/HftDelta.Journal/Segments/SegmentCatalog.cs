using HftDelta.Journal.Faults;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Segments;

/// <summary>The segment files of a directory, by their names alone.</summary>
internal static class SegmentCatalog
{
    /// <summary>Indexes in order, from the first that was not archived and taken away.</summary>
    /// <exception cref="JournalException">A file is misnamed, or one is missing among them.</exception>
    public static List<int> List(MappedStorage storage)
    {
        var indexes = new List<int>();
        var first = JournalBase.Read(storage)?.SegmentIndex ?? 0;
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

            // Those before it are being taken away.
            if (index >= first)
            {
                indexes.Add(index);
            }
        }

        if (first > 0 && indexes.Count == 0)
        {
            throw Missing(first, first);
        }

        indexes.Sort();
        for (var place = 0; place < indexes.Count; place++)
        {
            if (indexes[place] != first + place)
            {
                throw Missing(first + place, indexes[^1]);
            }
        }

        return indexes;
    }

    private static JournalException Missing(int index, int lastIndex) =>
        new(
            JournalFault.SegmentMissing,
            $"journal segment {index:D10} is not there"
            + (lastIndex > index ? $", segment {lastIndex:D10} is.\n" : ", those before it are archived.\n")
            + "  without it the later ones cannot be replayed; nothing was changed.\n"
            + $"  next: put {SegmentLayout.NameOf(index)} back from a copy or from a replica.")
        {
            Position = new JournalPosition(index, 0),
        };
}

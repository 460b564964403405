namespace Disruptor;

/// <summary>
/// The list of gating sequences of a ring. It is replaced as a whole and never changed in place, so a producer that reads
/// it once sees one consistent list.
/// </summary>
internal static class SequenceGroups
{
    public static void AddSequences(ref Sequence[] sequences, ICursored cursor, Sequence[] added)
    {
        Sequence[] before;
        Sequence[] after;
        do
        {
            // Acquire pairs with the exchange below: the elements of a list seen here are filled in.
            before = Volatile.Read(ref sequences);
            after = [.. before, .. added];

            // Set before the list is shown: a sequence that stands too low only delays the producer, one too high is unsafe.
            SetAll(added, cursor.Cursor);
        }
        while (Interlocked.CompareExchange(ref sequences, after, before) != before);

        // Dekker with the producer's slow path. Here: show the list, full barrier (the exchange), read the cursor. There:
        // move the cursor, full barrier, read the list. So either the producer saw this list, or this read sees a cursor at
        // or after the one that the producer measured its free slots from.
        SetAll(added, cursor.Cursor);
    }

    public static bool RemoveSequence(ref Sequence[] sequences, Sequence sequence)
    {
        Sequence[] before;
        Sequence[] after;
        do
        {
            // Acquire, for the same reason as above.
            before = Volatile.Read(ref sequences);
            after = Array.FindAll(before, other => !ReferenceEquals(other, sequence));
            if (after.Length == before.Length)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref sequences, after, before) != before);

        return true;
    }

    private static void SetAll(Sequence[] sequences, long value)
    {
        foreach (var sequence in sequences)
        {
            sequence.SetValue(value);
        }
    }
}

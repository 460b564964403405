using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>Moves a log on to its next term when any number of threads may try at once; one of them wins each step.</summary>
internal static unsafe class LogRotation
{
    public static void Rotate(LogMetadata metadata, int termCount, int termId)
    {
        var nextTermId = unchecked(termId + 1);
        var nextTermCount = termCount + 1;
        var tail = metadata.RawTail(TermArithmetic.PartitionIndex(nextTermCount));
        var expectedTermId = unchecked(nextTermId - TermArithmetic.PartitionCount);
        long rawTail;
        do
        {
            rawTail = Volatile.Read(ref *tail);
            if (RawTail.TermId(rawTail) != expectedTermId)
            {
                // Another thread has set it.
                break;
            }
        }
        while (Interlocked.CompareExchange(ref *tail, RawTail.Pack(nextTermId, 0), rawTail) != rawTail);

        // full fence: the count is seen after the tail that it names. Losing means that another thread was here.
        Interlocked.CompareExchange(ref *metadata.ActiveTermCountWord, nextTermCount, termCount);
    }
}

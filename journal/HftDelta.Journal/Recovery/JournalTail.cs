using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Recovery;

/// <summary>
/// Takes the end of a segment away, from behind and piece by piece: a kill or a power cut at any moment leaves a journal that
/// ends earlier, and never whole records behind a gap. Owner: one thread that holds the journal's lock.
/// </summary>
internal static class JournalTail
{
    private const int ZeroedAtOnceBytes = 64 * 1024;

    /// <summary>Makes everything from an offset on zeros, and waits until the device has it.</summary>
    /// <exception cref="StorageException">The device failed.</exception>
    public static void ZeroFrom(StorageFile file, long fromBytes)
    {
        var used = file.Span(fromBytes, checked((int)(file.LengthBytes - fromBytes))).LastIndexOfAnyExcept((byte)0) + 1;
        for (var end = fromBytes + used; end > fromBytes;)
        {
            var from = Math.Max(fromBytes, end - ZeroedAtOnceBytes);
            file.Span(from, (int)(end - from)).Clear();
            file.SyncRange(from, end - from);
            end = from;
        }

        // Zeros that a run before this one wrote may not have reached the device.
        file.SyncRange(fromBytes, file.LengthBytes - fromBytes);
    }
}

using HftDelta.Engine;
using HftDelta.Replica.Faults;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Engines;

/// <summary>
/// The limits that a journal was made with, beside it: a replay or replica needs the same ones to refuse the same commands.
/// One JSON object in <c>engine-limits.json</c>, written when the journal is made and never changed.
/// </summary>
public static class EngineLimitsFile
{
    public const string FileName = "engine-limits.json";

    private const int LengthBytesMax = 65_536;

    /// <summary>The limits of a journal; null when it has no such file, or one that is still being written.</summary>
    /// <exception cref="ReplicaException">The file is damaged.</exception>
    public static EngineLimits? Read(MappedStorage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        if (!storage.Exists(FileName) || storage.LengthBytesOf(FileName) == 0)
        {
            return null;
        }

        try
        {
            using var file = storage.OpenFile(FileName, writable: false);
            var text = file.Span(0, (int)Math.Min(file.LengthBytes, LengthBytesMax));

            // The file is made of zeros before the text goes in: a venue is just starting, or was killed while it did.
            return text.Contains((byte)0) ? null : EngineLimitsText.Parse(text);
        }
        catch (FormatException fault)
        {
            throw new ReplicaException(
                ReplicaFault.LimitsDamaged,
                $"{FileName} in {storage.Location} is not what was written: {fault.Message}",
                "put the file back from a copy; a replay with other limits would decide otherwise",
                fault);
        }
    }

    /// <summary>What is said when the limits of a journal with records are not there.</summary>
    public static string MissingWords(MappedStorage storage) =>
        $"warning HD2102: {FileName} is not in {storage?.Location}: which limits the journal was made with is not known.\n"
        + "  others than those would decide otherwise; the recorded state hashes tell.\n"
        + "  next: put the file back from a copy.";

    /// <summary>Writes the limits of a new journal, or proves that those of an existing one are the same.</summary>
    /// <param name="storage">The journal's directory.</param>
    /// <param name="limits">Those configured.</param>
    /// <param name="hasRecords">Whether the journal is not new.</param>
    /// <param name="tell">Told when a journal with records has no such file.</param>
    /// <exception cref="ReplicaException">The journal was made with other limits.</exception>
    public static void WriteOrProve(MappedStorage storage, EngineLimits limits, bool hasRecords, Action<string> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        if (Read(storage) is not { } written)
        {
            if (hasRecords)
            {
                tell(MissingWords(storage));
            }

            Write(storage, limits);
        }
        else if (written != limits)
        {
            throw new ReplicaException(
                ReplicaFault.LimitsDiffer,
                $"the journal in {storage.Location} was made with other engine limits than those configured",
                $"start with the limits that stand in {FileName}, or with an empty directory");
        }
    }

    private static void Write(MappedStorage storage, EngineLimits limits)
    {
        if (storage.Exists(FileName))
        {
            storage.Delete(FileName);
        }

        var text = EngineLimitsText.Format(limits);
        using var file = storage.CreateFile(FileName, text.Length);
        text.CopyTo(file.Span(0, text.Length));
        file.SyncRange(0, text.Length);
        storage.SyncDirectory();
    }
}

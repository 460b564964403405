using System.Text.Json;
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

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        WriteIndented = true,
    };

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
            if (text.Contains((byte)0))
            {
                // The file is made of zeros before the text goes in: a venue is just starting, or was killed while it did.
                return null;
            }

            return JsonSerializer.Deserialize<EngineLimits>(text, Json) ?? throw new JsonException("it says null");
        }
        catch (JsonException fault)
        {
            throw new ReplicaException(
                ReplicaFault.LimitsDamaged,
                $"{FileName} in {storage.Location} cannot be read: {fault.Message}",
                "put the file back from a copy; a replay with other limits would decide otherwise",
                fault);
        }
    }

    /// <summary>Writes the limits of a new journal, or proves that those of an existing one are the same.</summary>
    /// <exception cref="ReplicaException">The journal was made with other limits.</exception>
    public static void WriteOrProve(MappedStorage storage, EngineLimits limits)
    {
        if (Read(storage) is not { } written)
        {
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

        var text = JsonSerializer.SerializeToUtf8Bytes(limits, Json);
        using var file = storage.CreateFile(FileName, text.Length);
        text.CopyTo(file.Span(0, text.Length));
        file.SyncRange(0, text.Length);
        storage.SyncDirectory();
    }
}

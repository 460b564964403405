using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Archive;

/// <summary>
/// The list of an archive, <c>archive.jsonl</c>: one JSON object a line, in the order of the segments. It is replaced as a whole,
/// so it is always the old one or the new one. Owner: one thread.
/// </summary>
public sealed class ArchiveList
{
    public const string FileName = "archive.jsonl";

    private const string Schema = "hftdelta.journal-archive/1";

    private readonly List<ArchivedSegment> _segments = [];

    private ArchiveList(string directory) => Directory = directory;

    public string Directory { get; }

    public IReadOnlyList<ArchivedSegment> Segments => _segments;

    public static bool IsArchive(string directory) => File.Exists(Path.Combine(directory, FileName));

    public static string FileNameOf(int segmentIndex) => SegmentLayout.NameOf(segmentIndex) + ".gz";

    /// <summary>The list of a directory; empty when there is none yet.</summary>
    /// <exception cref="JournalException">A line is not what is written there.</exception>
    public static ArchiveList Read(string directory)
    {
        var list = new ArchiveList(directory);
        if (!IsArchive(directory))
        {
            return list;
        }

        var number = 0;
        foreach (var line in File.ReadLines(Path.Combine(directory, FileName)))
        {
            number++;
            list._segments.Add(Parse(line) ?? throw Damaged(directory, number));
            var last = list._segments[^1];
            if (list._segments.Count > 1 && (last.Index != list._segments[^2].Index + 1
                || last.FirstSequence.Value != list._segments[^2].LastSequence.Value + 1
                || last.JournalId != list._segments[^2].JournalId))
            {
                throw Damaged(directory, number);
            }
        }

        return list;
    }

    /// <summary>Adds a segment, which follows the last one; on the device when it returns.</summary>
    public void Add(ArchivedSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        _segments.Add(segment);
        var text = new StringBuilder();
        foreach (var each in _segments)
        {
            text.Append(LineOf(each)).Append('\n');
        }

        DurableFile.Replace(Path.Combine(Directory, FileName), stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string LineOf(ArchivedSegment segment) => new JsonObject
    {
        ["schema"] = Schema,
        ["file"] = FileNameOf(segment.Index),
        ["journalId"] = segment.JournalId.ToString(),
        ["segment"] = segment.Index,
        ["firstSequence"] = segment.FirstSequence.Value,
        ["lastSequence"] = segment.LastSequence.Value,
        ["beginTimeNanos"] = segment.BeginTime.Value,
        ["lengthBytes"] = segment.LengthBytes,
        ["fileBytes"] = segment.FileBytes,
        ["fileSha256"] = segment.FileSha256,
        ["sha256"] = segment.Sha256,
        ["blockHash"] = segment.BlockHash,
    }.ToJsonString();

    private static ArchivedSegment? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return root.GetProperty("schema").GetString() != Schema ? null : new ArchivedSegment(
                root.GetProperty("journalId").GetGuid(),
                root.GetProperty("segment").GetInt32(),
                new CommandSequence(root.GetProperty("firstSequence").GetInt64()),
                new CommandSequence(root.GetProperty("lastSequence").GetInt64()),
                new TimeNanos(root.GetProperty("beginTimeNanos").GetUInt64()),
                root.GetProperty("lengthBytes").GetInt64(),
                root.GetProperty("fileBytes").GetInt64(),
                root.GetProperty("fileSha256").GetString() ?? "",
                root.GetProperty("sha256").GetString() ?? "",
                root.GetProperty("blockHash").GetString() ?? "");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException)
        {
            return null;
        }
    }

    private static JournalException Damaged(string directory, int line) => new(
        JournalFault.ArchiveDamaged,
        string.Create(
            CultureInfo.InvariantCulture, $"{Path.Combine(directory, FileName)} is not what was written (line {line}).\n")
        + "  nothing was changed.\n  next: put the list back from a copy, or archive into a new directory.");
}

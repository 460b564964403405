using System.Text.Json;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Reports;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>Writes the answers of <c>journal describe</c> and <c>journal verify</c>.</summary>
internal static class JournalReports
{
    public static ExitCode Describe(JournalSource source, bool isJson, TextWriter output, TextWriter error)
    {
        var found = JournalDescription.Of(source.Storage);
        found = source.IsArchive ? found with { Doubt = null } : found;
        ThrowIfEmpty(found.EndState, source.Storage);
        if (isJson)
        {
            WriteJson(output, found);
        }
        else
        {
            WriteText(output, found);
        }

        if ((found.FirstError ?? found.Doubt) is { } fault)
        {
            error.WriteLine(fault.ToOperatorText());
        }

        return (ExitCode)found.ExitCode;
    }

    public static ExitCode Verify(MappedStorage storage, bool isJson, TextWriter output, TextWriter error)
    {
        var progress = new ProgressLine(error, "verify", "bytes");
        var found = JournalVerification.Of(storage, progress.Report);
        progress.End();
        ThrowIfEmpty(found.EndState, storage);
        if (isJson)
        {
            WriteJson(output, found);
        }
        else
        {
            WriteText(output, found);
        }

        if ((found.FirstError ?? found.Doubt) is { } fault)
        {
            error.WriteLine(fault.ToOperatorText());
        }
        else if (found.Torn is { } torn)
        {
            error.WriteLine(
                $"torn tail: {torn.LengthBytes:N0} bytes of record {torn.NextSequence} that nobody was told of"
                + (torn.HasRecordsBehind ? ", whole records behind a gap among them; " : "; ")
                + "the next start cuts them off");
        }

        return (ExitCode)found.ExitCode;
    }

    private static void ThrowIfEmpty(JournalEndState state, MappedStorage storage)
    {
        if (state == JournalEndState.Empty)
        {
            throw new OperatorException(
                (int)JournalFault.NoJournal,
                ExitCode.Usage,
                $"{storage.Location} holds no journal",
                "name the directory that the venue was started with");
        }
    }

    private static void WriteText(TextWriter output, JournalDescription found)
    {
        TextOutput.Line(output, "journal", found.JournalId.ToString());
        TextOutput.Line(output, "ends", Word(found.EndState));
        TextOutput.Line(output, "records", found.Records);
        TextOutput.Line(output, "first sequence", found.FirstSequence.Value);
        TextOutput.Line(output, "last sequence", found.LastSequence.Value);
        TextOutput.Line(
            output,
            "safe cursor",
            found.SafeCursorState == SafeCursorState.Valid
                ? TextOutput.Number(found.SafeCursor.Value)
                : Word(found.SafeCursorState));
        TextOutput.Line(output, "record bytes", found.RecordBytes);
        TextOutput.Line(output, "segment bytes", found.SegmentBytes);
        foreach (var segment in found.Segments)
        {
            TextOutput.Line(
                output,
                segment.FileName,
                $"{segment.FirstSequence}..{segment.LastSequence}  term {segment.LeaderTerm}  engine {segment.EngineVersion}  "
                + $"{TextOutput.Number(segment.RecordBytes)} bytes  {(segment.IsClosed ? "closed" : "open")}");
        }
    }

    private static void WriteJson(TextWriter output, JournalDescription found) =>
        JsonOutput.Write(output, "hftdelta.journal-describe/1", json =>
        {
            json.WriteString("journalId", found.JournalId);
            json.WriteString("endState", Word(found.EndState));
            json.WriteNumber("records", found.Records);
            json.WriteNumber("firstSequence", found.FirstSequence.Value);
            json.WriteNumber("lastSequence", found.LastSequence.Value);
            json.WriteString("safeCursorState", Word(found.SafeCursorState));
            json.WriteNumber("safeSequence", found.SafeCursor.Value);
            json.WriteNumber("recordBytes", found.RecordBytes);
            json.WriteNumber("segmentBytes", found.SegmentBytes);
            json.WriteStartArray("segments");
            foreach (var segment in found.Segments)
            {
                WriteJson(json, segment);
            }

            json.WriteEndArray();
            json.WriteString("error", (found.FirstError ?? found.Doubt)?.Code);
            json.WriteString("errorMessage", (found.FirstError ?? found.Doubt)?.Message);
        });

    private static void WriteJson(Utf8JsonWriter json, SegmentDescription segment)
    {
        json.WriteStartObject();
        json.WriteNumber("index", segment.Index);
        json.WriteString("file", segment.FileName);
        json.WriteNumber("firstSequence", segment.FirstSequence.Value);
        json.WriteNumber("lastSequence", segment.LastSequence.Value);
        json.WriteNumber("records", segment.Records);
        json.WriteNumber("recordBytes", segment.RecordBytes);
        json.WriteNumber("fileBytes", segment.FileBytes);
        json.WriteNumber("beginTimeNanos", segment.BeginTime.Value);
        json.WriteNumber("lastTimeNanos", segment.LastTime.Value);
        json.WriteNumber("leaderTerm", segment.LeaderTerm);
        json.WriteNumber("engineVersion", segment.EngineVersion);
        json.WriteBoolean("closed", segment.IsClosed);
        json.WriteString("previousBlockHash", segment.PreviousBlockHash);
        json.WriteEndObject();
    }

    private static void WriteText(TextWriter output, JournalVerification found)
    {
        TextOutput.Line(output, "result", Word(found.EndState));
        TextOutput.Line(output, "records verified", found.RecordsVerified);
        TextOutput.Line(output, "bytes verified", found.BytesVerified);
        TextOutput.Line(output, "segments verified", found.SegmentsVerified);
        TextOutput.Line(output, "seals verified", found.SealsVerified);
        TextOutput.Line(output, "last sequence", found.LastSequence.Value);
        TextOutput.Line(output, "last checksum", found.LastChecksum.ToString("x8"));
    }

    private static void WriteJson(TextWriter output, JournalVerification found) =>
        JsonOutput.Write(output, "hftdelta.journal-verify/1", json =>
        {
            json.WriteString("endState", Word(found.EndState));
            json.WriteNumber("recordsVerified", found.RecordsVerified);
            json.WriteNumber("bytesVerified", found.BytesVerified);
            json.WriteNumber("segmentsVerified", found.SegmentsVerified);
            json.WriteNumber("sealsVerified", found.SealsVerified);
            json.WriteNumber("lastSequence", found.LastSequence.Value);
            json.WriteString("lastChecksum", found.LastChecksum.ToString("x8"));
            json.WriteString("error", (found.FirstError ?? found.Doubt)?.Code);
            json.WriteString("errorMessage", (found.FirstError ?? found.Doubt)?.Message);
            json.WriteNumber("tornBytes", found.Torn?.LengthBytes ?? 0);
        });

    private static string Word<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}

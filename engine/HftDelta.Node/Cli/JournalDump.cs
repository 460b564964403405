using System.Text;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Recovery;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Cli;

/// <summary>Which records to write.</summary>
internal readonly record struct DumpFilter(long From, long To, long LimitRecords, TemplateKey? Template, bool IsFromGiven);

/// <summary>Writes the records of a journal, one a line, as the generated printers tell them.</summary>
internal static class JournalDump
{
    public static ExitCode Write(MappedStorage storage, DumpFilter filter, bool isJson, TextWriter output)
    {
        using var interrupt = new Interrupt();
        var report = JournalRecovery.Examine(storage);
        if (report.State == JournalEndState.Empty)
        {
            report.ThrowIfCorrupt();
        }

        if (isJson)
        {
            output.Write("{\"schema\":\"hftdelta.journal-dump/1\",\"records\":[");
        }

        // A corrupt journal is written as far as it is whole; then the fault ends the verb.
        var written = Write(storage, report, filter, isJson, output, interrupt.Token);
        if (isJson)
        {
            output.WriteLine($"{(written > 0 ? "\n" : "")}],\"count\":{written}}}");
        }

        interrupt.Token.ThrowIfCancellationRequested();
        report.ThrowIfCorrupt();
        return ExitCode.Ok;
    }

    private static long Write(
        MappedStorage storage, RecoveryReport report, DumpFilter filter, bool isJson, TextWriter output, CancellationToken token)
    {
        if (report.LastSequence == CommandSequence.None)
        {
            return 0;
        }

        using var reader = new JournalReader(storage, report.LastSequence);
        var from = filter.IsFromGiven ? filter.From : reader.FirstSequence.Value;
        if (!reader.Seek(new CommandSequence(from)))
        {
            return 0;
        }

        var text = new StringBuilder();
        long written = 0;
        while (written < filter.LimitRecords && !token.IsCancellationRequested
            && reader.TryRead(out var record) && record.Sequence.Value <= filter.To)
        {
            if (filter.Template is { } wanted && KeyOf(record.Frame) != wanted)
            {
                continue;
            }

            text.Clear();
            if (isJson)
            {
                text.Append(written > 0 ? ",\n" : "\n");
            }

            Append(text, in record, isJson);
            output.Write(isJson ? text : text.AppendLine());

            written++;
        }

        return written;
    }

    /// <summary>One record, without the end of its line.</summary>
    public static void Append(StringBuilder text, in RecordView record, bool isJson)
    {
        if (isJson)
        {
            AppendJson(text, in record);
        }
        else
        {
            AppendText(text, in record);
        }
    }

    private static void AppendText(StringBuilder text, in RecordView record)
    {
        ref readonly var envelope = ref record.Envelope;
        text.Append(envelope.Sequence).Append(' ').Append(TextOutput.Time(envelope.TimeNanos))
            .Append(" term=").Append(envelope.Term).Append(' ').Append(SourceOf(in envelope));
        if (envelope.SessionHandle != 0)
        {
            text.Append(" session=").Append(envelope.SessionHandle);
        }

        text.Append(' ');
        AppendFrame(text, record.Frame);
    }

    private static void AppendJson(StringBuilder text, in RecordView record)
    {
        ref readonly var envelope = ref record.Envelope;
        text.Append("{\"sequence\":").Append(envelope.Sequence).Append(",\"timeNanos\":").Append(envelope.TimeNanos)
            .Append(",\"term\":").Append(envelope.Term).Append(",\"source\":\"").Append(SourceOf(in envelope))
            .Append("\",\"session\":").Append(envelope.SessionHandle).Append(",\"lengthBytes\":").Append(envelope.Length)
            .Append(",\"checksum\":\"").Append(envelope.Checksum.ToString("x8")).Append("\",\"frame\":");
        AppendFrame(text, record.Frame);
        text.Append('}');
    }

    private static void AppendFrame(StringBuilder text, ReadOnlySpan<byte> frame)
    {
        var code = KeyOf(frame).SchemaId == InternalSchema.Id
            ? InternalPrinter.Print(frame, text)
            : HftDeltaPrinter.Print(frame, text);
        if (code != ValidationCode.Valid)
        {
            text.Append("{\"message\":null,\"fault\":\"").Append(code).Append("\"}");
        }
    }

    private static string SourceOf(ref readonly RecordEnvelope envelope) => envelope.Source.ToString().ToLowerInvariant();

    private static TemplateKey KeyOf(ReadOnlySpan<byte> frame) =>
        HftDeltaSchema.TryPeekHeader(frame, out var header) ? new TemplateKey(header.SchemaId, header.TemplateId) : default;
}

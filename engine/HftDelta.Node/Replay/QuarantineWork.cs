using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Writing;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Replay;

/// <summary>What a quarantine did.</summary>
/// <param name="Sequence">Where the command stood, and where its stand-in stands.</param>
/// <param name="TemplateId">Of the command.</param>
/// <param name="Session">Whose request it was; none if nobody's.</param>
/// <param name="Cause">What the engine said when it tried it.</param>
/// <param name="Dropped">Records behind it, which nobody was told of.</param>
/// <param name="KeptIn">The file that keeps the records that went.</param>
/// <param name="Term">Of the record that stands there now.</param>
internal sealed record QuarantineResult(
    CommandSequence Sequence, int TemplateId, SessionHandle Session, string Cause, long Dropped, string KeptIn, uint Term);

/// <summary>
/// Puts a record that says so in the place of a command that no engine can apply. Such a command was never acknowledged, for the
/// safe cursor does not pass what is not applied; so it and what is behind it may go. It is tried first: a command that can be
/// applied stays where it is. Owner: the thread of the verb, which holds the journal's lock.
/// </summary>
internal static class QuarantineWork
{
    private const int NotBrokenError = 2310;

    /// <exception cref="Cli.OperatorException">The engine applies the command.</exception>
    /// <exception cref="JournalException">It was acknowledged, or the journal is not clean.</exception>
    public static QuarantineResult Run(
        MappedStorage journal, MappedStorage? snapshots, EngineLimits limits, RecoveryReport report, CommandSequence sequence,
        Action<string> tell, Action<ReplayProgress>? progress)
    {
        int template;
        string cause;
        string keptName;
        (RecordEnvelope Envelope, byte[] Frame) record;
        using (journal.LockExclusive(AppendableJournal.LockName))
        {
            report = JournalRecovery.Repair(journal, report);
            (template, cause) = Try(journal, snapshots, limits, sequence, tell, progress);
            record = ReadRecord(journal, sequence);
            JournalCut.From(journal, report, sequence, out keptName);
        }

        var dropped = report.LastSequence.Value - sequence.Value;
        var term = Append(journal, record, (uint)Math.Min(dropped, uint.MaxValue));
        return new QuarantineResult(
            sequence, template, new SessionHandle(record.Envelope.SessionHandle), cause, dropped, keptName, term);
    }

    private static (int TemplateId, string Cause) Try(
        MappedStorage journal, MappedStorage? snapshots, EngineLimits limits, CommandSequence sequence, Action<string> tell,
        Action<ReplayProgress>? progress)
    {
        using var host = SnapshotSearch.Begin(
            journal, snapshots, new CommandSequence(sequence.Value - 1), limits, () => new EngineHost(limits),
            host => host.Processor, tell);
        try
        {
            JournalReplay.Run(journal, host, sequence, progress);
        }
        catch (EngineStoppedException stopped) when (stopped.Sequence == sequence)
        {
            return (stopped.TemplateId, stopped.InnerException?.Message ?? stopped.Message);
        }

        throw new Cli.OperatorException(
            NotBrokenError, Cli.ExitCode.Usage, $"the engine applies command {sequence}: nothing was changed",
            "name the command that the venue stopped at; hftdelta recover DIR tells it");
    }

    private static (RecordEnvelope Envelope, byte[] Frame) ReadRecord(MappedStorage journal, CommandSequence sequence)
    {
        using var reader = new JournalReader(journal, sequence);
        reader.Seek(sequence);
        Check.That(reader.TryRead(out var record));
        return (record.Envelope, record.Frame.ToArray());
    }

    private static uint Append(MappedStorage storage, (RecordEnvelope Envelope, byte[] Frame) record, uint dropped)
    {
        using var journal = AppendableJournal.Open(storage, new JournalOptions
        {
            Durability = DurabilityMode.Disk,
            EngineVersion = EngineVersions.Newest,
            Schemas = new JournalSchemas(
                HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version),
        });
        var frame = new byte[CommandQuarantinedDecoder.FrameLength];
        var hasHeader = HftDeltaSchema.TryPeekHeader(record.Frame, out var header);
        var isRequest = hasHeader && header.SchemaId == HftDeltaSchema.Id
            && (record.Envelope.Source is RecordSource.Client or RecordSource.Oracle);
        CommandQuarantinedEncoder.Wrap(frame)
            .SetSessionHandle(isRequest ? record.Envelope.SessionHandle : 0)
            .SetCommandTemplateId((ushort)header.TemplateId)
            .SetCommandSchemaId((ushort)header.SchemaId)
            .SetRequestSequence(isRequest ? RequestOf(record.Frame) : 0)
            .SetRecordChecksum(record.Envelope.Checksum)
            .SetDroppedRecords(dropped);
        var envelope = new RecordEnvelope
        {
            Sequence = record.Envelope.Sequence,
            TimeNanos = record.Envelope.TimeNanos,
            Term = Math.Max(journal.Recovered.LastTerm, record.Envelope.Term) + 1,
            Length = (ushort)frame.Length,
            Source = RecordSource.Operator,
        };
        envelope.Checksum = RecordChecksum.Compute(journal.LastChecksum, in envelope, frame);
        while (!journal.Writer.TryAppend(in envelope, frame))
        {
            // The segment is full: its successor is prepared here, where no agent runs.
            journal.Preparer.DoWork();
        }

        while (journal.Durable.Value < envelope.Sequence)
        {
            journal.Sync!.DoWork();
        }

        return envelope.Term;
    }

    private static ulong RequestOf(byte[] frame) =>
        RequestHeaderDecoder.Wrap(frame.AsSpan(NewOrderSingleDecoder.HeaderLength)).Sequence;
}

using System.Text.Json;
using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Replay;

namespace HftDelta.Node.Cli;

/// <summary>What a replay found, told to people, to scripts, and by the exit code.</summary>
internal sealed class ReplayReport(
    RecoveryReport journal, ReplayResult found, OtherNode? other, ComponentWatch? watch, string? dumpPath, int pointsLeftOut)
{
    private const int NothingToCompareError = 2302;
    private const int RecordDifferenceError = 2320;
    private const int SuspectsShown = 10;

    private readonly IReadOnlyList<ComponentChange> _suspects =
        found.FirstDifference is { } difference && watch is not null ? watch.ChangesOf(difference.Component) : [];

    public void Write(TextWriter output, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(output, "hftdelta.replay/1", WriteJson);
        }
        else
        {
            WriteText(output);
        }
    }

    /// <param name="mustCompare">Nothing to compare with is a failure.</param>
    /// <param name="error">Takes the words.</param>
    public ExitCode Judge(bool mustCompare, TextWriter error)
    {
        if (pointsLeftOut > 0)
        {
            error.WriteLine(
                $"warning HD{(int)JournalFault.HashPointsDamaged}: {TextOutput.Number(pointsLeftOut)} recorded state hashes "
                + "behind one that is torn or missing are not compared: a power cut leaves a few, more are damage.");
        }

        if (found.FirstDifference is { } difference)
        {
            Tell(difference, error);
            return ExitCode.StateDivergence;
        }

        if (other?.Records?.First is { } record)
        {
            var what = record.What == "history"
                ? $"the journal of {other.Directory} is of another history, parted before record {record.Sequence}"
                : $"record {record.Sequence} differs from that of {other.Directory} in its {record.What}: "
                    + $"{NameOf(record.Template)} here, {NameOf(record.OtherTemplate)} there; "
                    + $"the {TextOutput.Number(other.Records.Records)} before it are the same";
            error.WriteLine($"error HD{RecordDifferenceError}: {what}.");
            error.WriteLine(
                $"  next: hftdelta journal dump DIR --from {record.Sequence} --to {record.Sequence}   of both"
                + (record.What == "history" ? "; what parted them lies before the first record that both still hold." : "."));
            return ExitCode.StateDivergence;
        }

        if (other is { IsCompared: false })
        {
            error.WriteLine(
                $"error HD{NothingToCompareError}: nothing to compare: {other.Directory} tells nothing of these commands.");
            error.WriteLine("  next: replay further, or name another directory.");
            return ExitCode.Usage;
        }

        if (mustCompare && other is null && found.HashPointsCompared == 0)
        {
            error.WriteLine(
                $"error HD{NothingToCompareError}: nothing to compare: no recorded state hash lies among the replayed commands.");
            error.WriteLine(
                "  next: leave --compare out, or replay further: a hash is recorded about every "
                + $"{EngineLimits.HashPointInterval:N0} commands.");
            return ExitCode.Usage;
        }

        return ExitCode.Ok;
    }

    private void Tell(HashDifference difference, TextWriter error)
    {
        error.WriteLine(
            $"error HD{ReplayedJournal.DivergenceError}: after command {difference.Sequence} ({NameOf(difference.Template)}) the "
            + $"state hashes to {difference.Replayed}, recorded {(difference.Source is { } source ? $"in {source} " : "")}was "
            + $"{difference.Recorded}; what differs first is component {difference.Component}.");
        if (watch is not null)
        {
            error.WriteLine(
                $"  equal was the state after command {LastEqual}; since then {TextOutput.Number(_suspects.Count)} commands "
                + $"changed {difference.Component}{(_suspects.Count > 0 ? ":" : "")}");
            if (watch.ForgottenCount > 0)
            {
                error.WriteLine(
                    $"  the first {TextOutput.Number(watch.ForgottenCount)} commands since then were not kept and may have too:");
            }

            foreach (var suspect in _suspects.Take(SuspectsShown))
            {
                error.WriteLine($"    {suspect.Sequence} {NameOf(suspect.Template)}");
            }
        }

        error.WriteLine("  next: keep the journal, and replay it with the version that wrote it.");
    }

    // What a snapshot is of was equal when it was loaded.
    private long LastEqual => Math.Max(found.LastEqual.Value, found.From.Value);

    private double Rate => found.Elapsed.TotalSeconds > 0 ? found.Commands / found.Elapsed.TotalSeconds : 0;

    private static string NameOf((int SchemaId, int TemplateId) template) =>
        TemplateNames.Of(new TemplateKey(template.SchemaId, template.TemplateId));

    private void WriteText(TextWriter output)
    {
        TextOutput.Line(output, "commands", found.Commands);
        if (found.From.Value > 0)
        {
            TextOutput.Line(output, "from snapshot", found.From.Value);
        }

        TextOutput.Line(output, "last sequence", found.LastSequence.Value);
        TextOutput.Line(output, "last time", TextOutput.Time(found.LastTime.Value));
        TextOutput.Line(output, "seconds", TextOutput.Number(found.Elapsed.TotalSeconds, 3));
        TextOutput.Line(output, "commands per second", TextOutput.Number(Rate, 0));
        TextOutput.Line(output, "hash points compared", found.HashPointsCompared);
        TextOutput.Line(output, "hash points equal", found.HashPointsEqual);
        if (pointsLeftOut > 0)
        {
            TextOutput.Line(output, "hash points left out", pointsLeftOut);
        }

        if (other?.Records is { } records)
        {
            TextOutput.Line(output, "records equal", records.Records);
            TextOutput.Line(output, "the other's last", records.OtherLast.Value);
        }

        TextOutput.Line(output, "state hash", found.StateHash.ToString());
        TextOutput.Line(output, "history hash", found.HistoryHash.ToString());
        if (dumpPath is not null)
        {
            TextOutput.Line(output, "state written to", dumpPath);
        }
    }

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteString("journalId", journal.JournalId);
        json.WriteNumber("commands", found.Commands);
        json.WriteNumber("fromSnapshot", found.From.Value);
        json.WriteNumber("lastSequence", found.LastSequence.Value);
        json.WriteNumber("lastTimeNanos", found.LastTime.Value);
        json.WriteNumber("elapsedNanos", (long)(found.Elapsed.TotalSeconds * 1e9));
        json.WriteNumber("commandsPerSecond", Math.Round(Rate, 1));
        json.WriteNumber("hashPointsCompared", found.HashPointsCompared);
        json.WriteNumber("hashPointsEqual", found.HashPointsEqual);
        json.WriteNumber("hashPointsLeftOut", pointsLeftOut);
        json.WriteNumber("lastEqualSequence", LastEqual);
        json.WriteString("stateHash", found.StateHash.ToString());
        json.WriteString("historyHash", found.HistoryHash.ToString());
        json.WriteString("stateFile", dumpPath);
        if (found.FirstDifference is { } difference)
        {
            json.WriteNumber("firstDifferenceSequence", difference.Sequence.Value);
            json.WriteString("firstDifferenceMessage", NameOf(difference.Template));
            json.WriteString("firstDifferenceComponent", difference.Component);
            json.WriteString("firstDifferenceSource", difference.Source);
            WriteSuspects(json);
        }

        if (other?.Records is { } records)
        {
            json.WriteNumber("recordsEqual", records.Records);
            json.WriteNumber("otherLastSequence", records.OtherLast.Value);
            if (records.First is { } record)
            {
                json.WriteNumber("firstRecordDifferenceSequence", record.Sequence.Value);
                json.WriteString("firstRecordDifference", record.What);
                json.WriteString("message", NameOf(record.Template));
                json.WriteString("otherMessage", NameOf(record.OtherTemplate));
            }
        }
    }

    private void WriteSuspects(Utf8JsonWriter json)
    {
        if (watch is null)
        {
            return;
        }

        json.WriteNumber("commandsForgotten", watch.ForgottenCount);
        json.WriteStartArray("changedSinceEqual");
        foreach (var suspect in _suspects)
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", suspect.Sequence.Value);
            json.WriteString("message", NameOf(suspect.Template));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

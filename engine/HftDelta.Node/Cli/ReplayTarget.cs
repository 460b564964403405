using System.CommandLine;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Recovery;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>How far a replay goes: through a record that is named by its sequence or by a moment, or the last one.</summary>
internal static class ReplayTarget
{
    private const int BadTimeError = 2321;

    public static readonly Option<long?> ToOption = ReplayedJournal.ToOption();

    public static readonly Option<TimeNanos?> AtTimeOption = VenueTimeOption.Create(
        "--at-time", "The state at this moment of the venue's clock: the last record that is not later is the last to apply.");

    /// <exception cref="OperatorException">The journal does not hold it.</exception>
    public static CommandSequence Of(ParseResult result, MappedStorage storage, RecoveryReport report)
    {
        var to = result.GetValue(ToOption);
        if (result.GetValue(AtTimeOption) is not { } time)
        {
            return ReplayedJournal.LastOf(report, to);
        }

        return to is null
            ? At(time, storage, report)
            : throw new OperatorException(
                BadTimeError, ExitCode.Usage, "--to and --at-time both name the last record", "leave one of them out");
    }

    private static CommandSequence At(TimeNanos time, MappedStorage storage, RecoveryReport report)
    {
        if (report.LastSequence == CommandSequence.None)
        {
            throw Unknown(time, "the journal holds no record");
        }

        var end = report.Segments[^1].LastTime;
        if (time > end)
        {
            throw Unknown(time, $"the journal ends with record {report.LastSequence} at {TextOutput.Time(end.Value)}");
        }

        using var reader = new JournalReader(storage, report.LastSequence);
        if (!reader.Seek(new TimeNanos(time.Value + 1)))
        {
            return report.LastSequence;
        }

        return reader.LastSequence >= reader.FirstSequence
            ? reader.LastSequence
            : throw Unknown(
                time,
                $"the journal begins with record {reader.FirstSequence} at "
                + TextOutput.Time(report.Segments[0].BeginTime.Value));
    }

    private static OperatorException Unknown(TimeNanos time, string what) => new(
        BadTimeError, ExitCode.Usage, $"--at-time {TextOutput.Time(time.Value)}: {what}",
        "choose a moment between; hftdelta journal describe DIR tells the times of its segments in JSON");
}

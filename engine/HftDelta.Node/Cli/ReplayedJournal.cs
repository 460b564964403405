using System.CommandLine;
using HftDelta.Engine;
using HftDelta.Journal.Archive;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// The state of a venue at a sequence of its journal, for verbs that tell something of it. Nothing is told of a replay that
/// differs from what was recorded live.
/// </summary>
internal sealed class ReplayedJournal : IDisposable
{
    public const int DivergenceError = 2301;
    private const int BadTargetError = 1004;
    private const int EmptyError = 2303;

    private readonly EngineHost _host;

    private ReplayedJournal(EngineHost host, ReplayResult result)
    {
        _host = host;
        Result = result;
    }

    public VenueView View => _host.Processor.View;

    public ReplayResult Result { get; }

    public static Option<long?> ToOption() => new("--to")
    {
        Description = "Last record to apply, by its sequence; all by default.",
        HelpName = "SEQUENCE",
    };

    /// <summary>Replays the records up to a sequence.</summary>
    /// <param name="directory">Of the journal, in which nobody is writing.</param>
    /// <param name="to">The last one; null: all.</param>
    /// <param name="observer">Shown every command and every event, or null.</param>
    /// <param name="error">Where words go.</param>
    /// <exception cref="OperatorException">No journal, no such record, or another state than the one recorded.</exception>
    public static ReplayedJournal Read(string directory, long? to, ReplayObserver? observer, TextWriter error) =>
        Read(directory, to, error, _ => observer);

    /// <summary>The same.</summary>
    /// <param name="directory">Of the journal, in which nobody is writing.</param>
    /// <param name="to">The last one; null: all.</param>
    /// <param name="error">Where words go.</param>
    /// <param name="begin">Told the last record before anything is replayed; it makes the observer, or refuses.</param>
    public static ReplayedJournal Read(
        string directory, long? to, TextWriter error, Func<CommandSequence, ReplayObserver?> begin)
    {
        using var interrupt = new Interrupt();
        var storage = JournalDirectory.OpenAtRest(directory);
        var report = Examine(storage, error);
        if (report.LastSequence == CommandSequence.None)
        {
            throw new OperatorException(
                EmptyError, ExitCode.Usage, $"{directory} holds no record", "name the journal of a venue that has run");
        }

        var last = LastOf(report, to);
        var limits = LimitsOf(storage, error);
        var observer = begin(last);

        // Who wants to see every event begins with the first command.
        var snapshots = observer is null ? SnapshotSearch.BesideJournal(directory) : null;
        var host = SnapshotSearch.Begin(
            storage, snapshots, last, limits, () => new EngineHost(limits), host => host.Processor, error.WriteLine);
        try
        {
            var progress = new ProgressLine(error, "replay", "commands");
            var found = JournalReplay.Run(
                storage,
                host,
                last,
                progress.OfReplay(interrupt.Token),
                observer);
            progress.End();
            return found.FirstDifference is { } difference
                ? throw Diverged(difference)
                : new ReplayedJournal(host, found);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <exception cref="Journal.Faults.JournalException">It is damaged.</exception>
    public static RecoveryReport Examine(MappedStorage storage, TextWriter error)
    {
        var report = JournalRecovery.Examine(storage);
        report.ThrowIfCorrupt();
        if (report.Doubt is { } doubt && storage is not ArchiveStorage)
        {
            error.WriteLine(doubt.ToOperatorText("warning"));
        }

        return report;
    }

    public static EngineLimits LimitsOf(MappedStorage storage, TextWriter error)
    {
        if (EngineLimitsFile.Read(storage) is { } limits)
        {
            return limits;
        }

        error.WriteLine(EngineLimitsFile.MissingWords(storage));
        return EngineLimits.Default;
    }

    public static CommandSequence LastOf(RecoveryReport report, long? to)
    {
        if (to is not { } wanted)
        {
            return report.LastSequence;
        }

        return wanted >= 1 && wanted <= report.LastSequence.Value
            ? new CommandSequence(wanted)
            : throw new OperatorException(
                BadTargetError,
                ExitCode.Usage,
                $"--to {wanted}: the journal holds records 1 to {report.LastSequence}",
                "choose one of them, or leave --to out");
    }

    /// <summary>The account that an option names, which is open.</summary>
    /// <exception cref="OperatorException">It is not.</exception>
    public AccountId OpenAccount(uint account)
    {
        var id = new AccountId(account);
        return account < View.AccountIdLimit && View.IsOpen(id)
            ? id
            : throw UnknownAccount(account, $"no such account is open at record {Result.LastSequence}");
    }

    public static OperatorException UnknownAccount(uint account, string why) => new(
        2304, ExitCode.Usage, $"--account {account}: {why}", "hftdelta accounts lists those that are");

    public void Dispose() => _host.Dispose();

    public static OperatorException Diverged(HashDifference difference) => new(
        DivergenceError,
        ExitCode.StateDivergence,
        $"after command {difference.Sequence} the state hashes to {difference.Replayed}, "
        + $"recorded was {difference.Recorded}; what differs first is component {difference.Component}",
        "keep the journal, and replay it with the version that wrote it");
}

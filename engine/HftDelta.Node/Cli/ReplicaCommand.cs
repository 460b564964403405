using System.CommandLine;
using HftDelta.Node.Config;
using HftDelta.Node.Following;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta replica</c>: follows the journal of a venue on this machine, recomputes its state and signs a commitment for each
/// epoch. Exit code 30 when it reaches another state, 21 when its key is at fault, 0 or 130 when it was asked to end.
/// </summary>
public static class ReplicaCommand
{
    private const int NoKeyError = 1016;
    private const int IntervalError = 1041;

    private static readonly Option<string> JournalOption = new("--journal")
    {
        Description = "The journal of the venue; it need not be there yet, and is never written to.",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<string> OutOption = new("--out")
    {
        Description = "Where the commitments are kept; the directory is made.",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<string?> KeyOption = new("--key")
    {
        Description = "The private key that signs: a file with 64 hexadecimal digits that only its owner can read.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> MarketOption = new("--market")
    {
        Description = "The venue's market: in whose domain is signed, and the keys of its oracle sources, whose reports are then "
            + "verified. Otherwise market.json beside the journal, when it is there.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> DevelopmentKeyOption = new("--development-key")
    {
        Description = "Make a key where there is none: in the file of --key, or in the directory of --out.",
    };

    private static readonly Option<string?> SnapshotsOption = new("--snapshots")
    {
        Description = "Write snapshots of the state here, for starts of the venue, which looks in its journal's snapshots.",
        HelpName = "DIR",
    };

    private static readonly Option<long> SnapshotIntervalOption = new("--snapshot-interval")
    {
        Description = "Commands between two snapshots.",
        HelpName = "N",
        DefaultValueFactory = _ => 1_000_000,
    };

    private static readonly Option<bool> Supervised = SupervisedOption.Create();

    public static Command Create()
    {
        var command = new Command("replica", "Follow a venue's journal, recompute its state, sign a commitment for each epoch.")
        {
            JournalOption,
            OutOption,
            KeyOption,
            MarketOption,
            DevelopmentKeyOption,
            SnapshotsOption,
            SnapshotIntervalOption,
            Supervised,
        };
        command.SetAction(result => (int)Run(result));
        return command;
    }

    private static ExitCode Run(ParseResult result)
    {
        var mayMake = result.GetValue(DevelopmentKeyOption);
        var key = result.GetValue(KeyOption);
        if (key is null && !mayMake)
        {
            throw new OperatorException(
                NoKeyError, ExitCode.KeyProblem, "replica was told no key to sign with",
                "name one by --key FILE, or have one made by --development-key");
        }

        var interval = result.GetValue(SnapshotIntervalOption);
        if (interval < 1)
        {
            throw new OperatorException(
                IntervalError, ExitCode.Usage, $"--snapshot-interval {interval}: must be at least 1", "choose another one");
        }

        var output = result.GetRequiredValue(OutOption);
        using var end = new EndRequest(result.GetValue(Supervised));
        var events = EventLines.Of(result, ReplicaRun.Schema);
        var journal = result.GetRequiredValue(JournalOption);
        var beside = Path.Combine(journal, MarketSettings.FileName);
        var market = result.GetValue(MarketOption) ?? (File.Exists(beside) ? beside : null);
        var options = new ReplicaRunOptions(
            journal, output, key ?? Path.Combine(output, "development.key"), mayMake, result.GetValue(SnapshotsOption), interval)
        {
            Market = market is null ? null : MarketSettings.Read(market),
        };
        return new ReplicaRun(options, events, end).Run();
    }
}

using System.CommandLine;
using HftDelta.Journal.Writing;
using HftDelta.Node.Config;
using HftDelta.Node.Development;
using HftDelta.Node.Pipeline;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta start</c>: a venue that listens. Exit code 0 when it was asked to end by SIGTERM, 130 by Ctrl-C, otherwise what
/// the failure says.
/// </summary>
public static class StartCommand
{
    private const int NoMarketError = 1013;
    private const int EpochError = 1014;
    private const int RiskWorkersError = 1029;
    private const double EpochSecondsMin = 0.05;

    private static readonly Option<bool> DevelopmentOption = new("--development")
    {
        Description = "A market for development: accounts 16 to 31 with money, a key with the number of each, oracle sources "
            + "with keys 101 to 103, a perpetual, a future and options.",
    };

    private static readonly Option<string?> MarketOption = new("--market")
    {
        Description = "List this market instead: a file as the one that a venue writes beside its journal.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> JournalOption = new("--journal")
    {
        Description = "Where the journal is kept; what is there is recovered. Without it a temporary one, deleted at the end.",
        HelpName = "DIR",
    };

    private static readonly Option<string> ListenOption = new("--listen")
    {
        Description = "Where clients reach the venue; port 0 takes a free one.",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => "127.0.0.1:40123",
    };

    private static readonly ChoiceOption<ThreadingMode> ThreadingOption = new(
        "--threading", "Threads of the venue: one for each agent, two, or one.", ThreadingMode.Compact);

    private static readonly ChoiceOption<IdleKind> IdleOption = new(
        "--idle", "What a thread without work does; spin and yield need a core for each thread.", IdleKind.Backoff);

    private static readonly Option<int> RiskWorkersOption = new("--risk-workers")
    {
        Description = "Agents that share each risk computation, 1 to 16; what they compute does not depend on it. More than one "
            + "pays with dedicated threads and free cores.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private static readonly ChoiceOption<DurabilityMode> DurabilityOption = new(
        "--durability", "What an acknowledgement survives: a killed process, or a power cut too.", DurabilityMode.Process);

    private static readonly Option<string?> CountersOption = new("--counters")
    {
        Description = "Counters for `hftdelta stat FILE`. Without it: in the journal's directory.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> ControlOption = new("--control")
    {
        Description = "The socket for `hftdelta control`; only the user who runs the venue may use it. Without it: "
            + "control.sock in the journal's directory.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> AeronDirectoryOption = new("--aeron-dir")
    {
        Description = "Show the transport to `hftdelta aeron stat` and to Aeron's own tools in this directory, and keep its "
            + "logs there; shared memory is the place for it. Without it: in memory, unseen.",
        HelpName = "DIR",
    };

    private static readonly Option<double> EpochOption = new("--epoch-seconds")
    {
        Description = "Close an epoch as often, for the replica to commit; 0: never.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<double> RoomTimeoutSeconds = RoomTimeoutOption.Create();

    private static readonly Option<double?> CancelReserve = CancelReserveOption.Create();

    private static readonly Option<bool> WholeJournalOption = new("--whole-journal")
    {
        Description = "Recover from the journal's beginning, whatever snapshots there are.",
    };

    private static readonly Option<bool> Supervised = SupervisedOption.Create();

    public static Command Create()
    {
        var command = new Command("start", "Run a venue that clients reach over Aeron UDP.")
        {
            DevelopmentOption,
            MarketOption,
            JournalOption,
            ListenOption,
            ThreadingOption,
            IdleOption,
            RiskWorkersOption,
            DurabilityOption,
            CountersOption,
            ControlOption,
            AeronDirectoryOption,
            EpochOption,
            RoomTimeoutSeconds,
            CancelReserve,
            WholeJournalOption,
            Supervised,
        };
        command.SetAction(result => (int)Run(result));
        return command;
    }

    private static ExitCode Run(ParseResult result)
    {
        var options = OptionsOf(result);
        using var end = new EndRequest(result.GetValue(Supervised));
        var events = EventLines.Of(result, VenueRun.Schema);
        return new VenueRun(options, events, end).Run();
    }

    private static StartOptions OptionsOf(ParseResult result)
    {
        var path = result.GetValue(MarketOption);
        if (path is null && !result.GetValue(DevelopmentOption))
        {
            throw new OperatorException(
                NoMarketError, ExitCode.Usage, "start was told no market",
                "hftdelta start --development, or --market FILE");
        }

        if (path is not null && result.GetValue(DevelopmentOption))
        {
            throw new OperatorException(
                NoMarketError, ExitCode.Usage, $"--development and --market {path} name two markets, and a venue lists one",
                "leave one of them out");
        }

        var seconds = result.GetValue(EpochOption);
        if (!(seconds is 0 or (>= EpochSecondsMin and <= 86_400)))
        {
            throw new OperatorException(
                EpochError, ExitCode.Usage, $"--epoch-seconds {seconds}: must be 0, or from {EpochSecondsMin} to 86400",
                "choose another one");
        }

        var workers = result.GetValue(RiskWorkersOption);
        if (workers is < 1 or > RiskTeam.WorkersMax)
        {
            throw new OperatorException(
                RiskWorkersError, ExitCode.Usage, $"--risk-workers {workers}: must be from 1 to {RiskTeam.WorkersMax}",
                "choose another one");
        }

        return new StartOptions
        {
            RiskWorkers = workers,
            JournalDirectory = result.GetValue(JournalOption),
            Listen = ListenEndpoint.Prove(result.GetRequiredValue(ListenOption), "--listen"),
            Market = path is null ? DevelopmentMarket.Create() : MarketSettings.Read(path),
            Threading = ThreadingOption.Of(result),
            Idle = IdleOption.Of(result),
            Durability = DurabilityOption.Of(result),
            CounterFilePath = result.GetValue(CountersOption),
            ControlPath = result.GetValue(ControlOption),
            UsesSnapshots = !result.GetValue(WholeJournalOption),
            AeronDirectory = result.GetValue(AeronDirectoryOption),
            EpochTime = TimeSpan.FromSeconds(seconds),
            RoomTimeout = RoomTimeoutOption.Of(result.GetValue(RoomTimeoutSeconds)),
            CancelReserveBytes = CancelReserveOption.Of(result.GetValue(CancelReserve)),
        };
    }
}

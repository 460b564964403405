using System.CommandLine;
using HftDelta.Journal.Writing;
using HftDelta.Node.Config;
using HftDelta.Node.Development;
using HftDelta.Node.Pipeline;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Cli;

/// <summary>What is asked of the system for the memory of a venue.</summary>
internal enum MemoryKind
{
    /// <summary>Locked, where that is permitted.</summary>
    Auto,

    /// <summary>As it is.</summary>
    Plain,
}

/// <summary>
/// <c>hftdelta start</c>: a venue that listens. Exit code 0 when it was asked to end by SIGTERM, 130 by Ctrl-C, otherwise what
/// the failure says.
/// </summary>
public static class StartCommand
{
    private const int NoMarketError = 1013;
    private const int EpochError = 1014;
    private const int RiskWorkersError = 1029;
    private const int ThreadsError = 1046;
    private const int WarmUpError = 1047;
    private const int StageSampleError = 1048;
    private const double WarmUpSecondsDefault = 1;
    private const double WarmUpSecondsMax = 60;
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

    internal static Option<string?> JournalOption { get; } = new("--journal")
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
        "--threading", "Threads of the venue: what suits the machine, one for each agent, two, or one.", ThreadingMode.Auto);

    private static readonly ChoiceOption<IdleKind> IdleOption = new(
        "--idle",
        "What a thread without work does; spin and yield need a core for each thread, and auto is backoff where there is none.",
        IdleKind.Auto);

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

    private static readonly Option<double?> WarmUpOption = new("--warm-up-seconds")
    {
        Description = "Run synthetic orders through a throwaway venue first, so that the compiler is done with the hot path "
            + "before the first client; 0: not. [default: 0 with --development, otherwise 1]",
        HelpName = "SECONDS",
    };

    private static readonly ChoiceOption<MemoryKind> MemoryOption = new(
        "--memory", "Lock memory where the system permits it, or leave it as it is.", MemoryKind.Auto);

    private static readonly Option<int> StageSampleOption = new("--stage-sample")
    {
        Description = "Stamp one command in so many, a power of two such as 1024, at each stage; `hftdelta stat` shows what the "
            + "stages take. 0: none.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<bool> Supervised = SupervisedOption.Create();

    /// <summary>What may also stand in a configuration file.</summary>
    internal static IReadOnlyList<Option> Options { get; } =
    [
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
        WarmUpOption,
        MemoryOption,
        StageSampleOption,
    ];

    public static Command Create()
    {
        var command = new Command("start", "Run a venue that clients reach over Aeron UDP.");
        foreach (var option in Options)
        {
            command.Add(option);
        }

        command.Add(StartConfiguration.FileOption);
        command.Add(Supervised);
        command.SetAction(result => (int)Run(result));
        return command;
    }

    /// <summary>Whether the two say the same thing in two ways, so that one on the command line is meant for both.</summary>
    internal static bool AreExclusive(Option one, Option other) =>
        (one == DevelopmentOption && other == MarketOption) || (one == MarketOption && other == DevelopmentOption);

    /// <exception cref="OperatorException">The value of the option is of its type and cannot be all the same.</exception>
    internal static void Prove(Option option, ParseResult result)
    {
        if (option == EpochOption)
        {
            _ = EpochTimeOf(result);
        }
        else if (option == RiskWorkersOption)
        {
            _ = RiskWorkersOf(result);
        }
        else if (option == ListenOption)
        {
            _ = ListenOf(result);
        }
        else if (option == RoomTimeoutSeconds)
        {
            _ = RoomTimeoutOf(result);
        }
        else if (option == CancelReserve)
        {
            _ = CancelReserveOption.Of(result.GetValue(CancelReserve));
        }
        else if (option == WarmUpOption)
        {
            _ = WarmUpTimeOf(result);
        }
        else if (option == StageSampleOption)
        {
            _ = StageSampleOf(result);
        }
    }

    /// <summary>What an option that was not given stands for, where that follows from others; null where it does not.</summary>
    internal static double? DefaultOf(Option option, ParseResult result) =>
        option == WarmUpOption ? WarmUpTimeOf(result).TotalSeconds
        : option == CancelReserve ? CancelReserveOption.DefaultMebibytes(StartOptions.SegmentBytes)
        : null;

    /// <summary>The threads of a venue with these options on this machine.</summary>
    internal static ThreadPlan PlanOf(StartConfiguration configured)
    {
        var result = configured.Result;
        return ThreadPlan.Make(
            WishesOf(configured),
            VenueAgents.PlacesOf(
                hasNetwork: true, DurabilityOption.Of(result) == DurabilityMode.Disk, RiskWorkersOf(result), hasVerifier: true,
                hasHeartbeat: true),
            CoreTopology.Read());
    }

    /// <exception cref="OperatorException">What the file says of agents cannot be on this machine, or together.</exception>
    internal static void ProveThreads(StartConfiguration configured)
    {
        if (PlanOf(configured).Faults is { Count: > 0 } faults)
        {
            throw new OperatorException(
                ThreadsError, ExitCode.Usage, string.Join("\n  ", faults), "correct the section threads of the file");
        }
    }

    private static ExitCode Run(ParseResult result)
    {
        var configured = StartConfiguration.Of(result);
        var options = OptionsOf(configured);
        ProveThreads(configured);
        using var end = new EndRequest(result.GetValue(Supervised));
        var events = EventLines.Of(result, VenueRun.Schema);
        return new VenueRun(options, events, end).Run();
    }

    private static StartOptions OptionsOf(StartConfiguration configured)
    {
        var result = configured.Result;
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

        var epochTime = EpochTimeOf(result);
        return new StartOptions
        {
            ConfigurationPath = configured.Path,
            RiskWorkers = RiskWorkersOf(result),
            JournalDirectory = result.GetValue(JournalOption),
            Listen = ListenOf(result),
            Market = path is null ? DevelopmentMarket.Create() : MarketSettings.Read(path),
            Threads = WishesOf(configured),
            Durability = DurabilityOption.Of(result),
            CounterFilePath = result.GetValue(CountersOption),
            ControlPath = result.GetValue(ControlOption),
            UsesSnapshots = !result.GetValue(WholeJournalOption),
            AeronDirectory = result.GetValue(AeronDirectoryOption),
            EpochTime = epochTime,
            RoomTimeout = RoomTimeoutOf(result),
            CancelReserveBytes = CancelReserveOption.Of(result.GetValue(CancelReserve)),
            WarmUpTime = WarmUpTimeOf(result),
            LocksMemory = MemoryOption.Of(result) == MemoryKind.Auto,
            StageSampleEvery = StageSampleOf(result),
        };
    }

    private static ThreadWishes WishesOf(StartConfiguration configured) => new()
    {
        Mode = ThreadingOption.Of(configured.Result),
        Idle = IdleOption.Of(configured.Result),
        Agents = configured.Agents,
    };

    private static string ListenOf(ParseResult result) =>
        ListenEndpoint.Prove(result.GetRequiredValue(ListenOption), "--listen");

    private static TimeSpan RoomTimeoutOf(ParseResult result) => RoomTimeoutOption.Of(result.GetValue(RoomTimeoutSeconds));

    private static TimeSpan EpochTimeOf(ParseResult result)
    {
        var seconds = result.GetValue(EpochOption);
        return seconds is 0 or (>= EpochSecondsMin and <= 86_400)
            ? TimeSpan.FromSeconds(seconds)
            : throw new OperatorException(
                EpochError, ExitCode.Usage, $"--epoch-seconds {seconds}: must be 0, or from {EpochSecondsMin} to 86400",
                "choose another one");
    }

    private static TimeSpan WarmUpTimeOf(ParseResult result)
    {
        var seconds = result.GetValue(WarmUpOption) ?? (result.GetValue(DevelopmentOption) ? 0 : WarmUpSecondsDefault);
        return seconds is >= 0 and <= WarmUpSecondsMax
            ? TimeSpan.FromSeconds(seconds)
            : throw new OperatorException(
                WarmUpError, ExitCode.Usage, $"--warm-up-seconds {seconds}: must be from 0 to {WarmUpSecondsMax}",
                "choose another one");
    }

    private static int StageSampleOf(ParseResult result)
    {
        var every = result.GetValue(StageSampleOption);
        return every == 0 || int.IsPow2(every)
            ? every
            : throw new OperatorException(
                StageSampleError, ExitCode.Usage, $"--stage-sample {every}: must be 0 or a power of two", "for example 1024");
    }

    private static int RiskWorkersOf(ParseResult result)
    {
        var workers = result.GetValue(RiskWorkersOption);
        return workers is >= 1 and <= RiskTeam.WorkersMax
            ? workers
            : throw new OperatorException(
                RiskWorkersError, ExitCode.Usage, $"--risk-workers {workers}: must be from 1 to {RiskTeam.WorkersMax}",
                "choose another one");
    }
}

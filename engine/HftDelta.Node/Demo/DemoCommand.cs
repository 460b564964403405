using System.CommandLine;
using System.Runtime.InteropServices;
using HftDelta.Journal.Writing;
using HftDelta.Node.Cli;
using HftDelta.Node.Demo.Processes;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Demo;

/// <summary>
/// <c>hftdelta demo</c>: a whole venue with simulated participants, and its journal replayed. Exit code 0 when every check held,
/// 30 when the replay reached another state, 1 when another check failed, 2 for options and data, 130 when interrupted.
/// </summary>
public static class DemoCommand
{
    private const int UsageError = 1021;
    private const int CheckError = 2404;
    private const int CounterFileError = 3009;

    private static readonly Option<int> SecondsOption = new("--seconds")
    {
        Description = "Seconds of trading.",
        HelpName = "N",
        DefaultValueFactory = _ => new DemoOptions().Seconds,
    };

    private static readonly Option<ulong> SeedOption = new("--seed")
    {
        Description = "Decides everything that happens by chance; see --in-process.",
        HelpName = "S",
        DefaultValueFactory = _ => new DemoOptions().Seed,
    };

    private static readonly Option<string?> DataOption = new("--data")
    {
        Description = "Recorded market data in place of the built-in market: a folder that holds binance_multimarket, "
            + "deribit_options and lobster.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> JournalOption = new("--journal")
    {
        Description = "Keep the journal here; the directory is empty or not there yet. Without it the journal is deleted.",
        HelpName = "DIR",
    };

    private static readonly ChoiceOption<ThreadingMode> ThreadingOption = new(
        "--threading",
        "Threads of the venue: one for each agent, two, one, or what suits the machine.",
        new DemoOptions().Threading);

    private static readonly ChoiceOption<DurabilityMode> DurabilityOption = new(
        "--durability", "What an acknowledgement survives: a killed process, or a power cut too.", new DemoOptions().Durability);

    private static readonly Option<string?> CountersOption = new("--counters")
    {
        Description = $"Counters for `hftdelta stat FILE`. Without it: {DemoRun.CounterFileName} in the journal's directory.",
        HelpName = "FILE",
    };

    private static readonly Option<double> PaceOption = new("--pace")
    {
        Description = "Seconds of trading for each second of the machine; 0, with --in-process: as fast as possible.",
        HelpName = "X",
        DefaultValueFactory = _ => new DemoOptions().Pace,
    };

    private static readonly Option<double> RoomTimeoutSeconds = RoomTimeoutOption.Create();

    private static readonly Option<bool> InProcessOption = new("--in-process")
    {
        Description = "Everything in this process on a virtual clock, in lockstep: only so the same seed gives the same state "
            + "hash, in every threading mode and at every pace.",
    };

    public static Command Create()
    {
        var command = new Command(
            "demo",
            "Run a venue, a replica, an oracle, makers and takers as processes over UDP; settle delta, cross an expiry, lose a "
            + "maker, replay the journal, compare.")
        {
            InProcessOption,
            SecondsOption,
            SeedOption,
            DataOption,
            JournalOption,
            ThreadingOption,
            DurabilityOption,
            CountersOption,
            PaceOption,
            RoomTimeoutSeconds,
        };
        command.SetAction(result => Run(
            result, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(ParseResult result, TextWriter output, TextWriter error)
    {
        var options = OptionsOf(result);
        if (FaultOf(options) is { } fault)
        {
            throw new OperatorException(UsageError, ExitCode.Usage, fault, "hftdelta demo --help");
        }

        var watcher = new DemoWatcher(error, !Console.IsErrorRedirected && ReferenceEquals(error, Console.Error));
        using var interrupt = new Interrupt(watcher.EndAtOnce);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Token);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => EndOnce(context, end, watcher));
        try
        {
            var report = options.IsInProcess
                ? DemoRun.Run(options, watcher, end.Token)
                : ProcessDemo.Run(options, watcher, end.Token);
            return Tell(report, result.GetValue(OutputOption.Shared), output, error);
        }
        catch (OperationCanceledException)
        {
            watcher.EndLine();
            error.WriteLine("interrupted: the venue stopped in order, nothing was replayed");
            return (int)ExitCode.Interrupted;
        }
        catch (CounterFileException counters)
        {
            throw new OperatorException(
                CounterFileError, ExitCode.Usage, counters.Message, "name another file with --counters", counters);
        }
        finally
        {
            watcher.EndLine();
        }
    }

    private static int Tell(DemoReport report, OutputFormat format, TextWriter output, TextWriter error)
    {
        var faults = DemoChecks.Of(report);
        if (format == OutputFormat.Json)
        {
            DemoReportWriter.WriteJson(output, report, faults);
        }
        else
        {
            DemoReportWriter.WriteText(output, report, faults);
        }

        foreach (var fault in faults)
        {
            error.WriteLine($"error HD{CheckError}: check failed: {fault.Check}: {fault.Fault}.");
        }

        return faults.Count == 0 ? (int)ExitCode.Ok : (int)faults[0].ExitCode;
    }

    private static DemoOptions OptionsOf(ParseResult result) => new()
    {
        Seconds = result.GetValue(SecondsOption),
        Seed = result.GetValue(SeedOption),
        DataDirectory = result.GetValue(DataOption),
        JournalDirectory = result.GetValue(JournalOption),
        Threading = ThreadingOption.Of(result),
        Durability = DurabilityOption.Of(result),
        CounterFilePath = result.GetValue(CountersOption),
        Pace = result.GetValue(PaceOption),
        IsInProcess = result.GetValue(InProcessOption),
        RoomTimeout = RoomTimeoutOption.Of(result.GetValue(RoomTimeoutSeconds)),
    };

    private static string? FaultOf(DemoOptions options)
    {
        if (options.Seconds is < 1 or > DemoOptions.SecondsMax)
        {
            return $"--seconds {options.Seconds}: must be from 1 to {DemoOptions.SecondsMax}";
        }

        if (!options.IsInProcess && !(options.Pace is > 0 and <= DemoOptions.ProcessPaceMax))
        {
            return $"--pace {options.Pace}: processes run by the machine's clock: above 0 to {DemoOptions.ProcessPaceMax}, "
                + "or --in-process";
        }

        return options.Pace is >= 0 and <= 1_000 ? null : $"--pace {options.Pace}: must be from 0 to 1000";
    }

    /// <summary>The first request ends the run in order, so that nothing temporary stays; the next ends the process.</summary>
    private static void EndOnce(PosixSignalContext context, CancellationTokenSource end, DemoWatcher watcher)
    {
        if (!end.IsCancellationRequested)
        {
            context.Cancel = true;
            end.Cancel();
        }
        else
        {
            watcher.EndAtOnce();
        }
    }
}

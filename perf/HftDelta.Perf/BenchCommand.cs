using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using HftDelta.Node.Cli;
using HftDelta.Perf.Network;
using HftDelta.Perf.Results;
using HftDelta.Perf.Soak;

namespace HftDelta.Perf;

/// <summary>
/// The command line of <c>hftdelta-bench</c>: runs suites, prints tables on stdout, writes files, talks on stderr.
/// </summary>
internal static class BenchCommand
{
    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "fewer and shorter rounds, about a minute in all; not to be quoted",
    };

    private static readonly Option<bool> Full = new("--full")
    {
        Description = "the matrix of all factors instead of one factor at a time around a base case; long",
    };

    private static readonly Option<string[]> Suite = new("--suite")
    {
        Description = "run only this suite; may be given several times: " + string.Join(", ", Suites.All.Select(s => s.Name)),
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<DirectoryInfo> Output = new("--out")
    {
        Description = "where the results go, in a folder named by the time",
        DefaultValueFactory = static _ => new DirectoryInfo(Path.Combine("perf", "out")),
    };

    private static readonly Option<DirectoryInfo?> Compare = new("--compare")
    {
        Description = "an older run's folder, or the one above: ratios to floors now against then; 40 when one is worse",
    };

    private static readonly Option<DirectoryInfo?> With = new("--with")
    {
        Description = "with --compare: compare that run with this one and measure nothing",
    };

    private static readonly Option<double> Threshold = new("--threshold")
    {
        Description = "with --compare: by how much a ratio may move before it is marked",
        DefaultValueFactory = static _ => Comparison.DefaultThreshold,
    };

    private static readonly Option<string?> Live = new("--live")
    {
        Description = "HOST:PORT of a venue that runs: latency of the canonical load, instead of the suites",
    };

    private static readonly Option<ulong> Key = new("--key")
    {
        Description = "with --live: the key of the session",
        DefaultValueFactory = static _ => 16,
    };

    private static readonly Option<FileInfo?> Market = new("--market")
    {
        Description = "with --live: the venue's market.json; without it the development market",
    };

    private static readonly Option<double> Rate = new("--rate")
    {
        Description = "with --live: requests a second",
        DefaultValueFactory = static _ => 1_000,
    };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "with --live or the suite soak: how long it is measured; 10 seconds, 10 minutes",
        DefaultValueFactory = static _ => 10,
    };

    private static readonly Option<bool> Micro = new("--micro")
    {
        Description = "the works of perf/budgets.json and the codec suite by BenchmarkDotNet instead",
    };

    public static int Invoke(string[] args)
    {
        Suite.AcceptOnlyFromAmong([.. Suites.All.Select(s => s.Name)]);
        var root = new RootCommand("Measures HftDelta against floors taken in the same run.")
        {
            Quick, Full, Suite, Output, Compare, With, Threshold, Live, Key, Market, Rate, Seconds, Micro,
        };
        root.Validators.Add(Prove);
        root.SetAction(parsed => Run(parsed, args));
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
        {
            return Invoke(result);
        }

        // The library puts choices on lines of their own.
        var words = result.Errors.SelectMany(fault => fault.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var text = string.Join(' ', words);
        return Refuse(BenchErrors.UsageError, text, "run-perf.sh --help; perf/README.md lists the suites.");
    }

    /// <summary>What each option by itself does not tell.</summary>
    private static void Prove(CommandResult result)
    {
        if (new Option[] { Threshold, Rate, Seconds, Key }.Any(option => !IsNumber(result, option)))
        {
            // The library says by itself what is no number.
            return;
        }

        (bool IsWrong, string Words)[] rules =
        [
            (result.GetValue(Quick) && result.GetValue(Full), "--quick and --full exclude each other"),
            (result.GetValue(With) is not null && result.GetValue(Compare) is null, "--with needs --compare"),
            (IsGiven(result, Threshold) && result.GetValue(Threshold) is not (> 0 and < 100),
                "--threshold is a share above 0, such as 0.25"),
            (result.GetValue(Live) is not null && (result.GetValue(Suite) is { Length: > 0 } || result.GetValue(Micro)),
                "--live runs no suite"),
            (result.GetValue(Live) is not null && result.GetValue(Compare) is not null,
                "--live takes no floor, and --compare compares ratios to floors"),
            (result.GetValue(Live) is { } address && !IsEndpoint(address),
                "--live names HOST:PORT, such as 127.0.0.1:40123"),
            (result.GetValue(Market) is { Exists: false }, "--market names a file that is not there"),
            (IsGiven(result, Rate) && result.GetValue(Rate) is not (> 0 and <= 10_000_000),
                "--rate is above 0 and at most 10000000"),
            (result.GetValue(Suite) is { } named && named.Contains("soak") && IsGiven(result, Seconds)
                && result.GetValue(Seconds) is not (>= SoakVolume.SecondsMin and <= SoakVolume.SecondsMax),
                "--seconds of the suite soak is from 4 to 3000"),
            (IsGiven(result, Seconds) && result.GetValue(Seconds) is not (> 0 and <= 86_400),
                "--seconds is above 0 and at most 86400"),
        ];
        foreach (var (_, words) in rules.Where(rule => rule.IsWrong))
        {
            result.AddError(words);
        }
    }

    /// <summary>Defaults are not there yet when this is asked.</summary>
    private static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };

    private static bool IsNumber(CommandResult result, Option option) =>
        result.GetResult(option) is not { } found
        || found.Tokens.All(token => double.TryParse(token.Value, CultureInfo.InvariantCulture, out _));

    private static bool IsEndpoint(string text) =>
        text.LastIndexOf(':') is > 0 and var colon
        && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>A measurement that breaks off ends with 1 and its trace; what the user can mend does not.</summary>
    private static int Invoke(ParseResult result)
    {
        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UnreadableResultsException fault)
        {
            return Refuse(
                BenchErrors.UnreadableResultsError, fault.Message + ".", "name the folder of a run, which holds summary.json.");
        }
        catch (OperatorException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return (int)fault.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("interrupted: what was opened is closed and deleted");
            return BenchExit.Interrupted;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var words = $"the results cannot be written: {fault.Message.TrimEnd('.')}.";
            return Refuse(BenchErrors.WriteError, words, "name another folder with --out.");
        }
        catch (Exception fault)
        {
            // Caught, so that on its way here everything is closed and deleted: the runtime does not unwind for nobody.
            Console.Error.WriteLine(fault);
            return BenchExit.Failed;
        }
    }

    private static int Refuse(int number, string fault, string next)
    {
        Console.Error.WriteLine($"error HD{number}: {fault}");
        Console.Error.WriteLine($"  next: {next}");
        return BenchExit.Usage;
    }

    private static int Run(ParseResult parsed, string[] args)
    {
        if (parsed.GetValue(Micro))
        {
            return MicroBenchmarks.Run(parsed.GetValue(Quick), parsed.GetValue(Output)!);
        }

        // Read first: a folder that is not there is to be told before minutes of measuring.
        var old = parsed.GetValue(Compare) is { } folder ? SummaryFile.Read(folder) : null;
        var volume = parsed.GetValue(Quick) ? Volume.Quick : parsed.GetValue(Full) ? Volume.Full : Volume.Base;
        var wanted = parsed.GetValue(Suite) ?? [];
        var seconds = parsed.GetResult(Seconds) is { Implicit: false } ? parsed.GetValue(Seconds) : (double?)null;
        var suites = LiveOf(parsed) is { } live
            ? [LiveRun.SuiteOf(live)]
            : Suites.All.Where(suite => wanted.Length == 0 ? !suite.IsOnDemand : wanted.Contains(suite.Name));
        var now = parsed.GetValue(With) is { } other
            ? SummaryFile.Read(other)
            : new BenchRun(volume, args, parsed.GetValue(Output)!, seconds).Measure(suites);
        if (parsed.GetValue(With) is null && now.Suites.SelectMany(suite => suite.Checks).Any(check => !check.Holds))
        {
            return RefuseChecks(now);
        }

        if (old is null)
        {
            return BenchExit.Done;
        }

        var comparison = Comparison.Of(old, now, parsed.GetValue(Threshold));
        if (comparison.Rows.Count == 0)
        {
            // Nothing is worse where nothing was looked at, and a script must not take that for an answer.
            return Refuse(
                BenchErrors.UnreadableResultsError,
                "the two runs have no figure with a floor in common: nothing was compared.",
                "compare runs that have a suite in common.");
        }

        comparison.Print(Console.Out, old);
        return comparison.HasWorse ? BenchExit.BudgetMissed : BenchExit.Done;
    }

    private static int RefuseChecks(RunSummary run)
    {
        var failed =
            from suite in run.Suites
            from check in suite.Checks
            where !check.Holds
            select $"{suite.Name}: {check.Label}: {check.Found}, wanted {check.Wanted}";
        Refuse(
            BenchErrors.CheckError, $"what must hold does not: {string.Join("; ", failed)}.",
            "look at the report's plots over time; a difference of hashes or requests is a defect: keep and report it.");
        return BenchExit.BudgetMissed;
    }

    private static LoadRunOptions? LiveOf(ParseResult parsed) => parsed.GetValue(Live) is { } venue
        ? new LoadRunOptions
        {
            Venue = venue,
            Key = parsed.GetValue(Key),
            MarketPath = parsed.GetValue(Market)?.FullName,
            RatePerSecond = parsed.GetValue(Rate),
            Seconds = parsed.GetValue(Seconds),
        }
        : null;
}

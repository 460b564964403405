using System.CommandLine;
using HftDelta.Perf.Results;

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

    private static readonly Option<bool> Micro = new("--micro")
    {
        Description = "the works of perf/budgets.json and the codec suite by BenchmarkDotNet instead",
    };

    public static int Invoke(string[] args)
    {
        Suite.AcceptOnlyFromAmong([.. Suites.All.Select(s => s.Name)]);
        var root = new RootCommand("Measures HftDelta against floors taken in the same run.")
        {
            Quick, Full, Suite, Output, Compare, With, Threshold, Micro,
        };
        root.Validators.Add(result =>
        {
            if (result.GetValue(Quick) && result.GetValue(Full))
            {
                result.AddError("--quick and --full exclude each other");
            }

            if (result.GetValue(With) is not null && result.GetValue(Compare) is null)
            {
                result.AddError("--with needs --compare");
            }

            if (result.GetResult(Threshold) is { Errors: var faults } && !faults.Any()
                && result.GetValue(Threshold) is not (> 0 and < 100))
            {
                result.AddError("--threshold is a share above 0, such as 0.25");
            }
        });
        root.SetAction(parsed => Run(parsed, args));
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
        {
            return Invoke(result);
        }

        // The library puts choices on lines of their own.
        var words = result.Errors.SelectMany(fault => fault.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var text = string.Join(' ', words);
        return Refuse(BenchErrors.UsageError, text, "run-perf.sh --help, or scripts/hftdelta bench --help.");
    }

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
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var words = $"the results cannot be written: {fault.Message.TrimEnd('.')}.";
            return Refuse(BenchErrors.WriteError, words, "name another folder with --out.");
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
        var now = parsed.GetValue(With) is { } other
            ? SummaryFile.Read(other)
            : new BenchRun(volume, args, parsed.GetValue(Output)!)
                .Measure(Suites.All.Where(suite => wanted.Length == 0 || wanted.Contains(suite.Name)));
        if (old is null)
        {
            return BenchExit.Done;
        }

        var comparison = Comparison.Of(old, now, parsed.GetValue(Threshold));
        comparison.Print(Console.Out, old);
        return comparison.HasWorse ? BenchExit.BudgetMissed : BenchExit.Done;
    }
}

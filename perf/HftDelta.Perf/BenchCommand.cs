using System.CommandLine;
using System.Globalization;

namespace HftDelta.Perf;

/// <summary>
/// The command line of <c>hftdelta-bench</c>: runs suites, prints tables on stdout, writes files, talks on stderr.
/// </summary>
internal static class BenchCommand
{
    private const int UsageError = 1001;
    private const int WriteError = 1008;
    private const int ExitUsage = 2;

    public static int Invoke(string[] args)
    {
        var quick = new Option<bool>("--quick") { Description = "fewer and shorter rounds; not to be quoted" };
        var suite = new Option<string[]>("--suite")
        {
            Description = "run only this suite; may be given several times: " + string.Join(", ", Suites.All.Select(s => s.Name)),
            AllowMultipleArgumentsPerToken = true,
        };
        suite.AcceptOnlyFromAmong([.. Suites.All.Select(s => s.Name)]);
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "where the results go, in a folder named by the time",
            DefaultValueFactory = static _ => new DirectoryInfo(Path.Combine("perf", "out")),
        };
        var micro = new Option<bool>("--micro")
        {
            Description = "the codec suite's subjects and floors by BenchmarkDotNet instead",
        };
        var root = new RootCommand("Measures HftDelta against floors taken in the same run.") { quick, suite, output, micro };
        root.SetAction(parsed =>
        {
            if (parsed.GetValue(micro))
            {
                return MicroBenchmarks.Run(parsed.GetValue(quick), parsed.GetValue(output)!);
            }

            var wanted = parsed.GetValue(suite) ?? [];
            var suites = Suites.All.Where(s => wanted.Length == 0 || wanted.Contains(s.Name));
            Run(suites, parsed.GetValue(quick), parsed.GetValue(output)!);
            return 0;
        });
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
        {
            return Invoke(result);
        }

        // The library puts choices on lines of their own.
        var words = result.Errors.SelectMany(fault => fault.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var faults = string.Join(' ', words);
        return Refuse(UsageError, faults, "run-perf.sh --help, or scripts/hftdelta bench --help.");
    }

    /// <summary>A measurement that breaks off ends with 1 and its trace; what the user can mend does not.</summary>
    private static int Invoke(ParseResult result)
    {
        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var words = $"the results cannot be written: {fault.Message.TrimEnd('.')}.";
            return Refuse(WriteError, words, "name another folder with --out.");
        }
    }

    private static int Refuse(int number, string fault, string next)
    {
        Console.Error.WriteLine($"error HD{number}: {fault}");
        Console.Error.WriteLine($"  next: {next}");
        return ExitUsage;
    }

    private static void Run(IEnumerable<Suite> suites, bool quick, DirectoryInfo output)
    {
        var time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var directory = Directory.CreateDirectory(Path.Combine(output.FullName, time));
        var options = new SuiteOptions(quick, directory.FullName);
        var machine = MachineFacts.Read();
        Console.Error.WriteLine("machine: what interrupts a busy loop here ...");
        var hiccups = HiccupProfile.Measure(TimeSpan.FromMilliseconds(quick ? 200 : 1_000));
        Report.PrintMachine(Console.Out, machine, hiccups, quick);
        var results = new List<SuiteResult>();
        foreach (var suite in suites)
        {
            Console.Error.WriteLine($"{suite.Name}: {suite.Summary} ...");
            var result = suite.Run(options);
            Report.PrintSuite(Console.Out, result);
            ResultFiles.WriteHistograms(directory, result);
            results.Add(result);
        }

        ResultFiles.WriteSummary(directory, machine, hiccups, options, results);
        Console.Error.WriteLine($"histograms and summary.json: {directory.FullName}");
    }
}

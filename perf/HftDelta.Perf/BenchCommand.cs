using System.CommandLine;
using System.Globalization;

namespace HftDelta.Perf;

/// <summary>
/// The command line of <c>hftdelta-bench</c>: runs suites, prints tables on stdout, writes files, talks on stderr.
/// </summary>
internal static class BenchCommand
{
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
        var root = new RootCommand("Measures HftDelta against floors taken in the same run.") { quick, suite, output };
        root.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(suite) ?? [];
            var suites = Suites.All.Where(s => wanted.Length == 0 || wanted.Contains(s.Name));
            Run(suites, parsed.GetValue(quick), parsed.GetValue(output)!);
            return 0;
        });
        return root.Parse(args).Invoke();
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

using System.CommandLine;
using System.Globalization;
using HftDelta.Node.Load;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta bench</c>: the canonical load against a venue that runs, at a chosen rate, and how long it took to answer. Exit
/// code 0 when it ran to its end, 3 when the venue is not reached or lost, 5 when nothing can be traded there, 20 when it does
/// not want the key, 130 by Ctrl-C, with the figures so far.
/// </summary>
public static class BenchCommand
{
    private const int LoadOptionError = 1065;
    private const int ResultFolderError = 1066;
    private const string Schema = "hftdelta.bench/1";

    private static readonly Option<ulong> KeyOption = new("--key")
    {
        Description = "The key of the session, on whose account it trades.",
        HelpName = "N",
        DefaultValueFactory = _ => 16,
    };

    private static readonly Option<double> RateOption = new("--rate")
    {
        Description = "Requests a second, each meant to leave at its own moment whatever became of those before.",
        HelpName = "N",
        DefaultValueFactory = _ => 1_000,
    };

    private static readonly Option<double> SecondsOption = new("--seconds")
    {
        Description = "How long it is measured.",
        HelpName = "S",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<double> WarmUpOption = new("--warm-up")
    {
        Description = "Seconds at the same rate before that, which do not count; 0: none.",
        HelpName = "S",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<string?> OutOption = new("--out")
    {
        Description = "Leave the histogram there: percentiles (.hgrm) and an interval log with the hiccups (.hlog), named by the "
            + "time.",
        HelpName = "DIR",
    };

    public static Command Create()
    {
        var command = new Command(
            "bench", "Measure a running venue by the canonical load at a fixed rate, in an open loop. It trades: "
            + $"{LoadReport.Mix} On the account of --key; what rests is cancelled at the end, what was traded stays traded. "
            + "Exit code 3 when the venue is not there, 5 when nothing can be traded, 20 when it does not want the key.")
        {
            ClientCommand.VenueOption,
            KeyOption,
            ClientCommand.MarketOption,
            RateOption,
            SecondsOption,
            WarmUpOption,
            OutOption,
            ClientCommand.SeedOption,
            ClientCommand.ConnectOption,
        };
        command.SetAction(result => (int)Run(result));
        return command;
    }

    private static ExitCode Run(ParseResult result)
    {
        var options = OptionsOf(result);
        var results = result.GetValue(OutOption) is { } folder ? ResultFile(folder) : null;
        var events = EventLines.Of(result, Schema);
        var progress = new ProgressLine(events.Words, "bench", "requests");
        using var end = new EndRequest(isSupervised: false);
        var found = new LoadRun(options)
        {
            End = end.Token,
            Ready = start => events.Tell(
                "connected", LoadReport.Warning(options, start), json => LoadReport.WriteStart(json, options, start)),
            Progress = progress.Report,
        }.Run();
        progress.End();
        if (results is not null && found.Answered > 0)
        {
            Write(results, found);
            events.Say($"written: {results}.hgrm, {results}.hlog");
        }

        events.TellData(
            "summary", LoadReport.Text(options, found), json =>
            {
                LoadReport.WriteSummary(json, options, found, end.Token.IsCancellationRequested);
                json.WriteString("files", results is null || found.Answered == 0 ? null : results);
            });
        foreach (var doubt in LoadReport.Doubts(options, found))
        {
            events.Say(doubt);
        }

        found.ThrowIfUseless(options);
        return end.ExitCode;
    }

    private static LoadRunOptions OptionsOf(ParseResult result)
    {
        var rate = result.GetValue(RateOption);
        var seconds = result.GetValue(SecondsOption);
        var warmUp = result.GetValue(WarmUpOption);
        var connect = result.GetValue(ClientCommand.ConnectOption);
        if (!(rate is > 0 and <= 10_000_000) || !(seconds is > 0 and <= 86_400) || !(warmUp is >= 0 and <= 3_600)
            || !(connect is > 0 and <= 3_600))
        {
            throw new OperatorException(
                LoadOptionError, ExitCode.Usage,
                "--rate is above 0 to 10000000, --seconds above 0 to 86400, --warm-up 0 to 3600, --connect-timeout above 0 to "
                + "3600",
                "choose others");
        }

        return new LoadRunOptions
        {
            Venue = ListenEndpoint.Prove(result.GetRequiredValue(ClientCommand.VenueOption), "--venue"),
            Key = result.GetValue(KeyOption),
            MarketPath = result.GetValue(ClientCommand.MarketOption),
            RatePerSecond = rate,
            Seconds = seconds,
            WarmUpSeconds = warmUp,
            Seed = result.GetValue(ClientCommand.SeedOption),
            ConnectTime = TimeSpan.FromSeconds(connect),
        };
    }

    /// <summary>
    /// Path of the files without their endings; proved before the first order, since after the last it is too late.
    /// </summary>
    private static string ResultFile(string folder)
    {
        var path = Path.Combine(
            folder, $"bench-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");
        try
        {
            Directory.CreateDirectory(folder);
            File.Create($"{path}.hgrm").Dispose();
            File.Delete($"{path}.hgrm");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                ResultFolderError, ExitCode.Usage, $"--out {folder}: nothing can be written there: {fault.Message}",
                "name another folder; no order was sent", fault);
        }

        return path;
    }

    private static void Write(string path, LoadRunResult found)
    {
        LatencyFiles.WritePercentiles($"{path}.hgrm", found.Latency);
        using var log = File.Create($"{path}.hlog");
        LatencyFiles.WriteLog(log, found.Series);
    }
}

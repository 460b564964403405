using System.CommandLine;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using Spectre.Console;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta stat</c>: the counters of a running or dead venue, read from its mapped file at no cost to it.</summary>
public static class StatCommand
{
    /// <summary>Names the file when no argument does.</summary>
    public const string FileVariable = "HFTDELTA_COUNTERS";

    private const int FileError = 3004;
    private const int DeadError = 3005;

    private static readonly Argument<string?> FileArgument = new("FILE")
    {
        Description = $"The counter file; otherwise ${FileVariable}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly WatchOptions Watching = new("process", "name or label");

    public static Command Create()
    {
        var command = new Command("stat", "The counters of a venue, live or dead, read from outside.")
        {
            FileArgument,
        };
        Watching.AddTo(command);
        command.SetAction(result => (int)Run(result, result.InvocationConfiguration.Output));
        return command;
    }

    private static ExitCode Run(ParseResult result, TextWriter output)
    {
        var path = result.GetValue(FileArgument) ?? Environment.GetEnvironmentVariable(FileVariable)
            ?? throw new OperatorException(
                1006, ExitCode.Usage, "no counter file was named", $"hftdelta stat FILE, or set {FileVariable}");
        var interval = Watching.Interval(result);
        var isWatching = Watching.IsWatching(result);
        var isJson = result.GetValue(OutputOption.Shared) == OutputFormat.Json;
        var isTable = !isJson && ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var filter = Watching.Filter(result);
        if (Directory.Exists(path))
        {
            throw new OperatorException(
                FileError, ExitCode.Usage, $"{path} is a directory", "name the counter file that the venue was told to write");
        }

        using var reader = CounterReader.Open(path);
        var isAlive = true;
        Watching.Repeat(result, interval, () =>
        {
            // Before the reading: what ended meanwhile is read once more.
            isAlive = StateOf(reader) is CounterProcessState.Running or CounterProcessState.Stalled;

            var readings = reader.ReadAll().Where(reading => IsWanted(reading, filter)).ToList();
            if (isJson)
            {
                WriteJson(output, reader, readings, isWatching);
            }
            else if (isTable)
            {
                WriteTable(reader, readings, isWatching, result.GetValue(CommandLine.NoColor));
            }
            else
            {
                WriteText(output, reader, readings);
            }

            return isAlive;
        });

        return isWatching ? EndOfWatch(reader, isAlive, result.InvocationConfiguration.Error) : ExitCode.Ok;
    }

    private static ExitCode EndOfWatch(CounterReader reader, bool isAlive, TextWriter error)
    {
        if (isAlive)
        {
            return ExitCode.Interrupted;
        }

        if (StateOf(reader) == CounterProcessState.Closed)
        {
            error.WriteLine($"process {reader.ProcessId} has ended in order: nothing changes any more");
            return ExitCode.Ok;
        }

        error.WriteLine(
            $"error HD{DeadError}: process {reader.ProcessId} is gone without an orderly end: nothing changes any more.");
        error.WriteLine("  next: look at its last words, then start it again.");
        return ExitCode.Unreachable;
    }

    private static bool IsWanted(in CounterReading reading, string filter) =>
        reading.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || reading.Label.Contains(filter, StringComparison.OrdinalIgnoreCase);

    private static CounterProcessState StateOf(CounterReader reader) => reader.StateOfProcess(new SystemNanoClock().Now);

    private static string StateWord(CounterReader reader) => StateOf(reader).ToString().ToLowerInvariant();

    private static string TitleOf(in CounterReading reading) =>
        reading.Label.Length == 0 ? reading.Name : $"{reading.Name}{{{reading.Label}}}";

    private static void WriteText(TextWriter output, CounterReader reader, IReadOnlyList<CounterReading> readings)
    {
        output.WriteLine($"process {reader.ProcessId} {StateWord(reader)} since {TextOutput.Time(reader.StartTime.Value)}");
        foreach (var reading in readings)
        {
            output.WriteLine($"{TitleOf(reading),-72} {TextOutput.Number(reading.Value),20}");
        }
    }

    private static void WriteTable(
        CounterReader reader, IReadOnlyList<CounterReading> readings, bool isWatching, bool isPlain)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (isWatching)
        {
            console.Clear();
        }

        var table = new Table().Border(TableBorder.None)
            .AddColumn($"process {reader.ProcessId} {StateWord(reader)}").AddColumn(new TableColumn("value").RightAligned());
        foreach (var reading in readings)
        {
            table.AddRow(Markup.Escape(TitleOf(reading)), TextOutput.Number(reading.Value));
        }

        console.Write(table);
    }

    private static void WriteJson(
        TextWriter output, CounterReader reader, IReadOnlyList<CounterReading> readings, bool isWatching) =>
        JsonOutput.Write(output, "hftdelta.stat/1", isOneLine: isWatching, members: json =>
        {
            json.WriteString("file", reader.Path);
            json.WriteNumber("processId", reader.ProcessId);
            json.WriteString("state", StateWord(reader));
            json.WriteNumber("startTimeNanos", reader.StartTime.Value);
            json.WriteNumber("heartbeatTimeNanos", reader.HeartbeatTime.Value);
            json.WriteStartArray("counters");
            foreach (var reading in readings)
            {
                json.WriteStartObject();
                json.WriteString("name", reading.Name);
                json.WriteString("label", reading.Label);
                json.WriteString("kind", reading.Kind.ToString().ToLowerInvariant());
                json.WriteString("unit", reading.Unit.ToString().ToLowerInvariant());
                json.WriteNumber("value", reading.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
}

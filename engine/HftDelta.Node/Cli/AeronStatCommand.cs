using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HftDelta.Aeron;
using HftDelta.Aeron.Cnc;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta aeron stat</c>: what a driver shows of itself in its Aeron directory, ours or an official one, alive or ended:
/// counters, distinct errors, losses. Read from outside at no cost to it.
/// </summary>
public static class AeronStatCommand
{
    private const int DirectoryError = 3007;
    private const int SilentError = 3008;

    private static readonly Option<string> DirectoryOption = new("--dir")
    {
        Description = "The Aeron directory; otherwise $AERON_DIR, or where official drivers have it.",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ => DefaultDirectory(),
    };

    private static readonly WatchOptions Watching = new("driver", "label");

    public static Command Create()
    {
        var command = new Command("stat", "Counters, errors and losses of an Aeron driver, read from its directory.")
        {
            DirectoryOption,
        };
        Watching.AddTo(command);
        command.SetAction(result => (int)Run(result, result.InvocationConfiguration));
        return command;
    }

    /// <summary>As official drivers choose it: shared memory where there is such a folder.</summary>
    private static string DefaultDirectory()
    {
        const string sharedMemory = "/dev/shm";
        return Environment.GetEnvironmentVariable("AERON_DIR")
            ?? Path.Combine(
                Directory.Exists(sharedMemory) ? sharedMemory : Path.GetTempPath(), $"aeron-{Environment.UserName}");
    }

    private static ExitCode Run(ParseResult result, InvocationConfiguration invocation)
    {
        var interval = Watching.Interval(result);
        var isWatching = Watching.IsWatching(result);
        var isJson = result.GetValue(OutputOption.Shared) == OutputFormat.Json;
        var filter = Watching.Filter(result);
        using var reader = Open(result.GetValue(DirectoryOption)!);
        var state = CncState.Alive;
        Watching.Repeat(result, interval, () =>
        {
            // Before the reading: what ended meanwhile is read once more.
            state = reader.StateAt(new SystemNanoClock().Now);
            var counters = reader.ReadCounters()
                .Where(counter => counter.Label.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToList();
            if (isJson)
            {
                WriteJson(invocation.Output, reader, state, counters, isWatching);
            }
            else
            {
                WriteText(invocation.Output, reader, state, counters);
            }

            return state == CncState.Alive;
        });

        return isWatching ? EndOfWatch(reader, state, invocation.Error) : ExitCode.Ok;
    }

    private static CncReader Open(string directory)
    {
        try
        {
            return CncReader.Open(directory);
        }
        catch (AeronException refusal)
        {
            throw new OperatorException(
                DirectoryError, ExitCode.Unreachable, refusal.Message, "name the directory of a driver by --dir", refusal);
        }
    }

    private static ExitCode EndOfWatch(CncReader reader, CncState state, TextWriter error)
    {
        switch (state)
        {
            case CncState.Alive:
                return ExitCode.Interrupted;
            case CncState.Ended:
                error.WriteLine($"the driver of process {reader.ProcessId} has ended in order: nothing changes any more");
                return ExitCode.Ok;
            default:
                error.WriteLine(
                    $"error HD{SilentError}: the driver of process {reader.ProcessId} has given no sign of life for 10 s.");
                error.WriteLine("  next: look whether the process still runs, and at its last words.");
                return ExitCode.Unreachable;
        }
    }

    private static string Word(CncState state) => state.ToString().ToLowerInvariant();

    private static void WriteText(
        TextWriter output, CncReader reader, CncState state, IReadOnlyList<CncCounter> counters)
    {
        var since = TextOutput.Time(reader.StartTime.Value);
        output.WriteLine($"driver of process {reader.ProcessId} {Word(state)} since {since} in {reader.Directory}");
        foreach (var counter in counters)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{counter.Id,5}: {TextOutput.Number(counter.Value),20}  {counter.Label}"));
        }

        foreach (var error in reader.ReadErrors())
        {
            output.WriteLine($"error {error.Observations} x {TextOutput.Time(error.First.Value)} to "
                + $"{TextOutput.Time(error.Last.Value)}: {error.Words}");
        }

        foreach (var loss in reader.ReadLosses())
        {
            output.WriteLine($"loss {loss.Observations} x {TextOutput.Time(loss.First.Value)} to "
                + $"{TextOutput.Time(loss.Last.Value)}: {TextOutput.Number(loss.LostBytes)} bytes of session {loss.SessionId} "
                + $"stream {loss.StreamId} from {loss.Source} at {loss.Channel}");
        }
    }

    private static void WriteJson(
        TextWriter output, CncReader reader, CncState state, IReadOnlyList<CncCounter> counters, bool isWatching) =>
        JsonOutput.Write(output, "hftdelta.aeronStat/1", isOneLine: isWatching, members: json =>
        {
            json.WriteString("directory", reader.Directory);
            json.WriteNumber("processId", reader.ProcessId);
            json.WriteString("state", Word(state));
            json.WriteNumber("startTimeNanos", reader.StartTime.Value);
            json.WriteNumber("heartbeatTimeNanos", reader.HeartbeatTime.Value);
            json.WriteStartArray("counters");
            foreach (var counter in counters)
            {
                json.WriteStartObject();
                json.WriteNumber("id", counter.Id);
                json.WriteNumber("typeId", counter.TypeId);
                json.WriteString("label", counter.Label);
                json.WriteNumber("registrationId", counter.RegistrationId);
                json.WriteNumber("value", counter.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteReports(json, reader);
        });

    private static void WriteReports(Utf8JsonWriter json, CncReader reader)
    {
        json.WriteStartArray("errors");
        foreach (var error in reader.ReadErrors())
        {
            json.WriteStartObject();
            json.WriteNumber("observations", error.Observations);
            json.WriteNumber("firstTimeNanos", error.First.Value);
            json.WriteNumber("lastTimeNanos", error.Last.Value);
            json.WriteString("words", error.Words);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("losses");
        foreach (var loss in reader.ReadLosses())
        {
            json.WriteStartObject();
            json.WriteNumber("observations", loss.Observations);
            json.WriteNumber("lostBytes", loss.LostBytes);
            json.WriteNumber("firstTimeNanos", loss.First.Value);
            json.WriteNumber("lastTimeNanos", loss.Last.Value);
            json.WriteNumber("sessionId", loss.SessionId);
            json.WriteNumber("streamId", loss.StreamId);
            json.WriteString("channel", loss.Channel);
            json.WriteString("source", loss.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

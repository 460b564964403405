using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace HftDelta.SystemTests.Processes;

/// <summary>What a process said and how it ended.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>
/// The product's binary as a process of its own, with what it says collected. Ended by its id when the test ends, whatever
/// happened. Owner: one test.
/// </summary>
internal sealed partial class VenueProcess : IDisposable
{
    /// <summary>What Ctrl-C sends.</summary>
    public const int SignalInterrupt = 2;

    /// <summary>What a service manager sends.</summary>
    public const int SignalTerminate = 15;

    private const int PollMillis = 5;

    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private VenueProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Collect(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Collect(_error, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    public static VenueProcess Start(params string[] arguments) => StartIn(Path.GetTempPath(), arguments);

    /// <param name="temporaryFolder">Where it puts what it does not keep.</param>
    /// <param name="arguments">Of the command line.</param>
    public static VenueProcess StartIn(string temporaryFolder, params string[] arguments)
    {
        // The binary stands beside this assembly, as every referenced project's output does.
        var binary = Path.Combine(AppContext.BaseDirectory, "hftdelta.dll");
        Assert.That(File.Exists(binary), Is.True, binary);
        var start = new ProcessStartInfo(DotnetPath())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["TMPDIR"] = temporaryFolder },
        };
        start.ArgumentList.Add(binary);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new VenueProcess(new Process { StartInfo = start });
    }

    /// <summary>Runs a command line to its end.</summary>
    public static ProcessResult Run(TimeSpan deadline, params string[] arguments)
    {
        using var process = Start(arguments);
        return process.WaitForEnd(deadline);
    }

    /// <summary>Waits until something holds, as long as the process runs.</summary>
    public void WaitUntil(Func<bool> condition, TimeSpan deadline, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.That(_process.WaitForExit(PollMillis), Is.False, $"it ended before {what}: {Error}");
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(deadline), $"no {what} in time: {Error}");
        }
    }

    /// <summary>Waits until something holds, or the process has ended by itself.</summary>
    public void WaitUntilOrEnd(Func<bool> condition, TimeSpan deadline, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!condition() && !_process.WaitForExit(PollMillis))
        {
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(deadline), $"no {what} in time: {Error}");
        }
    }

    /// <summary>Lets it run for a while; it must not end by itself.</summary>
    public void LetRun(TimeSpan time) =>
        Assert.That(_process.WaitForExit(time), Is.False, $"it ended by itself: {Error}");

    /// <summary>Lets it run for a while, or to its end.</summary>
    public void LetRunOrEnd(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>The newest JSON line with this <c>event</c>; null while there is none.</summary>
    public JsonElement? Find(string name) => FindAll(name) is { Count: > 0 } found ? found[^1] : null;

    /// <summary>Every JSON line with this <c>event</c>, oldest first. A line that a kill cut off is none.</summary>
    public IReadOnlyList<JsonElement> FindAll(string name)
    {
        string[] lines;
        lock (_output)
        {
            lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        var found = new List<JsonElement>();
        var wanted = $"\"event\":\"{name}\"";
        foreach (var line in lines.Where(line => line.Contains(wanted, StringComparison.Ordinal) && line[^1] == '}'))
        {
            using var parsed = JsonDocument.Parse(line);
            found.Add(parsed.RootElement.Clone());
        }

        return found;
    }

    /// <summary>Waits for a JSON line with this <c>event</c>.</summary>
    public JsonElement WaitForEvent(string name, TimeSpan deadline)
    {
        JsonElement? found = null;
        WaitUntil(() => (found = Find(name)) is not null, deadline, $"event '{name}'");
        return found!.Value;
    }

    /// <summary>As <c>kill -9</c>: it has no moment to do anything.</summary>
    public void Kill()
    {
        _process.Kill();
        Assert.That(_process.WaitForExit(EndDeadline), Is.True, "a killed process ends");
    }

    public void Send(int signal) => Assert.That(SendSignal(_process.Id, signal), Is.Zero);

    public ProcessResult WaitForEnd(TimeSpan deadline)
    {
        Assert.That(_process.WaitForExit(deadline), Is.True, $"it did not end in time: {Error}");

        // Without a limit this also waits for the last line of both streams, which is on its way.
        _process.WaitForExit();
        lock (_output)
        {
            return new ProcessResult(_process.ExitCode, _output.ToString(), Error);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit(EndDeadline);
        }

        _process.Dispose();
    }

    private static void Collect(StringBuilder into, string? line)
    {
        if (line is not null)
        {
            lock (into)
            {
                into.AppendLine(line);
            }
        }
    }

    public static string DotnetPath()
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        if (!string.IsNullOrEmpty(host))
        {
            return host;
        }

        var own = Environment.ProcessPath;
        return own is not null && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}

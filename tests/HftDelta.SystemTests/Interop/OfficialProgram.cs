using System.Diagnostics;
using System.Text;

namespace HftDelta.SystemTests.Interop;

/// <summary>One of the programs in the official jar, run against an Aeron directory. Killed with the test.</summary>
internal sealed class OfficialProgram : IDisposable
{
    private const int EndMillis = 60_000;

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;

    /// <param name="name">The class, as <c>io.aeron.samples.AeronStat</c>.</param>
    /// <param name="aeronDirectory">The directory that it looks at or lives in.</param>
    /// <param name="arguments">What comes behind the class.</param>
    public OfficialProgram(string name, string aeronDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo("java") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all =
        [
            .. JavaPeer.Opened.SelectMany(opened => new[] { "--add-opens", opened }),
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", $"-Daeron.dir={aeronDirectory}", "-Daeron.threading.mode=SHARED",
            "-cp", OfficialPeerClasses.PathOrSkip(), name, .. arguments,
        ];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool IsRunning => !_process.HasExited;

    public string Errors => Words(_errors);

    /// <summary>Runs one of the official tools to its end.</summary>
    /// <returns>What it printed.</returns>
    public static string RunTool(string name, string aeronDirectory, params string[] arguments)
    {
        using var tool = new OfficialProgram($"io.aeron.samples.{name}", aeronDirectory, arguments);
        Assert.That(tool.WaitForExit(), Is.Zero, () => $"{name}: {tool.Errors}");
        return Words(tool._output);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public int WaitForExit()
    {
        Assert.That(_process.WaitForExit(EndMillis), Is.True, "it ends");

        // Without a limit this also waits for the last line of output.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(EndMillis);
        }

        _process.Dispose();
    }

    private static void Keep(StringBuilder words, string? line)
    {
        lock (words)
        {
            words.AppendLine(line);
        }
    }

    private static string Words(StringBuilder words)
    {
        lock (words)
        {
            return words.ToString();
        }
    }
}

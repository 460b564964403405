using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// The official implementation in a process of its own, running <c>OfficialPeer.java</c> against the jar that AERON_JAR names.
/// What it says is read line by line. Killed with the test; it also ends by itself when its standard input does.
/// </summary>
internal sealed class JavaPeer : IDisposable
{
    private const int EndMillis = 10_000;

    // The jar reaches into the class library; from Java 17 on that has to be allowed.
    private static readonly string[] Opened =
        ["java.base/jdk.internal.misc=ALL-UNNAMED", "java.base/sun.nio.ch=ALL-UNNAMED", "java.base/java.util.zip=ALL-UNNAMED"];

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;

    private JavaPeer(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("java")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _folder.Root,
        };
        foreach (var argument in arguments.Append(_folder.Of("driver")))
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Collect(line.Data);
        _process.ErrorDataReceived += (_, line) => CollectError(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Whether it runs; when not, nothing more will be said.</summary>
    public bool IsRunning => !_process.HasExited;

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts one that publishes; it says READY, SENT position, and after the word close CLOSED.</summary>
    public static JavaPeer Publish(string channel, int streamId, int count, int length) =>
        Start("publish", channel, streamId, count, length);

    /// <summary>Starts one that receives; it says READY channel, IMAGE session, RECEIVED count, GONE ended position.</summary>
    public static JavaPeer Receive(string channel, int streamId, int count, int length) =>
        Start("receive", channel, streamId, count, length);

    public bool TryReadLine(out string line) => _lines.TryDequeue(out line!);

    public void Say(string word)
    {
        _process.StandardInput.WriteLine(word);
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(EndMillis);
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private static JavaPeer Start(string role, string channel, int streamId, int count, int length)
    {
        var jar = Environment.GetEnvironmentVariable("AERON_JAR");
        if (string.IsNullOrEmpty(jar))
        {
            Assert.Ignore("AERON_JAR is not set: let it name an official aeron-all jar to run the interop tests");
        }

        Assert.That(File.Exists(jar), Is.True, $"AERON_JAR names {jar}, which does not exist");
        foreach (var program in new[] { "java", "javac" })
        {
            if (!IsInstalled(program))
            {
                Assert.Ignore($"{program} is not on the PATH: install a JDK of version 17 or later to run the interop tests");
            }
        }

        var numbers = new[] { streamId, count, length }.Select(number => number.ToString(CultureInfo.InvariantCulture));
        return new JavaPeer(
        [
            .. Opened.SelectMany(opened => new[] { "--add-opens", opened }),
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", Path.GetFullPath(jar!), SourceFile(), role, channel,
            .. numbers,
        ]);
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    private static string SourceFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln")))
        {
            folder = folder.Parent;
        }

        var source = Path.Combine(
            folder?.FullName ?? "", "tests", "HftDelta.SystemTests", "Interop", "OfficialPeer.java");
        Assert.That(File.Exists(source), Is.True, source);
        return source;
    }

    private void Collect(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }

    private void CollectError(string? line)
    {
        if (line is not null)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }
}

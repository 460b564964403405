using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// The official implementation in a process of its own, running <c>OfficialPeer.java</c>. What it says is read line by line;
/// whatever it calls wrong fails the test. Killed with the test; it also ends by itself when its standard input does.
/// </summary>
internal sealed class JavaPeer : IDisposable
{
    private const int EndMillis = 10_000;

    // Of one wait: starting Java on a busy machine, or all messages with losses.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    // The jar reaches into the class library; from Java 17 on that has to be allowed.
    public static readonly string[] Opened =
        ["java.base/jdk.internal.misc=ALL-UNNAMED", "java.base/sun.nio.ch=ALL-UNNAMED", "java.base/java.util.zip=ALL-UNNAMED"];

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;

    private JavaPeer(string classPath, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("java")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _folder.Root,
        };
        foreach (var argument in (string[])
            [
                .. Opened.SelectMany(opened => new[] { "--add-opens", opened }),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath, "OfficialPeer",
                .. arguments, $"directory={_folder.Of("driver")}",
            ])
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

    /// <summary>
    /// Starts one that publishes: it says READY session, STALLED position when it is held back, SENT position count, and after
    /// the word close CLOSED. A count of 0 publishes until then. The word revoke closes it so that readers lose what they had
    /// not read; a receiver that refuses the stream makes it say REFUSED session code reason.
    /// </summary>
    public static JavaPeer Publish(string channel, int streamId, long count, int length, params string[] more) =>
        Start("publish", [$"channel={channel}", $"stream={streamId}", $"count={count}", $"length={length}", .. more]);

    /// <summary>
    /// Starts one that receives: it says READY channel, IMAGE session joinPosition, RECEIVED count when so many have come,
    /// GONE ended position, with the word revoked behind it where it was, and after the word end TOTAL count. The words stall
    /// and go hold its reading, reject refuses the stream. With complete=false messages may be missing, and RECEIVED also says
    /// how many were; with unread=channel a second subscription there does not read, and says JOINED and LEFT.
    /// </summary>
    public static JavaPeer Receive(string channel, int streamId, long count, int length, params string[] more) =>
        Start("receive", [$"channel={channel}", $"stream={streamId}", $"count={count}", $"length={length}", .. more]);

    /// <summary>Starts one that sends everything back: it says READY channel, and after the word end TOTAL count.</summary>
    public static JavaPeer Echo(string channel, string reply, params string[] more) =>
        Start("echo", [$"channel={channel}", "stream=1002", $"reply={reply}", "replyStream=1003", .. more]);

    /// <summary>Starts one that wants everything back: it says READY, and ANSWERED size count after each size.</summary>
    public static JavaPeer Ping(string channel, string reply, string sizes, int count, params string[] more) =>
        Start(
            "ping",
            [
                $"channel={channel}", "stream=1002", $"reply={reply}", "replyStream=1003", $"sizes={sizes}", $"count={count}",
                .. more,
            ]);

    /// <summary>
    /// Starts one that asks over a response channel, whose answers come from the reply's control address: it says READY, and
    /// ANSWERED size count.
    /// </summary>
    public static JavaPeer Request(string channel, string reply, int count, int length) =>
        Start("request", [$"channel={channel}", "stream=1002", $"reply={reply}", $"count={count}", $"length={length}"]);

    /// <summary>Starts one that answers over a response channel: it says READY channel, and at the end TOTAL count.</summary>
    public static JavaPeer Respond(string channel, string reply) =>
        Start("respond", [$"channel={channel}", "stream=1002", $"reply={reply}"]);

    public void Say(string word)
    {
        _process.StandardInput.WriteLine(word);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until it says the word.</summary>
    /// <param name="word">The first of a line; lines before it are passed over.</param>
    /// <param name="work">A duty cycle of our side, if that lives in the test; returns what was done.</param>
    /// <param name="deadline">When other than usual.</param>
    /// <returns>What follows the word.</returns>
    public string WaitFor(string word, Func<int>? work = null, TimeSpan? deadline = null)
    {
        var rest = "";
        WaitUntil(Said, word, work, deadline);
        return rest;

        bool Said()
        {
            while (_lines.TryDequeue(out var line))
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                var first = space < 0 ? line : line[..space];
                Assert.That(first, Is.Not.EqualTo("WRONG"), line);
                if (first == word)
                {
                    rest = space < 0 ? "" : line[(space + 1)..];
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Waits until something holds; fails when Java ends before.</summary>
    public void WaitUntil(Func<bool> condition, string what, Func<int>? work = null, TimeSpan? deadline = null)
    {
        var begun = Stopwatch.GetTimestamp();
        var idle = default(SpinWait);
        while (!condition())
        {
            if (work is not null && work() > 0)
            {
                idle.Reset();
            }
            else
            {
                idle.SpinOnce();
            }

            // What it said last may still be on its way when it has ended.
            var hasEnded = !IsRunning && _process.WaitForExit(EndMillis) && !condition();
            if (hasEnded || Stopwatch.GetElapsedTime(begun) > (deadline ?? Deadline))
            {
                Assert.Fail($"not {what} {(hasEnded ? "before Java ended" : "in time")}: {Errors}");
            }
        }
    }

    /// <summary>Lets it end, and sees that it does, with an empty log of errors.</summary>
    /// <param name="work">A duty cycle of our side, if that lives in the test.</param>
    /// <param name="logged">The one entry that the log has to have, where what the test did is one.</param>
    public void End(Func<int>? work = null, string? logged = null)
    {
        Say("end");
        Assert.That(
            WaitFor("ERRORS", work), Is.EqualTo(logged is null ? "0" : "1"), () => $"what its driver logged: {Errors}");
        Assert.That(_process.WaitForExit(EndMillis), Is.True, "it ends");
        if (logged is not null)
        {
            // Without a limit this also waits for the last line of stderr.
            _process.WaitForExit();
            Assert.That(Errors, Does.Contain(logged));
        }
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill()
    {
        _process.Kill();
        Assert.That(_process.WaitForExit(EndMillis), Is.True, "a killed process ends");
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

    private static JavaPeer Start(string role, IReadOnlyList<string> arguments) =>
        new(OfficialPeerClasses.PathOrSkip(), [role, .. arguments]);

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

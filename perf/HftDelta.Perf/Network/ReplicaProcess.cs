using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HftDelta.Journal.Snapshots;

namespace HftDelta.Perf.Network;

/// <summary>
/// <c>hftdelta replica</c> as a process of its own beside a measured venue: it reads the journal and recomputes
/// every state. Killed when it is disposed before it has ended.
/// </summary>
internal sealed class ReplicaProcess : IDisposable
{
    private const string Program = "hftdelta.dll";
    private const int WordsToldMax = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _words = [];
    private StateWords? _end;
    private volatile bool _hasExited;

    private ReplicaProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Exited += (_, _) => _hasExited = true;
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it said last: how far it came.</summary>
    public string LastWords
    {
        get
        {
            lock (_words)
            {
                return _words.Count == 0 ? "nothing" : _words[^1];
            }
        }
    }

    public int ProcessId => _process.Id;

    /// <summary>It runs no more, whether it was asked to end or not. Any thread.</summary>
    public bool HasExited => _hasExited;

    /// <summary>All that it said, for one that ended without being asked to.</summary>
    public string AllWords
    {
        get
        {
            // Waits for the streams' ends too, so that nothing that it said is missing.
            _process.WaitForExit();
            lock (_words)
            {
                return $"exit code {_process.ExitCode}: {string.Join("; ", _words.TakeLast(WordsToldMax))}";
            }
        }
    }

    /// <param name="journalDirectory">Of the venue; what the replica writes goes into folders there.</param>
    /// <param name="snapshotInterval">Commands between two snapshots of the state; 0: none.</param>
    public static ReplicaProcess Start(string journalDirectory, long snapshotInterval)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, Program), "replica", "--journal", journalDirectory,
            "--out", Path.Combine(journalDirectory, "replica"), "--development-key", "--supervised",
            "--output", "json",
            .. snapshotInterval == 0 ? (string[])[] :
            [
                "--snapshots", Path.Combine(journalDirectory, SnapshotNames.DirectoryName),
                "--snapshot-interval", snapshotInterval.ToString(CultureInfo.InvariantCulture),
            ],
        ];
        var start = new ProcessStartInfo(Host(), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What a snapshot leaves behind is collected after a few of them: garbage that gathers to the 256 MiB of this program
        // would look like memory that grows.
        start.Environment["DOTNET_GCgen0size"] = "0x1000000";
        return new ReplicaProcess(Process.Start(start)!);
    }

    /// <summary>Lets it follow to the end of the journal.</summary>
    /// <returns>Where it ended.</returns>
    /// <exception cref="InvalidOperationException">It found another state, or does not end.</exception>
    public StateWords Finish()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Deadline) || _process.ExitCode != 0)
        {
            throw new InvalidOperationException($"the replica did not confirm the journal: {LastWords}");
        }

        // Only this one waits until all that it said is read.
        _process.WaitForExit();
        lock (_words)
        {
            return _end ?? throw new InvalidOperationException($"the replica ended without a state: {LastWords}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>The same runtime that runs this program.</summary>
    private static string Host()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        return root is { Length: > 0 } && File.Exists(Path.Combine(root, name)) ? Path.Combine(root, name) : name;
    }

    /// <summary>Events, of which only the last tells more than the words do.</summary>
    private void Read(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        if (root.GetProperty("event").GetString() == "stopped")
        {
            lock (_words)
            {
                _end = new StateWords(
                    root.GetProperty("lastSequence").GetInt64(),
                    root.GetProperty("stateHash").GetString()!,
                    root.GetProperty("historyHash").GetString()!);
            }
        }
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            lock (_words)
            {
                _words.Add(line.Trim());
            }
        }
    }
}

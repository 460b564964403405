using System.Diagnostics;
using System.Text.Json;
using HftDelta.Node.Cli;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// The same binary as a process of its own, which ends when its standard input does: so it also ends when its parent is
/// killed. What it says as JSON lines is kept until it is asked for, of its words the last few lines. Owner: one thread;
/// two threads of the runtime collect.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int TailLinesMax = 12;
    private const int PollMillis = 10;

    private static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<JsonElement> _events = [];
    private readonly Queue<string> _tail = [];
    private readonly List<string> _unread = [];

    private ChildProcess(string name, Process process)
    {
        Name = name;
        _process = process;
        process.OutputDataReceived += (_, line) => TakeOutput(line.Data);
        process.ErrorDataReceived += (_, line) => TakeError(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>It was asked to end in order.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>The last lines that it wrote for people.</summary>
    public IReadOnlyList<string> Tail
    {
        get
        {
            lock (_gate)
            {
                return [.. _tail];
            }
        }
    }

    /// <summary>Starts this binary again with other arguments, to be ended by <see cref="AskToEnd"/>.</summary>
    /// <param name="name">For people.</param>
    /// <param name="arguments">Of the command line.</param>
    /// <exception cref="OperatorException">The process cannot be started.</exception>
    public static ChildProcess Start(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        OwnBinary.Describe(start);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add(SupervisedOption.Name);
        start.ArgumentList.Add("--output");
        start.ArgumentList.Add("json");
        try
        {
            return new ChildProcess(name, new Process { StartInfo = start });
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new OperatorException(
                2404, Cli.ExitCode.Bug, $"{name} cannot be started as a process: {fault.Message.TrimEnd('.')}",
                "hftdelta demo --in-process needs no other process", fault);
        }
    }

    /// <summary>The newest event of a name, or null.</summary>
    public JsonElement? Find(string name)
    {
        lock (_gate)
        {
            for (var place = _events.Count - 1; place >= 0; place--)
            {
                if (_events[place].GetProperty("event").GetString() == name)
                {
                    return _events[place];
                }
            }

            return null;
        }
    }

    /// <summary>Every event of a name, oldest first.</summary>
    public IReadOnlyList<JsonElement> FindAll(string name)
    {
        lock (_gate)
        {
            return [.. _events.Where(found => found.GetProperty("event").GetString() == name)];
        }
    }

    /// <summary>Lines that it wrote for people since the last call.</summary>
    public IReadOnlyList<string> TakeNewWords()
    {
        lock (_gate)
        {
            string[] words = [.. _unread];
            _unread.Clear();
            return words;
        }
    }

    /// <summary>Asks it to end in order.</summary>
    public void AskToEnd()
    {
        if (WasAsked)
        {
            return;
        }

        WasAsked = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already, and the pipe with it.
        }
    }

    /// <summary>Waits for its end and for everything that it wrote.</summary>
    /// <returns>False when it still runs.</returns>
    public bool WaitForEnd(TimeSpan deadline)
    {
        if (!_process.WaitForExit(deadline))
        {
            return false;
        }

        // Without a limit this also waits for the last lines, which are on their way.
        _process.WaitForExit();
        return true;
    }

    /// <summary>Ends it at once, by its id: it has no moment to do anything.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit(KillDeadline);
    }

    /// <summary>Waits a moment for its end.</summary>
    public bool WaitShortly() => _process.WaitForExit(PollMillis);

    /// <summary>Ends it by its id if it has not ended.</summary>
    public void Dispose()
    {
        AskToEnd();
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                _process.WaitForExit(KillDeadline);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended in between.
        }

        _process.Dispose();
    }

    private void TakeOutput(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("event", out _))
            {
                lock (_gate)
                {
                    _events.Add(document.RootElement.Clone());
                }
            }
        }
        catch (JsonException)
        {
            TakeError(line);
        }
    }

    private void TakeError(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _unread.Add(line);
            _tail.Enqueue(line);
            while (_tail.Count > TailLinesMax)
            {
                _tail.Dequeue();
            }
        }
    }
}

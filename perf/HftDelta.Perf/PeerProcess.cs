using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using HftDelta.Perf.Rings;

namespace HftDelta.Perf;

/// <summary>
/// Somebody else's implementation, or ours built otherwise, in a process of its own, which answers each line that it is told
/// with one that begins with a word. It stands still while another has its turn. Killed when it is disposed. Owner: the thread
/// that measures.
/// </summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _name;

    private PeerProcess(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <param name="name">What it is, for messages.</param>
    /// <param name="program">On the path, or a file.</param>
    /// <param name="arguments">Of the program.</param>
    /// <param name="greeting">What it said behind READY.</param>
    public static PeerProcess Start(string name, string program, IEnumerable<string> arguments, out string greeting)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var peer = new PeerProcess(process, name);
        try
        {
            greeting = peer.Expect("READY");
            return peer;
        }
        catch (InvalidOperationException)
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Whether a program is on the path and starts.</summary>
    public static bool IsInstalled(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [argument])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Gives its threads of these names the cores of our loops, as it may not be able to itself.</summary>
    public void Pin(string[] threadNames, TwoThreads placement)
    {
        foreach (var task in Directory.GetDirectories($"/proc/{_process.Id}/task"))
        {
            var name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
            var index = Array.IndexOf(threadNames, name);
            if (index >= 0)
            {
                placement.Pin(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), index);
            }
        }
    }

    public double Nanos(string order)
    {
        Say(order);
        return double.Parse(Expect("NANOS"), CultureInfo.InvariantCulture);
    }

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <returns>What follows the word.</returns>
    public string Expect(string word)
    {
        var read = _process.StandardOutput.ReadLineAsync();
        if (!read.Wait(AnswerDeadline) || read.Result?.Split(' ', 2) is not { } words || words[0] != word)
        {
            throw new InvalidOperationException($"{_name} did not say {word}: see its words above");
        }

        return words.Length > 1 ? words[1] : "";
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}

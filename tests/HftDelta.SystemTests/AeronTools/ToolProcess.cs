using System.Text.Json;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.AeronTools;

/// <summary>One of the transport's tools as a process, and what it says as JSON. Ended with its test.</summary>
internal sealed class ToolProcess : IDisposable
{
    /// <summary>Where a tool listens that takes whatever port is free.</summary>
    public const string AnyPort = "aeron:udp?endpoint=127.0.0.1:0";

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VenueProcess _process;

    private ToolProcess(VenueProcess process) => _process = process;

    /// <summary>The channel that it really listens at.</summary>
    public string Channel => WaitForEvent("ready").GetProperty("channel").GetString()!;

    /// <summary>How many publishers have come to it.</summary>
    public int Streams => _process.FindAll("stream").Count;

    /// <summary>Starts one that spares the machine, and ends by itself when its test forgets it.</summary>
    public static ToolProcess Start(string tool, params string[] arguments) =>
        new(VenueProcess.Start(["aeron", tool, .. arguments, "--output", "json", "--seconds", "300", "--idle", "backoff"]));

    public static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    public JsonElement WaitForEvent(string name) => _process.WaitForEvent(name, Deadline);

    public JsonElement Find(string name) => _process.Find(name)!.Value;

    public void LetRun(TimeSpan time) => _process.LetRun(time);

    /// <summary>Waits until so many publishers have come.</summary>
    public void WaitForStreams(int count) => _process.WaitUntil(() => Streams >= count, Deadline, $"{count} streams");

    public void WaitUntil(Func<bool> holds, string what) => _process.WaitUntil(holds, Deadline, what);

    public void Kill() => _process.Kill();

    /// <summary>Lets it end by itself, with exit code 0.</summary>
    /// <returns>Its summary.</returns>
    public JsonElement Ended(TimeSpan? deadline = null) => EndedWith(0, deadline);

    /// <summary>Asks it to end.</summary>
    public JsonElement Stop() => StoppedWith(0);

    public JsonElement StoppedWith(int exitCode)
    {
        _process.Send(VenueProcess.SignalTerminate);
        return EndedWith(exitCode, null);
    }

    public JsonElement Interrupt()
    {
        _process.Send(VenueProcess.SignalInterrupt);
        return EndedWith(130, null);
    }

    public JsonElement EndedWith(int exitCode, TimeSpan? deadline)
    {
        var ended = _process.WaitForEnd(deadline ?? Deadline);
        Assert.That(ended.ExitCode, Is.EqualTo(exitCode), ended.Error);
        LastWords = ended.Error;
        return Find("summary");
    }

    /// <summary>What it said on stderr, after its end.</summary>
    public string LastWords { get; private set; } = "";

    public void Dispose() => _process.Dispose();
}

using System.Text.Json;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Demo;

/// <summary>The binary as an operator uses it, each run a process of its own.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class DemoProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public void The_same_seed_gives_the_same_hashes_in_every_process_threading_mode_and_pace()
    {
        var paced = Demo("--seconds", "3");
        foreach (var threading in new[] { "compact", "shared", "dedicated" })
        {
            for (var run = 0; run < 2; run++)
            {
                var found = Demo("--seconds", "3", "--pace", "0", "--threading", threading);
                Assert.That(Text(found, "threading"), Is.EqualTo(threading));
                Assert.That(Text(found, "stateHashLive"), Is.EqualTo(Text(paced, "stateHashLive")), threading);
                Assert.That(Text(found, "historyHashLive"), Is.EqualTo(Text(paced, "historyHashLive")), threading);
            }
        }

        var other = Demo("--seconds", "3", "--pace", "0", "--seed", "2");
        Assert.That(Text(other, "stateHashLive"), Is.Not.EqualTo(Text(paced, "stateHashLive")));
    }

    [Test]
    public void Recorded_data_drive_the_demo()
    {
        var found = Demo("--seconds", "3", "--data", SharedData.FolderOrSkip());
        Assert.That(Text(found, "market"), Does.StartWith("recorded market"));
        Assert.That(found.GetProperty("recordedFlowEvents").GetInt64(), Is.GreaterThan(100));
        Assert.That(found.GetProperty("expiries").GetInt32(), Is.Positive);
    }

    [TestCase(VenueProcess.SignalInterrupt, "--in-process")]
    [TestCase(VenueProcess.SignalTerminate, "--in-process")]
    [TestCase(VenueProcess.SignalInterrupt)]
    public void An_interrupted_demo_stops_in_order_with_130_and_leaves_nothing(int signal, params string[] mode)
    {
        using var folder = new TemporaryFolder();
        var counters = folder.Of("counters");
        using var process = VenueProcess.StartIn(folder.Root, ["demo", .. mode, "--seconds", "60", "--counters", counters]);
        process.WaitUntil(() => File.Exists(counters), Deadline, "counters");
        process.LetRun(TimeSpan.FromMilliseconds(500));
        process.Send(signal);
        var ended = process.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.EqualTo(130), ended.Error);
        Assert.That(ended.Output, Is.Empty);
        Assert.That(ended.Error, Does.Contain("interrupted"));
        Assert.That(Directory.GetDirectories(folder.Root), Is.Empty, "the temporary journal is deleted");
    }

    [Test]
    public void An_unknown_verb_exits_2_with_words_on_stderr_alone()
    {
        var ended = VenueProcess.Run(Deadline, "conquer");
        Assert.That(ended.ExitCode, Is.EqualTo(2));
        Assert.That(ended.Output, Is.Empty);
        Assert.That(ended.Error, Does.Contain("conquer").And.Contain("next:"));
    }

    [Test]
    public void The_version_is_told_as_text_and_as_json()
    {
        var text = VenueProcess.Run(Deadline, "version");
        Assert.That(text.ExitCode, Is.Zero, text.Error);
        Assert.That(text.Output, Does.Contain("0.1.0"));
        Assert.That(text.Error, Is.Empty);
        var json = VenueProcess.Run(Deadline, "version", "--output", "json");
        using var parsed = JsonDocument.Parse(json.Output);
        Assert.That(parsed.RootElement.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.version/1"));
    }

    /// <summary>A run that holds every check, and what it wrote.</summary>
    private static JsonElement Demo(params string[] arguments)
    {
        var ended = VenueProcess.Run(Deadline, ["demo", "--in-process", "--output", "json", .. arguments]);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        using var parsed = JsonDocument.Parse(ended.Output);
        var found = parsed.RootElement.Clone();
        Assert.That(found.GetProperty("ok").GetBoolean(), Is.True);
        Assert.That(Text(found, "stateHashReplay"), Is.EqualTo(Text(found, "stateHashLive")));
        Assert.That(found.GetProperty("conservationErrorAtoms").GetInt64(), Is.Zero);
        return found;
    }

    private static string? Text(JsonElement found, string name) => found.GetProperty(name).GetString();
}

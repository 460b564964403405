using System.Text.Json;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Demo;

/// <summary>The demonstration as processes over UDP loopback: what it promises, and what it leaves behind.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class ProcessDemoTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Test]
    public void Venue_replica_and_replay_agree_and_every_signature_recovers_to_the_signer()
    {
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        var ended = VenueProcess.Run(Deadline, "demo", "--seconds", "4", "--journal", journal, "--output", "json");
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        using var parsed = JsonDocument.Parse(ended.Output);
        var found = parsed.RootElement;
        Assert.That(found.GetProperty("ok").GetBoolean(), Is.True);
        Assert.That(Text(found, "mode"), Is.EqualTo("processes"));
        Assert.That(Text(found, "stateHashReplay"), Is.EqualTo(Text(found, "stateHashLive")));
        Assert.That(Text(found, "stateHashReplica"), Is.EqualTo(Text(found, "stateHashLive")));
        Assert.That(Text(found, "historyHashReplay"), Is.EqualTo(Text(found, "historyHashLive")));
        Assert.That(found.GetProperty("conservationErrorAtoms").GetInt64(), Is.Zero);
        Assert.That(found.GetProperty("cashErrorAtoms").GetInt64(), Is.Zero);
        Assert.That(found.GetProperty("commitments").GetInt64(), Is.EqualTo(found.GetProperty("epochs").GetInt64()));
        Assert.That(found.GetProperty("signatureValid").GetBoolean(), Is.True);
        Assert.That(Text(found, "signer"), Does.Match("^0x[0-9a-fA-F]{40}$"));
        Assert.That(found.GetProperty("expiries").GetInt32(), Is.EqualTo(6));
        Assert.That(found.GetProperty("processes").GetInt32(), Is.GreaterThanOrEqualTo(6));
        foreach (var name in new[]
        {
            "orders", "trades", "settlementTicks", "commitments", "hashPointsCompared", "ordersCanceledBySessionClose",
            "deltaCashMovedAtoms",
        })
        {
            Assert.That(found.GetProperty(name).GetInt64(), Is.Positive, name);
        }

        Assert.That(found.GetProperty("wireToWireNanos").GetProperty("samples").GetInt64(), Is.Positive);
        foreach (var client in found.GetProperty("clients").EnumerateArray())
        {
            Assert.That(client.GetProperty("requests").GetInt64(), Is.Positive, Text(client, "name"));
            Assert.That(
                client.GetProperty("ended").GetInt64(),
                Is.EqualTo(client.GetProperty("requests").GetInt64()),
                Text(client, "name"));
        }

        // The journal that it leaves is one that an operator can audit.
        var replayed = VenueProcess.Run(Deadline, "replay", journal, "--compare", "--output", "json");
        Assert.That(replayed.ExitCode, Is.Zero, replayed.Error);
        using var replay = JsonDocument.Parse(replayed.Output);
        Assert.That(Text(replay.RootElement, "stateHash"), Is.EqualTo(Text(found, "stateHashLive")));
    }

    [Test]
    public void Recorded_data_drive_the_processes_too()
    {
        var ended = VenueProcess.Run(
            Deadline, "demo", "--seconds", "3", "--data", SharedData.FolderOrSkip(), "--output", "json");
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        using var parsed = JsonDocument.Parse(ended.Output);
        Assert.That(Text(parsed.RootElement, "market"), Does.StartWith("recorded market"));
        Assert.That(parsed.RootElement.GetProperty("recordedFlowEvents").GetInt64(), Is.GreaterThan(50));
    }

    [Test]
    public void A_child_that_dies_ends_the_demo_in_order_and_is_named()
    {
        using var folder = new TemporaryFolder();
        using var demo = VenueProcess.StartIn(
            folder.Root, "demo", "--seconds", "60", "--counters", folder.Of("counters"), "--output", "json");
        demo.WaitUntil(() => File.Exists(folder.Of("counters")), Deadline, "counters");
        var children = ChildProcesses.Of(demo.Id);
        demo.WaitUntil(() => (children = ChildProcesses.Of(demo.Id)).Any(IsTaker), Deadline, "a taker");
        var taker = children.First(IsTaker);
        ChildProcesses.Kill(taker.Id);
        var ended = demo.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.EqualTo(1), ended.Error);
        Assert.That(ended.Error, Does.Contain("HD2405").And.Contain("taker").And.Contain("137"));
        Assert.That(ended.Output, Is.Empty);
        Assert.That(children.Where(child => ChildProcesses.IsAlive(child.Id)), Is.Empty, "nothing is left behind");
        Assert.That(Directory.GetDirectories(folder.Root), Is.Empty, "the temporary journal is deleted");
    }

    [Test]
    public void A_demo_that_is_killed_takes_its_processes_along()
    {
        using var folder = new TemporaryFolder();
        using var demo = VenueProcess.StartIn(folder.Root, "demo", "--seconds", "60", "--counters", folder.Of("counters"));
        var children = ChildProcesses.Of(demo.Id);
        demo.WaitUntil(() => (children = ChildProcesses.Of(demo.Id)).Any(IsTaker), Deadline, "a taker");
        demo.Kill();
        Assert.That(
            SpinWait.SpinUntil(() => !children.Any(child => ChildProcesses.IsAlive(child.Id)), Deadline), Is.True,
            "they end when their standard input does");
    }

    private static bool IsTaker(ChildProcesses.Child child) =>
        child.CommandLine.Contains("sample-taker", StringComparison.Ordinal);

    private static string? Text(JsonElement found, string name) => found.GetProperty(name).GetString();
}

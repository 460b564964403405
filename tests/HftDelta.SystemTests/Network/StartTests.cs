using System.Text.Json;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Network;

/// <summary><c>hftdelta start</c> and <c>client</c> as an operator uses them.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class StartTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public void A_restarted_venue_lists_nothing_twice_and_goes_on_with_its_terms()
    {
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        using (var first = Start(journal))
        {
            var endpoint = first.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;
            using var floor = new LoadFloor(endpoint, 16);
            first.WaitForEvent("listed", Deadline);
            first.WaitUntil(() => floor.Acknowledged > 20, Deadline, "outcomes");
            floor.Finish();
            Assert.That(End(first, VenueProcess.SignalTerminate), Is.Zero, first.Error);
        }

        var terms = File.ReadAllText(Path.Combine(journal, "market.json"));
        var listings = Count(journal, "ListInstrument");
        var accounts = Count(journal, "OpenAccount");
        using (var second = Start(journal))
        {
            var ready = second.WaitForEvent("ready", Deadline);
            Assert.That(ready.GetProperty("recoveredCommands").GetInt64(), Is.Positive);
            var listed = second.WaitForEvent("listed", Deadline);
            Assert.That(listed.GetProperty("instruments").GetInt32(), Is.EqualTo(listings));
            Assert.That(End(second, VenueProcess.SignalTerminate), Is.Zero, second.Error);
            Assert.That(second.Find("stopped")!.Value.GetProperty("conservationErrorSubAtoms").GetString(), Is.EqualTo("0"));
        }

        Assert.That(listings, Is.EqualTo(32));
        Assert.That(Count(journal, "ListInstrument"), Is.EqualTo(listings));
        Assert.That(Count(journal, "OpenAccount"), Is.EqualTo(accounts));
        Assert.That(File.ReadAllText(Path.Combine(journal, "market.json")), Is.EqualTo(terms));
    }

    [Test]
    public void Ctrl_c_ends_a_venue_in_order_with_130_and_its_warning_was_said()
    {
        using var folder = new TemporaryFolder();
        using var venue = VenueProcess.StartIn(folder.Root, "start", "--development", "--listen", "127.0.0.1:0");
        venue.WaitUntil(() => venue.Error.Contains("\nready", StringComparison.Ordinal), Deadline, "the word ready");
        Assert.That(End(venue, VenueProcess.SignalInterrupt), Is.EqualTo(130));
        Assert.That(venue.Error, Does.Contain("WARNING: authentication none").And.Contain("stopped after command"));
        Assert.That(Directory.GetDirectories(folder.Root), Is.Empty, "the temporary journal is deleted");
    }

    [Test]
    public void A_killed_venue_starts_again_in_its_aeron_directory_at_once()
    {
        using var folder = new TemporaryFolder();
        var aeron = folder.Of("aeron");
        using (var killed = StartIn(folder, aeron))
        {
            killed.WaitForEvent("ready", Deadline);
            using var refused = StartIn(folder, aeron, journal: "other");
            Assert.That(refused.WaitForEnd(Deadline).ExitCode, Is.EqualTo(2));
            Assert.That(refused.Error, Does.Contain("a driver is alive in it"));
            killed.Kill();
        }

        using var second = StartIn(folder, aeron);
        second.WaitForEvent("ready", Deadline);
        var stat = VenueProcess.Run(Deadline, "aeron", "stat", "--dir", aeron, "--filter", "rcv-channel");
        Assert.That(stat.Output, Does.Contain(" alive since ").And.Contain("rcv-channel: aeron:udp?endpoint=127.0.0.1:0"));
        Assert.That(End(second, VenueProcess.SignalTerminate), Is.Zero, second.Error);
    }

    [Test]
    public void A_port_that_is_taken_is_said_with_two()
    {
        using var folder = new TemporaryFolder();
        using var first = Start(folder.Of("one"));
        var endpoint = first.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;
        var second = VenueProcess.Run(
            Deadline, "start", "--development", "--journal", folder.Of("two"), "--listen", endpoint);
        Assert.That(second.ExitCode, Is.EqualTo(2), second.Error);
        Assert.That(second.Error, Does.Contain("error HD").And.Contain(endpoint).And.Contain("next:"));
    }

    [Test]
    public void The_sample_clients_trade_and_every_call_ends()
    {
        using var folder = new TemporaryFolder();
        using var venue = Start(folder.Of("journal"));
        var endpoint = venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;
        using var oracle = VenueProcess.Start("client", "sample-oracle", "--venue", endpoint, "--seconds", "0");
        venue.WaitForEvent("listed", Deadline);
        string[] market =
            ["--venue", endpoint, "--market", Path.Combine(folder.Of("journal"), "market.json"), "--output", "json"];
        using var maker = VenueProcess.Start(["client", "sample-maker", "--seconds", "0", .. market]);
        maker.WaitForEvent("connected", Deadline);
        var taker = VenueProcess.Run(Deadline, ["client", "sample-taker", "--seconds", "2", .. market]);
        Assert.That(taker.ExitCode, Is.Zero, taker.Error);
        var taken = Session(taker.Output);
        Assert.That(End(maker, VenueProcess.SignalTerminate), Is.Zero, maker.Error);
        var made = maker.Find("summary")!.Value.GetProperty("sessions")[0];
        Assert.That(taken.GetProperty("fills").GetInt64(), Is.Positive.And.EqualTo(made.GetProperty("fills").GetInt64()));
        foreach (var session in new[] { taken, made })
        {
            var ended = new[] { "accepted", "replaced", "canceled", "rejected", "notApplied" }
                .Sum(name => session.GetProperty(name).GetInt64());
            Assert.That(ended, Is.Positive.And.EqualTo(session.GetProperty("requests").GetInt64()));
            Assert.That(session.GetProperty("unknown").GetInt64(), Is.Zero);
        }

        Assert.That(End(oracle, VenueProcess.SignalTerminate), Is.Zero, oracle.Error);
    }

    [Test]
    public void A_key_that_the_venue_does_not_know_ends_with_twenty()
    {
        using var folder = new TemporaryFolder();
        using var venue = Start(folder.Of("journal"));
        var endpoint = venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;
        var stranger = VenueProcess.Run(Deadline, "client", "sample-maker", "--venue", endpoint, "--key", "999");
        Assert.That(stranger.ExitCode, Is.EqualTo(20), stranger.Error);
        Assert.That(stranger.Error, Does.Contain("HD2601").And.Contain("999"));
    }

    private static VenueProcess Start(string journal) => VenueProcess.Start(
        "start", "--development", "--journal", journal, "--listen", "127.0.0.1:0", "--output", "json");

    private static VenueProcess StartIn(TemporaryFolder folder, string aeron, string journal = "journal") => VenueProcess.Start(
        "start", "--development", "--journal", folder.Of(journal), "--listen", "127.0.0.1:0", "--aeron-dir", aeron,
        "--output", "json");

    private static int End(VenueProcess process, int signal)
    {
        process.Send(signal);
        return process.WaitForEnd(Deadline).ExitCode;
    }

    private static int Count(string journal, string template)
    {
        var dumped = VenueProcess.Run(Deadline, "journal", "dump", journal, "--template", template);
        Assert.That(dumped.ExitCode, Is.Zero, dumped.Error);
        return dumped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
    }

    private static JsonElement Session(string output)
    {
        var line = output.Split('\n').Single(text => text.Contains("\"event\":\"summary\"", StringComparison.Ordinal));
        using var parsed = JsonDocument.Parse(line);
        return parsed.RootElement.GetProperty("sessions")[0].Clone();
    }
}

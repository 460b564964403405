using HftDelta.Node;
using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Runtime.Agents;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary>Where options of a start come from, and that everything wrong in a file is said at once.</summary>
[CancelAfter(60_000)]
internal sealed class ConfigCommandTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("hftdelta-config-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_command_line_wins_over_the_file_and_the_file_over_the_defaults()
    {
        var file = Write(
            """
            {
              // comments are welcome
              "start": { "development": true, "listen": "127.0.0.1:7", "epochSeconds": 2.5, "threading": "shared", },
              "threads": { "engine": { "core": 0, "wait": "yield" } }
            }
            """);

        var run = Run.Of("config", "show", "--config", file, "--epoch-seconds", "3", "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        var start = run.Json.GetProperty("start");
        Assert.Multiple(() =>
        {
            Assert.That(Told("epochSeconds"), Is.EqualTo("3 from command line"));
            Assert.That(Told("listen"), Is.EqualTo("127.0.0.1:7 from file"));
            Assert.That(Told("threading"), Is.EqualTo("shared from file"));
            Assert.That(Told("development"), Is.EqualTo("true from file"));
            Assert.That(Told("idle"), Is.EqualTo("auto from default"));
            Assert.That(Told("riskWorkers"), Is.EqualTo("1 from default"));
            Assert.That(Told("warmUpSeconds"), Is.EqualTo("0 from default"), "the market is for development");
            Assert.That(Told("cancelReserve"), Is.EqualTo("4 from default"), "MiB: a quarter of 16");
            var engine = run.Json.GetProperty("threads").EnumerateArray()
                .Single(thread => thread.GetProperty("agents").EnumerateArray().Any(agent => agent.GetString() == "engine"));
            Assert.That(engine.GetProperty("core").GetInt32(), Is.Zero);
            Assert.That(engine.GetProperty("idle").GetString(), Is.EqualTo("yield"));
        });

        string Told(string key) =>
            $"{start.GetProperty(key).GetProperty("value")} from {start.GetProperty(key).GetProperty("from")}";
    }

    [Test]
    public void A_default_that_follows_from_other_options_is_told_as_what_it_is()
    {
        var start = Run.Of("config", "show", "--market", "m.json", "--output", "json").Json.GetProperty("start");

        Assert.That(start.GetProperty("warmUpSeconds").GetProperty("value").GetString(), Is.EqualTo("1"));
    }

    [Test]
    public void A_file_beside_the_journal_is_read_without_being_named()
    {
        Write("""{ "start": { "listen": "127.0.0.1:9" } }""");

        var run = Run.Of("config", "show", "--journal", _folder);

        Assert.That(run.Output, Does.Contain("file ").And.Contain("127.0.0.1:9"));
        Assert.That(Run.Of("config", "show").Output, Does.StartWith("no configuration file"));
    }

    [Test]
    public void A_market_on_the_command_line_is_meant_instead_of_the_development_market_of_the_file()
    {
        var file = Write("""{ "start": { "development": true } }""");

        var run = Run.Of("config", "show", "--config", file, "--market", "m.json", "--output", "json");

        Assert.That(
            run.Json.GetProperty("start").GetProperty("development").GetProperty("value").GetString(), Is.EqualTo("false"));
    }

    [Test]
    public void Everything_that_is_wrong_is_said_together()
    {
        var file = Write(
            """
            {
              "begin": {},
              "start": { "lisen": "x", "listen": "here", "riskWorkers": 99, "threading": "twisted", "market": [1] },
              "threads": {
                "motor": { "core": 0 },
                "engine": { "core": -1, "wait": "sleep", "colour": 3 },
                "egress": { "core": 8000 },
                "journal": { "core": 0, "wait": "spin" }, "ingress": { "core": 0, "wait": "yield" }
              }
            }
            """);

        var run = Run.Of("config", "check", "--config", file);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD1045: "));
        foreach (var words in (string[])
            [
                "begin: there is no such section", "start.lisen: there is no such key", "start.listen: ", "here: HOST:PORT is",
                "start.riskWorkers: ", "must be from 1 to 16", "start.threading twisted: ", "start.market: a text",
                "threads.motor: there is no such agent", "threads.engine.core: the number of a core",
                "threads.engine.wait: one of", "threads.engine.colour: there is no such key",
                "threads.egress: core 8000 is not there", "threads.ingress: wait yield and journal: wait spin",
            ])
        {
            Assert.That(run.Error, Does.Contain(words));
        }
    }

    [TestCase("{ \"start\": ", "it is no JSON")]
    [TestCase("[]", "the file: an object is wanted")]
    [TestCase("{ \"start\": { \"listen\": \"a:1\", \"listen\": \"a:2\" } }", "start.listen: it stands there twice")]
    [TestCase("{ \"threads\": { \"engine\": 2 } }", "threads.engine: an object is wanted")]
    public void A_file_that_cannot_be_read_as_one_is_refused_with_its_name(string text, string words)
    {
        var file = Write(text);

        foreach (var verb in (string[][])[["config", "check"], ["start", "--development"]])
        {
            var run = Run.Of([.. verb, "--config", file]);
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
            Assert.That(run.Error, Does.Contain(file).And.Contain(words));
        }
    }

    [Test]
    public void A_file_that_is_not_there_is_refused() =>
        Assert.That(Run.Of("config", "check", "--config", Path.Combine(_folder, "none")).Error, Does.StartWith("error HD1044: "));

    [Test]
    public void A_sound_file_is_called_that()
    {
        var file = Write("""{ "start": { "idle": "spin" }, "threads": { "journal": { "wait": "backoff" } } }""");

        Assert.That(Run.Of("config", "check", "--config", file).Output, Does.Contain("sound; 1 options and 1 agents"));
    }

    [Test]
    public void Every_key_stands_in_the_documentation()
    {
        var page = File.ReadAllText(Path.Combine(Architecture.SourceTree.Instance.Root, "docs", "configuration.md"));

        foreach (var key in StartCommand.Options.Select(StartConfiguration.KeyOf).Append("core").Append("wait"))
        {
            Assert.That(page, Does.Contain($"`{key}`"));
        }
    }

    [Test]
    public void The_agents_that_a_file_may_name_are_those_that_a_venue_runs()
    {
        using var venue = Venue.Open(new VenueOptions
        {
            JournalDirectory = _folder,
            SegmentBytes = 1 << 20,
            Limits = HftDelta.Engine.EngineLimits.Small,
            Durability = HftDelta.Journal.Writing.DurabilityMode.Disk,
            RiskWorkers = 3,
            Network = new VenueNetworkOptions
            {
                Listen = "127.0.0.1:0",
                Participants = new HftDelta.Gateway.Security.ParticipantDirectory([]),
            },
            OracleVerifier = _ => default,
            CounterFilePath = Path.Combine(_folder, "counters"),
        });
        var running = venue.Agents.InOrder().Select(hosted => new AgentPlace(hosted.Agent.RoleName, hosted.Group)).ToArray();

        Assert.That(
            VenueAgents.PlacesOf(hasNetwork: true, hasSync: true, riskWorkers: 3, hasVerifier: true, hasHeartbeat: true),
            Is.EqualTo(running));
        Assert.That(VenueAgents.Names, Is.SupersetOf(running.Select(place => place.Name)));
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder, NodeConfiguration.FileName);
        File.WriteAllText(path, text);
        return path;
    }
}

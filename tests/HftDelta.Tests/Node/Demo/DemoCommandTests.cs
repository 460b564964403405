using System.Text.Json;
using HftDelta.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Demo;

/// <summary>The verb as scripts use it: exit codes, one JSON object on stdout, words on stderr.</summary>
[CancelAfter(60_000)]
public sealed class DemoCommandTests
{
    private string _output = "";
    private string _error = "";

    [Test]
    public void Json_holds_the_promised_keys_and_no_words()
    {
        Assert.That(Run("demo", "--in-process", "--seconds", "1", "--pace", "0", "--seed", "7", "--output", "json"), Is.Zero, _error);
        using var json = JsonDocument.Parse(_output);
        var root = json.RootElement;
        Assert.That(root.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.demo/1"));
        Assert.That(root.GetProperty("ok").GetBoolean(), Is.True);
        Assert.That(root.GetProperty("seed").GetUInt64(), Is.EqualTo(7));
        Assert.That(root.GetProperty("seconds").GetInt32(), Is.EqualTo(1));
        Assert.That(root.GetProperty("threading").GetString(), Is.EqualTo("compact"));
        Assert.That(root.GetProperty("durability").GetString(), Is.EqualTo("process"));
        foreach (var name in new[]
        {
            "commands", "orders", "trades", "settlementTicks", "expiries", "deltaCashMovedAtoms", "hashPointsCompared",
            "journalBytes",
        })
        {
            Assert.That(root.GetProperty(name).GetInt64(), Is.Positive, name);
        }

        Assert.That(root.GetProperty("conservationErrorAtoms").GetInt64(), Is.Zero);
        Assert.That(root.GetProperty("stateHashLive").GetString(), Has.Length.EqualTo(64));
        Assert.That(root.GetProperty("stateHashReplay").GetString(), Is.EqualTo(root.GetProperty("stateHashLive").GetString()));
        Assert.That(
            root.GetProperty("historyHashReplay").GetString(), Is.EqualTo(root.GetProperty("historyHashLive").GetString()));
        var latency = root.GetProperty("latencyNanos");
        Assert.That(latency.GetProperty("p50").GetInt64(), Is.Positive);
        Assert.That(latency.GetProperty("p90").GetInt64(), Is.GreaterThanOrEqualTo(latency.GetProperty("p50").GetInt64()));
        Assert.That(latency.GetProperty("max").GetInt64(), Is.GreaterThanOrEqualTo(latency.GetProperty("p999").GetInt64()));
        Assert.That(latency.GetProperty("p999").GetInt64(), Is.GreaterThanOrEqualTo(latency.GetProperty("p99").GetInt64()));
        Assert.That(_error, Does.Contain("seed 7").And.Contain("survives a killed process").And.Contain("hftdelta stat"));
    }

    [Test]
    public void Text_tells_people_the_same()
    {
        using var folder = new DemoFolder();
        var counters = Path.Combine(folder.Root, "counters");
        Assert.That(
            Run("demo", "--in-process", "--seconds", "1", "--pace", "0", "--threading", "shared", "--durability", "disk",
                "--journal", folder.Journal, "--counters", counters),
            Is.Zero,
            _error);
        Assert.That(_output, Does.Contain("every check held").And.Contain("shared").And.Contain("power cut"));
        Assert.That(_output, Does.Match(@"conservation error +0 atoms"));
        Assert.That(_output, Does.Contain("USD").And.Contain("latency ring to ring").And.Contain(folder.Journal));
        Assert.That(Run("stat", counters), Is.Zero, _error);
        Assert.That(_output, Does.Contain("hftdelta_gateway_last_sequence"));
        Assert.That(Run("journal", "verify", folder.Journal), Is.Zero, _error);
        Assert.That(Run("replay", folder.Journal, "--compare"), Is.Zero, _error);
    }

    [Test]
    public void Faults_of_options_and_data_exit_2_with_nothing_on_stdout()
    {
        using var folder = new DemoFolder();
        folder.WriteAll();
        folder.Write("deribit_options/chain_2032.csv.gz", "timestamp\n1\n");
        using var empty = new DemoFolder();
        string[][] commands =
        [
            ["--seconds", "0"],
            ["--seconds", "x"],
            ["--seed", "-1"],
            ["--pace", "-1"],
            ["--threading", "twisted"],
            ["--durability", "wishful"],
            ["--data", Path.Combine(empty.Root, "none")],
            ["--data", empty.Root],
            ["--data", folder.Root],
            ["--journal", folder.Root],
            ["--counters", Path.Combine(empty.Root, "none", "counters")],
        ];
        foreach (var command in commands.SelectMany(command => new string[][] { command, ["--in-process", .. command] }))
        {
            Assert.That(Run(["demo", .. command]), Is.EqualTo(2), string.Join(' ', command));
            Assert.That(_output, Is.Empty);
            Assert.That(_error, Does.Match(@"^error HD\d{4}: .+[^.]\.\n  next: [^.]+\.?\n$"), string.Join(' ', command));
        }
    }

    private int Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = CommandLine.Run(arguments, output, error);
        _output = output.ToString();
        _error = error.ToString();
        return exit;
    }
}

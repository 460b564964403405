using HftDelta.Node.Cli;
using HftDelta.Runtime.Counters;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary>How verbs end, and the small ones among them.</summary>
[CancelAfter(20_000)]
internal sealed class CommandLineTests
{
    [TestCase]
    [TestCase("nonsense")]
    [TestCase("journal")]
    [TestCase("journal", "verify")]
    [TestCase("replay", "dir", "--to", "many")]
    [TestCase("version", "--output", "xml")]
    [TestCase("stat", "a", "b")]
    public void A_wrong_command_line_ends_with_two_and_says_what_to_do(params string[] arguments)
    {
        var run = Run.Of(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error, Does.StartWith("error HD1001: ").And.Contain("--help"));
    }

    [Test]
    public void Help_lists_the_verbs()
    {
        var run = Run.Of("--help");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(
            run.Output,
            Does.Contain("journal").And.Contain("replay").And.Contain("stat").And.Contain("book").And.Contain("kernel"));
    }

    [Test]
    public void Version_is_one_line_of_text_or_an_object()
    {
        Assert.That(Run.Of("version").Lines.Single(), Does.Match(@"^hftdelta \d+\.\d+\.\d+$"));
        var run = Run.Of("version", "--output", "json");
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.version/1"));
        Assert.That(run.Json.GetProperty("clientSchema").GetString(), Is.EqualTo("18500/0"));
        Assert.That(run.Json.GetProperty("internalSchema").GetString(), Is.EqualTo("18501/0"));
    }

    [Test]
    public void Version_tells_more_when_it_is_asked_to() =>
        Assert.That(Run.Of("version", "--verbose").Output, Does.Contain("18500/0").And.Contain("runtime").And.Contain(".NET"));

    [Test]
    public void Stat_reads_the_counters_of_another()
    {
        var path = Path.Combine(Path.GetTempPath(), $"hftdelta-stat-{Guid.NewGuid():N}.dat");
        try
        {
            using var file = CounterFile.Create(path, 8);
            file.Allocate("hftdelta_test_things_total", "kind=round").Add(1_234);
            file.Allocate("hftdelta_test_others_total").Add(5);

            var text = Run.Of("stat", path);
            Assert.That(text.ExitCode, Is.EqualTo(ExitCode.Ok));
            Assert.That(text.Output, Does.Match(@"hftdelta_test_things_total\{kind=round\} +1,234"));

            var json = Run.Of("stat", path, "--filter", "others", "--output", "json").Json;
            Assert.That(json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.stat/1"));
            Assert.That(json.GetProperty("state").GetString(), Is.EqualTo("running"));
            Assert.That(json.GetProperty("processId").GetInt32(), Is.EqualTo(Environment.ProcessId));
            var counter = json.GetProperty("counters").EnumerateArray().Single();
            Assert.That(counter.GetProperty("name").GetString(), Is.EqualTo("hftdelta_test_others_total"));
            Assert.That(counter.GetProperty("value").GetInt64(), Is.EqualTo(5));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Stat_of_a_process_that_is_not_there_says_so()
    {
        var run = Run.Of("stat", Path.Combine(Path.GetTempPath(), "no-such-counters.dat"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Unreachable));
        Assert.That(run.Error, Does.StartWith("error HD3001: ").And.Contain("no-such-counters.dat").And.Contain("next:"));
    }

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("NaN")]
    public void An_interval_that_is_none_is_refused(string seconds) =>
        Assert.That(
            Run.Of("stat", "any", "--interval", seconds),
            Has.Property(nameof(Run.ExitCode)).EqualTo(ExitCode.Usage)
                .And.Property(nameof(Run.Error)).StartsWith("error HD1005: "));
}

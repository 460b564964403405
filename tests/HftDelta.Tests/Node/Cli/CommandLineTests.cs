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

    [TestCase("replay", "dir", "--to", "many")]
    [TestCase("journal", "dump", "dir", "--limit", "99999999999999999999")]
    [TestCase("demo", "--seed", "-1")]
    [TestCase("client", "sample-maker", "--key", "x")]
    [TestCase("start", "--idle", "never")]
    [TestCase("demo", "--seconds", "1.5")]
    [TestCase("demo", "--pace", "fast")]
    [TestCase("demo", "--threading", "twisted")]
    [TestCase("demo", "--threading", "2")]
    [TestCase("demo", "--durability", "wishful")]
    [TestCase("version", "--output", "xml")]
    public void A_value_of_the_wrong_kind_is_named_with_what_is_wanted(params string[] arguments)
    {
        var run = Run.Of(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Match($@"^error HD1001: {arguments[^2]} {arguments[^1]}: must be .+\.\n  next: .+\n$"));
        Assert.That(run.Error, Does.Not.Contain("System.").And.Not.Contain("HftDelta.").And.Not.Contain(".."));
    }

    [TestCase]
    [TestCase("demo")]
    [TestCase("journal", "dump")]
    [TestCase("journal", "verify")]
    [TestCase("replay")]
    [TestCase("stat")]
    [TestCase("book", "replay")]
    [TestCase("kernel", "price")]
    public void Help_names_no_types_and_its_defaults_as_they_are_written(params string[] verb)
    {
        var run = Run.Of([.. verb, "--help"]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(run.Output, Does.Contain("[default: text]").And.Not.Contain("System."));
        Assert.That(run.Output, Does.Not.Match(@"\[default: [A-Z]"));
    }

    [Test]
    public void Watching_a_process_that_ended_ends_too()
    {
        var path = Path.Combine(Path.GetTempPath(), $"hftdelta-stat-{Guid.NewGuid():N}.dat");
        try
        {
            CounterFile.Create(path, 8).Dispose();
            var run = Run.Of("stat", path, "--watch", "--interval", "1000");
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
            Assert.That(run.Output, Does.Contain("closed"));
            Assert.That(run.Error, Does.Contain("ended in order"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void A_listening_address_that_cannot_be_is_no_bug()
    {
        var run = Run.Of("start", "--development", "--listen", "300.1.1.1:99");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("error HD3003: ").And.Contain("300.1.1.1:99").And.Contain("next:"));
        Assert.That(run.Error, Does.Not.Contain("bug"));
    }

    [Test]
    public void A_file_is_no_journal()
    {
        var run = Run.Of("journal", "verify", typeof(CommandLineTests).Assembly.Location);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2201: ").And.Contain("is a file, a directory is wanted"));
    }

    [Test]
    public void A_directory_is_no_counter_file()
    {
        var run = Run.Of("stat", Path.GetTempPath());
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD3004: ").And.Contain("is a directory").And.Contain("next:"));
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
    public void Version_names_binary_schemas_and_runtime()
    {
        var text = Run.Of("version");
        Assert.That(text.Lines[0], Does.Match(@"^hftdelta \d+\.\d+\.\d+$"));
        Assert.That(text.Output, Does.Contain("18500/1").And.Contain("18501/1").And.Contain(".NET"));
        var run = Run.Of("version", "--output", "json");
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.version/1"));
        Assert.That(run.Json.GetProperty("clientSchema").GetString(), Is.EqualTo("18500/1"));
        Assert.That(run.Json.GetProperty("engineVersions").GetString(), Is.EqualTo("1 to 1"));
        Assert.That(run.Json.GetProperty("internalSchema").GetString(), Is.EqualTo("18501/1"));
    }

    [Test]
    public void Version_tells_more_when_it_is_asked_to() => Assert.That(
        Run.Of("version", "--verbose").Output,
        Does.Contain("18500/1").And.Contain("commit").And.Contain("processorFlags"));

    [TestCase(28, ExitCode.NoSpace)]
    [TestCase(5, ExitCode.Usage)]
    public void An_output_that_takes_nothing_is_an_error_and_no_bug(int errno, ExitCode expected)
    {
        using var error = new StringWriter();
        using var full = new FullWriter(errno);
        var code = CommandLine.Run(["version"], full, error);
        Assert.That((ExitCode)code, Is.EqualTo(expected));
        Assert.That(error.ToString(), Does.StartWith("error HD1008: ").And.Contain("next:").And.Not.Contain("bug"));
    }

    [Test]
    public void Operators_words_end_with_one_full_stop()
    {
        var error = new OperatorException(1, ExitCode.Usage, "it is so.", "do that");
        Assert.That(error.Message, Is.EqualTo("error HD1: it is so.\n  next: do that."));
    }

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
    [TestCase("1e300")]
    public void An_interval_that_is_none_is_refused(string seconds) =>
        Assert.That(
            Run.Of("stat", "any", "--interval", seconds),
            Has.Property(nameof(Run.ExitCode)).EqualTo(ExitCode.Usage)
                .And.Property(nameof(Run.Error)).StartsWith("error HD1005: "));

    /// <summary>What stdout is on a full device.</summary>
    private sealed class FullWriter(int errno) : StringWriter
    {
        public override void Write(string? value) => throw new IOException("No space left on device", errno);

        public override void WriteLine(string? value) => Write(value);
    }
}

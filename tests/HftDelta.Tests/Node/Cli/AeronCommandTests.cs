using HftDelta.Aeron;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary>The transport's tools: what they refuse before they begin, and how. What they do is tested as processes.</summary>
[CancelAfter(60_000)]
internal sealed class AeronCommandTests
{
    [TestCase("error HD1001: ", "aeron")]
    [TestCase("error HD1001: ", "aeron", "pong")]
    [TestCase("error HD1022: ", "aeron", "echo", "--sub", "aeron:ipc")]
    [TestCase("error HD1022: ", "aeron", "echo", "--pub", "udp://localhost:1")]
    [TestCase("error HD1022: ", "aeron", "sink", "--sub", "aeron:udp?endpoint=localhost:1|colour=red")]
    [TestCase("error HD1022: ", "aeron", "sink", "--channel", "aeron:udp?endpoint=localhost")]
    [TestCase("error HD1001: ", "aeron", "pub", "--mtu", "1409")]
    [TestCase("error HD1001: ", "aeron", "pub", "--term-length", "100k")]
    [TestCase("error HD1001: ", "aeron", "sink", "--rcv-wnd", "wide")]
    [TestCase("error HD1001: ", "aeron", "ping", "--mode", "alone")]
    [TestCase("error HD1001: ", "aeron", "ping", "--idle", "asleep")]
    [TestCase("error HD1001: ", "aeron", "echo", "--connect-timeout", "1")]
    [TestCase("error HD1024: ", "aeron", "pub", "--size", "7")]
    [TestCase("error HD1024: ", "aeron", "pub", "--count", "-1")]
    [TestCase("error HD1024: ", "aeron", "ping", "--sizes", "32,7")]
    [TestCase("error HD1024: ", "aeron", "ping", "--sizes", "32,,64")]
    [TestCase("error HD1024: ", "aeron", "ping", "--window", "0")]
    [TestCase("error HD1024: ", "aeron", "ping", "--count", "0")]
    [TestCase("error HD1024: ", "aeron", "ping", "--warmup", "-1")]
    [TestCase("error HD1024: ", "aeron", "ping", "--timeout", "0")]
    [TestCase("error HD1024: ", "aeron", "sink", "--seconds", "-1")]
    public void What_cannot_be_is_refused_with_two_and_nothing_on_stdout(string error, params string[] arguments)
    {
        var run = Run.Of(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage), run.Error);
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error, Does.StartWith(error).And.Contain("next: "));
    }

    [Test]
    public void Messages_longer_than_an_eighth_of_the_term_are_refused()
    {
        var run = Run.Of("aeron", "pub", "--pub", "aeron:udp?endpoint=127.0.0.1:9", "--term-length", "64k", "--size", "8193");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage), run.Error);
        Assert.That(run.Error, Does.Contain("error HD1023: ").And.Contain("8193 bytes").And.Contain(" 8192,"));
    }

    [Test]
    public void A_publisher_cannot_verify_that_each_of_several_receivers_saw_the_end()
    {
        var run = Run.Of("aeron", "pub", "--pub", "aeron:udp?control=127.0.0.1:0|control-mode=dynamic", "--verify");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage), run.Error);
        Assert.That(run.Error, Does.StartWith("error HD1025: ").And.Contain("several"));
    }

    [TestCase("listens", "pub")]
    [TestCase("answers", "ping", "--sub", "aeron:udp?endpoint=127.0.0.1:0")]
    public void Without_the_other_end_a_tool_ends_with_three(string words, params string[] tool)
    {
        var run = Run.Of(["aeron", .. tool, "--pub", "aeron:udp?endpoint=127.0.0.1:9", "--connect-timeout", "0.1"]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Unreachable), run.Error);
        Assert.That(run.Error, Does.Contain("error HD3006: ").And.Contain(words).And.Contain("127.0.0.1:9"));
        Assert.That(run.Output, Is.Empty);
    }

    [Test]
    public void A_sink_whose_messages_do_not_come_in_time_ends_with_four()
    {
        var run = Run.Of(
            "aeron", "sink", "--sub", "aeron:udp?endpoint=127.0.0.1:0", "--count", "1", "--seconds", "0.05", "--output", "json");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Timeout), run.Error);
        Assert.That(run.Error, Does.Contain("error HD2812: 0 of 1 messages"));
        Assert.That(run.Lines, Has.Length.EqualTo(2));
        Assert.That(run.Lines[0], Does.Contain("\"event\":\"ready\"").And.Not.Contain("127.0.0.1:0\""), "the port it took");
        Assert.That(run.Lines[1], Does.Contain("\"event\":\"summary\"").And.Contain("\"messages\":0"));
    }

    [Test]
    public void A_tool_shows_itself_in_a_directory_that_no_other_driver_lives_in()
    {
        var root = Directory.CreateTempSubdirectory("hftdelta-tools-").FullName;
        try
        {
            var path = Path.Combine(root, "aeron");
            string[] sink =
                ["aeron", "sink", "--sub", "aeron:udp?endpoint=127.0.0.1:0", "--seconds", "0.05", "--aeron-dir", path];
            using (new AeronDriver(new AeronOptions { Clock = new SystemNanoClock(), AeronDirectory = path }))
            {
                var refused = Run.Of(sink);
                Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Usage), refused.Error);
                Assert.That(refused.Error, Does.Contain(path).And.Contain("a driver is alive in it").And.Contain("next: "));
                Assert.That(refused.Output, Is.Empty);
            }

            Assert.That(Run.Of(sink).ExitCode, Is.EqualTo(ExitCode.Ok));
            var shown = Run.Of("aeron", "stat", "--dir", path);
            Assert.That(shown.ExitCode, Is.EqualTo(ExitCode.Ok), shown.Error);
            Assert.That(shown.Lines[0], Does.Contain(" ended since "));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Test]
    public void Defaults_are_those_of_the_official_samples()
    {
        Assert.That(
            Run.Of("aeron", "ping", "--help").Output,
            Does.Contain("endpoint=localhost:20123").And.Contain("[default: 1002]")
                .And.Contain("endpoint=localhost:20124").And.Contain("[default: 1003]"));
        Assert.That(
            Run.Of("aeron", "pub", "--help").Output,
            Does.Contain("endpoint=localhost:20121").And.Contain("1001").And.Contain("10000000"));
    }
}

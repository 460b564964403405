using HftDelta.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary>
/// The verbs that run for long: what they refuse before they begin, and how. What they do is tested as processes.
/// </summary>
[CancelAfter(60_000)]
internal sealed class NetworkCommandTests
{
    [TestCase("error HD1013: ", "start")]
    [TestCase("error HD1014: ", "start", "--development", "--epoch-seconds", "-1")]
    [TestCase("error HD1014: ", "start", "--development", "--epoch-seconds", "NaN")]
    [TestCase("error HD1015: ", "start", "--development", "--listen", "here")]
    [TestCase("error HD1015: ", "start", "--development", "--listen", "127.0.0.1:65536")]
    [TestCase("error HD1010: ", "start", "--market", "no-such-market.json")]
    [TestCase("error HD1013: ", "start", "--development", "--market", "no-such-market.json")]
    [TestCase("error HD1001: ", "start", "--development", "--threading", "twisted")]
    [TestCase("error HD1001: ", "start", "--development", "--idle", "asleep")]
    [TestCase("error HD1001: ", "replica", "--journal", "somewhere")]
    [TestCase("error HD1001: ", "client")]
    [TestCase("error HD1001: ", "client", "sample-maker", "--rate", "1")]
    [TestCase("error HD1015: ", "client", "sample-maker", "--venue", "nowhere")]
    [TestCase("error HD1018: ", "client", "sample-taker", "--rate", "0")]
    [TestCase("error HD1018: ", "client", "sample-maker", "--seconds", "-1")]
    [TestCase("error HD1018: ", "client", "sample-maker", "--pace", "0")]
    [TestCase("error HD1018: ", "client", "sample-oracle", "--key", "16")]
    [TestCase("error HD1017: ", "client", "sample-flow")]
    [TestCase("error HD1065: ", "bench", "--rate", "0")]
    [TestCase("error HD1065: ", "bench", "--seconds", "NaN")]
    [TestCase("error HD1065: ", "bench", "--warm-up", "-1")]
    [TestCase("error HD1015: ", "bench", "--venue", "nowhere")]
    [TestCase("error HD1010: ", "bench", "--market", "no-such-market.json")]
    [TestCase("error HD1066: ", "bench", "--out", "/dev/null/results")]
    public void What_cannot_be_is_refused_with_two_and_nothing_on_stdout(string error, params string[] arguments)
    {
        var run = Run.Of(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage), run.Error);
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error, Does.StartWith(error).And.Contain("next: "));
    }

    [Test]
    public void A_replica_without_a_key_ends_with_twenty_one()
    {
        var folder = Directory.CreateTempSubdirectory("hftdelta-replica-").FullName;
        try
        {
            var unnamed = Run.Of("replica", "--journal", folder, "--out", folder);
            Assert.That(unnamed.ExitCode, Is.EqualTo(ExitCode.KeyProblem));
            Assert.That(unnamed.Error, Does.StartWith("error HD1016: ").And.Contain("--development-key"));
            var missing = Run.Of("replica", "--journal", folder, "--out", folder, "--key", Path.Combine(folder, "none"));
            Assert.That(missing.ExitCode, Is.EqualTo(ExitCode.KeyProblem));
            Assert.That(missing.Error, Does.StartWith("error HD2510: ").And.Contain("none"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_bench_whose_venue_is_not_there_ends_with_three_and_leaves_no_file()
    {
        var folder = Directory.CreateTempSubdirectory("hftdelta-bench-").FullName;
        try
        {
            var run = Run.Of("bench", "--venue", "127.0.0.1:9", "--connect-timeout", "0.2", "--out", folder);
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Unreachable), run.Error);
            Assert.That(run.Error, Does.StartWith("error HD1061: ").And.Contain("127.0.0.1:9").And.Contain("next: "));
            Assert.That(run.Output, Is.Empty);
            Assert.That(Directory.GetFiles(folder), Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_client_whose_venue_is_not_there_ends_with_three()
    {
        var run = Run.Of("client", "sample-maker", "--venue", "127.0.0.1:9", "--connect-timeout", "0.2");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Unreachable), run.Error);
        Assert.That(run.Error, Does.StartWith("error HD3002: ").And.Contain("127.0.0.1:9").And.Contain("key 16"));
        Assert.That(run.Output, Is.Empty);
    }

    [Test]
    public void Help_of_the_demo_says_where_a_seed_decides() =>
        Assert.That(Run.Of("demo", "--help").Output, Does.Contain("--in-process").And.Contain("only so the same seed"));

    [Test]
    public void A_demo_of_processes_runs_by_the_clock_of_the_machine()
    {
        var run = Run.Of("demo", "--pace", "0");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("--pace 0").And.Contain("--in-process"));
    }
}

using HftDelta.Aeron;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary><c>hftdelta aeron stat</c> reads what a driver shows of itself.</summary>
[CancelAfter(30_000)]
internal sealed class AeronStatCommandTests
{
    private const string Channel = "aeron:udp?endpoint=10.0.0.2:24331";

    private string _root = "";

    private string Aeron => Path.Combine(_root, "aeron");

    [SetUp]
    public void MakeDirectory() => _root = Directory.CreateTempSubdirectory("hftdelta-stat-").FullName;

    [TearDown]
    public void DropDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public void A_living_driver_is_shown_with_its_counters_and_errors()
    {
        using var driver = Start();
        using var subscription = driver.AddSubscription(Channel, 1001);
        Assert.That(() => driver.AddSubscription("aeron:nonsense", 1001), Throws.Exception);

        var text = Run.Of("aeron", "stat", "--dir", Aeron);
        var json = Run.Of("aeron", "stat", "--dir", Aeron, "--filter", "rcv-channel", "--output", "json").Json;

        Assert.That(text.ExitCode, Is.EqualTo(ExitCode.Ok), text.Error);
        Assert.That(text.Lines[0], Does.StartWith($"driver of process {Environment.ProcessId} alive since "));
        Assert.That(text.Lines[1], Is.EqualTo("    0:                    0  Bytes sent"));
        Assert.That(text.Lines, Has.One.EndsWith($"  rcv-channel: {Channel} 10.0.0.2:24331"));
        Assert.That(text.Lines[^1], Does.StartWith("error 1 x ").And.Contain("aeron:nonsense"));
        Assert.That(json.GetProperty("state").GetString(), Is.EqualTo("alive"));
        var counter = json.GetProperty("counters").EnumerateArray().Single();
        Assert.That(counter.GetProperty("typeId").GetInt32(), Is.EqualTo(7));
        Assert.That(counter.GetProperty("value").GetInt64(), Is.EqualTo(1));
        Assert.That(json.GetProperty("errors").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public void Watching_ends_with_the_driver()
    {
        Start().Dispose();

        var run = Run.Of("aeron", "stat", "--dir", Aeron, "--watch");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(run.Lines[0], Does.Contain(" ended since "));
        Assert.That(run.Error, Does.Contain("has ended in order"));
    }

    [Test]
    public void Where_no_driver_was_it_ends_with_three()
    {
        var run = Run.Of("aeron", "stat", "--dir", Aeron);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Unreachable));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error, Does.StartWith("error HD3007: ").And.Contain("next: "));
    }

    private AeronDriver Start()
    {
        var clock = new SystemNanoClock();
        return new AeronDriver(new AeronOptions
        {
            Clock = clock,
            Sockets = new SimulatedNetwork(clock, 1).Host("10.0.0.2"),
            AeronDirectory = Aeron,
        });
    }
}

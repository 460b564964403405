using System.Globalization;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Storage;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests.Node.Pipeline;
using Side = HftDelta.Wire.Side;

namespace HftDelta.SystemTests.Faults;

/// <summary><c>journal tail --follow</c> beside a venue that trades.</summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class TailTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public void Tail_follows_a_running_venue_until_it_is_interrupted()
    {
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        using var driver = VenueDriver.Trading(
            VenueDriver.SmallOptions() with { OnNotice = _ => { } }, new FileStorage(journal));
        var first = driver.Venue.LastSequence.Value;
        using var tail = VenueProcess.Start("journal", "tail", journal, "--follow", "-n", "1");
        tail.WaitUntil(() => tail.Output.StartsWith($"{first} ", StringComparison.Ordinal), Deadline, "the last record");
        for (var round = 0; round < 6_000; round++)
        {
            driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
            driver.Order(VenueDriver.Taker, Side.Buy, 1_001, 5);
            driver.Step(2);
            driver.Received(VenueDriver.Maker);
            driver.Received(VenueDriver.Taker);
        }

        driver.Idle();
        var last = driver.Venue.LastSequence.Value;
        tail.WaitUntil(() => tail.Output.Contains($"\n{last} ", StringComparison.Ordinal), Deadline, "the newest record");
        tail.Send(VenueProcess.SignalInterrupt);
        var ended = tail.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.EqualTo((int)ExitCode.Interrupted), ended.Error);
        var sequences = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.That(sequences, Is.EqualTo(Enumerable.Range((int)first, (int)(last - first + 1)).Select(each => (long)each)));
        driver.Venue.Stop();
    }
}

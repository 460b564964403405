using HftDelta.Journal.Faults;
using HftDelta.Journal.Writing;
using HftDelta.Node;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Agents;
using HftDelta.Simulation.Storage;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>A failed agent stops the venue, and whoever waits for it is told.</summary>
[CancelAfter(30_000)]
internal sealed class VenueFailureTests
{
    [Test]
    public void A_device_that_fails_stops_the_venue_with_its_own_exit_code_and_nothing_goes_out()
    {
        var storage = new VirtualStorage();
        AgentFailure? failure = null;
        using var driver = new VenueDriver(
            VenueDriver.SmallOptions() with
            {
                Durability = DurabilityMode.Disk,
                IsLockstep = true,
                OnFailure = told => failure = told,
            },
            storage);
        driver.Venue.Start();
        driver.List();
        driver.Venue.Settle();

        // A last tick without events may still be on its way to the device.
        Assert.That(
            () => driver.Venue.EgressCounters.SafeSequence.Value,
            Is.EqualTo(driver.Venue.LastSequence.Value).After(10_000, 1));
        storage.Faults.FailAtSync = storage.SyncCount + 1;
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);

        Assert.That(
            () => driver.Venue.Settle(TimeSpan.FromSeconds(20)),
            Throws.InstanceOf<AgentHostException>().With.Message.Contains("journal-sync"));
        Assert.That(failure!.Exception, Is.InstanceOf<JournalException>());
        Assert.That(NodeFailure.ExitCodeOf(failure.Exception), Is.EqualTo(ExitCode.SyncFailed));
        Assert.That(driver.Received(VenueDriver.Maker), Is.Empty);
    }

    [Test]
    public void A_venue_is_started_once()
    {
        using var driver = VenueDriver.Trading();
        Assert.That(driver.Venue.Start, Throws.InvalidOperationException);
        Assert.That(driver.Venue.StartByHand, Throws.InvalidOperationException);
    }

    [Test]
    public void Waiting_for_a_venue_that_stands_still_ends_at_the_deadline()
    {
        using var driver = new VenueDriver();
        Assert.That(() => driver.Venue.Settle(TimeSpan.FromMilliseconds(20)), Throws.InstanceOf<TimeoutException>());
    }
}

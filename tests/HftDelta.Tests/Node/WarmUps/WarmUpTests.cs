using HftDelta.Node.WarmUps;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.WarmUps;

/// <summary>A warm-up runs what it means to run, and leaves neither files nor traces in the venue that opens behind it.</summary>
[CancelAfter(60_000)]
internal sealed class WarmUpTests
{
    [Test]
    public void Orders_rest_trade_and_are_cancelled_and_none_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("hftdelta-warm-test-").FullName;
        try
        {
            using var venue = new WarmUpVenue(folder);
            for (var round = 0; round < 200; round++)
            {
                venue.Round();
            }

            Assert.Multiple(() =>
            {
                // Two trades a round, each told to both; ten cancels a round, and one order that found nobody.
                Assert.That(venue.Fills, Is.EqualTo(200 * 4));
                Assert.That(venue.Cancels, Is.EqualTo(200 * 11));
                Assert.That(venue.Refusals, Is.Zero);
                Assert.That(venue.ConservationError, Is.EqualTo(default(SubAtoms)));
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Its_directory_is_gone_and_its_time_is_bounded()
    {
        var parent = Directory.CreateTempSubdirectory("hftdelta-warm-test-").FullName;
        try
        {
            var result = WarmUp.Run(TimeSpan.FromMilliseconds(1), parent, CancellationToken.None);

            Assert.That(result.Commands, Is.Positive);
            Assert.That(Directory.EnumerateFileSystemEntries(parent), Is.Empty);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    /// <summary>Were the request not seen, it would take longer than a test may.</summary>
    [Test]
    public void A_request_to_end_ends_it_before_its_time()
    {
        var result = WarmUp.Run(TimeSpan.FromHours(1), Path.GetTempPath(), new CancellationToken(canceled: true));

        Assert.That(result.Commands, Is.Positive, "what was done until then is told");
    }

    [Test]
    public void A_directory_that_cannot_be_made_is_a_fault_of_the_disk()
    {
        var file = typeof(WarmUpTests).Assembly.Location;

        Assert.That(() => WarmUp.Run(TimeSpan.Zero, file, CancellationToken.None), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_venue_holds_the_same_state_whether_or_not_something_was_warmed_up_before_and_beside_it()
    {
        Assert.That(Trade(warms: true), Is.EqualTo(Trade(warms: false)));

        static (string State, string History) Trade(bool warms)
        {
            using var driver = VenueDriver.Trading(VenueDriver.SmallOptions());
            for (var index = 0; index < 10; index++)
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001 + index, 5);
                driver.Idle();
                if (warms)
                {
                    WarmUp.Run(TimeSpan.Zero, Path.GetTempPath(), CancellationToken.None);
                }
            }

            driver.Venue.Stop();
            return (driver.Venue.Processor.StateHash().ToString(), driver.Venue.Processor.HistoryHash.ToString());
        }
    }
}

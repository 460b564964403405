using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reports;
using HftDelta.Node;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Agents;
using HftDelta.Simulation.Storage;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>
/// A venue whose disk fills up while it runs: it says so, stands still, goes on, or ends; nothing acknowledged is lost.
/// </summary>
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FullDiskTests
{
    private const int OrdersMost = 40_000;

    private readonly List<string> _notices = [];
    private readonly VirtualStorage _storage = new();
    private ulong _acknowledged;

    [Test]
    public void A_full_disk_is_told_once_and_told_again_when_there_is_room()
    {
        using var driver = Trading(TimeSpan.FromMinutes(10));
        FillUp(driver);
        driver.Step(300);
        Assert.That(_notices, Has.Count.EqualTo(2), "a refusal, then that the journal stands still");
        Assert.That(_notices[0], Does.StartWith("warning HD2220: ").And.Contains("next: free space"));
        Assert.That(_notices[1], Does.StartWith("warning HD2220: ").And.Contains("stands still").And.Contains("600 s"));

        _storage.Faults.IsFull = false;
        for (var round = 0; round < 100 && driver.Venue.Agents.Journal.IsStalled; round++)
        {
            driver.Step(100);
        }

        driver.Step(200);
        Assert.That(_notices, Has.Count.EqualTo(3));
        Assert.That(_notices[2], Does.StartWith("HD2220 is over"));
        driver.Venue.Stop();
        Assert.That(JournalDescription.Of(_storage).LastSequence, Is.EqualTo(driver.Venue.LastSequence));
    }

    [Test]
    public void A_journal_that_stands_still_for_too_long_ends_the_process_with_its_own_code()
    {
        using var driver = Trading(TimeSpan.Zero);
        var error = Assert.Throws<JournalException>(() =>
        {
            FillUp(driver);
            driver.Step(1_000);
        });
        Assert.That(error.Fault, Is.EqualTo(JournalFault.NoSpace));
        var told = new StringWriter();
        var code = NodeFailure.Report(new AgentFailure("monitor", AgentPhase.DutyCycle, error), told);
        Assert.That(code, Is.EqualTo(ExitCode.NoSpace));
        Assert.That(told.ToString(), Does.StartWith("error HD2220: ").And.Contains("next:"));
        Assert.That(told.ToString(), Does.Not.Contain("   at "), "no stack trace: it is no bug");
    }

    [Test]
    public void A_stop_without_room_ends_in_order_and_loses_nothing_that_was_acknowledged()
    {
        using var driver = Trading(TimeSpan.FromMinutes(10));
        FillUp(driver);
        driver.Venue.Stop(TimeSpan.FromSeconds(20));
        _acknowledged += (ulong)driver.Received(VenueDriver.Maker).Count;

        var found = JournalDescription.Of(_storage);
        Assert.That(found.EndState, Is.EqualTo(HftDelta.Journal.Recovery.JournalEndState.Clean));
        Assert.That(found.LastSequence, Is.LessThan(driver.Venue.LastSequence), "some had no room");
        Assert.That(found.LastSequence, Is.EqualTo(SafeCursorFile.Read(_storage).Sequence), "all that has room went out");
        Assert.That(_notices[^1], Does.Contain("never acknowledged"));
        Assert.That(_acknowledged, Is.Positive);
        Assert.That(_acknowledged, Is.LessThanOrEqualTo((ulong)found.LastSequence.Value));
    }

    [Test]
    public void Waiting_without_room_can_be_cancelled_and_never_times_out()
    {
        using var driver = Trading(TimeSpan.FromMinutes(10));
        FillUp(driver);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.That(
            () => driver.Venue.Settle(TimeSpan.FromMilliseconds(1), cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        driver.Venue.Stop(TimeSpan.FromSeconds(20));
    }

    [Test]
    public void Without_room_for_the_next_segment_new_orders_are_refused_and_cancels_are_served()
    {
        using var driver = Trading(TimeSpan.FromMinutes(10));
        driver.Order(VenueDriver.Maker, Side.Sell, 1_010, 5);
        driver.Idle();
        var resting = AcceptedOf(driver.Received(VenueDriver.Maker));
        FillUp(driver, () => driver.Venue.Agents.Preparer.LastRefusal is not null);
        driver.Step(200);
        driver.Received(VenueDriver.Maker);

        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        driver.Idle();
        Assert.That(RejectOf(driver.Received(VenueDriver.Maker)), Is.EqualTo(RejectCode.JournalOutOfRoom));
        driver.Cancel(VenueDriver.Maker, resting);
        driver.Idle();
        var templates = driver.Received(VenueDriver.Maker).Select(each => each.TemplateId).ToList();
        Assert.That(templates, Does.Contain(OrderCanceledDecoder.TemplateId));

        _storage.Faults.IsFull = false;
        for (var round = 0; round < 100 && driver.Venue.Agents.Preparer.LastRefusal is not null; round++)
        {
            driver.Step(100);
        }

        driver.Step(200);
        driver.Received(VenueDriver.Maker);
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        driver.Idle();
        AcceptedOf(driver.Received(VenueDriver.Maker));
        driver.Venue.Stop();
        var found = JournalDescription.Of(_storage);
        Assert.That(found.LastSequence, Is.EqualTo(driver.Venue.LastSequence));

        // Opening replays and compares with every recorded state hash.
        Assert.That(() => new VenueDriver(VenueDriver.SmallOptions(), _storage.AfterKill()).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_venue_that_was_killed_without_room_takes_orders_again_when_there_is_room_at_its_start()
    {
        using var driver = Trading(TimeSpan.FromMinutes(10));
        FillUp(driver, () => driver.Venue.Agents.Preparer.LastRefusal is not null);
        driver.Step(200);
        using var again = new VenueDriver(VenueDriver.SmallOptions() with { OnNotice = _notices.Add }, _storage.AfterKill());
        again.ContinueFrom(driver);
        again.Venue.StartByHand();
        again.Idle();
        again.Order(VenueDriver.Maker, Side.Sell, 1_010, 5);
        again.Idle();
        AcceptedOf(again.Received(VenueDriver.Maker));
    }

    private static ulong AcceptedOf(List<(ushort TemplateId, byte[] Frame)> received)
    {
        var accepted = received.Last(each => each.TemplateId == OrderAcceptedDecoder.TemplateId);
        return OrderAcceptedDecoder.Trusted(accepted.Frame).OrderId;
    }

    private static RejectCode RejectOf(List<(ushort TemplateId, byte[] Frame)> received)
    {
        var rejected = received.Last(each => each.TemplateId == OrderRejectedDecoder.TemplateId);
        return OrderRejectedDecoder.Trusted(rejected.Frame).Code;
    }

    private VenueDriver Trading(TimeSpan stallMax) => VenueDriver.Trading(
        VenueDriver.SmallOptions() with { JournalStallMax = stallMax, OnNotice = _notices.Add }, _storage);

    /// <summary>Orders until the journal stands still.</summary>
    private void FillUp(VenueDriver driver)
    {
        FillUp(driver, () => driver.Venue.Agents.Journal.IsStalled);
        Assert.That(driver.Venue.Agents.Journal.IsStalled, Is.True);
    }

    private void FillUp(VenueDriver driver, Func<bool> isFull)
    {
        _storage.Faults.IsFull = true;
        for (var order = 0; order < OrdersMost && !isFull(); order++)
        {
            driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
            driver.Order(VenueDriver.Taker, Side.Buy, 1_001, 5);
            driver.Step(2);
            _acknowledged += (ulong)driver.Received(VenueDriver.Maker).Count;
            driver.Received(VenueDriver.Taker);
        }
    }
}

using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Reports;
using HftDelta.Node.Cli;
using HftDelta.Simulation.Storage;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>
/// A full disk and a client that insists on new orders: what is left of the segment serves the cancels of everybody else, to the
/// last resting order.
/// </summary>
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CancelReserveTests
{
    private const long ReserveBytes = 256 << 10;
    private const int RestingOrders = 1_500;
    private const int InsistingOrders = 20_000;
    private const int WaitingOrders = 200;

    private readonly List<string> _notices = [];
    private readonly VirtualStorage _storage = new();
    private readonly List<ulong> _resting = [];

    [Test]
    public void Cancels_of_all_resting_orders_succeed_however_many_new_orders_are_sent()
    {
        using var driver = Held(TimeSpan.FromMinutes(10));
        Assert.That(CancelAll(driver), Is.EqualTo(RestingOrders));
        Assert.That(driver.Venue.Agents.Journal.IsStalled, Is.False, "there was room for every cancel");
        driver.Venue.Stop();
    }

    [Test]
    public void Refused_orders_take_no_room_from_the_reserve()
    {
        using var driver = Held(TimeSpan.FromMinutes(10));
        var room = driver.Venue.Agents.Preparer.RoomBytes;
        var lastSequence = driver.Venue.LastSequence;
        driver.Step(1_000);
        Assert.That(driver.Venue.Agents.Preparer.RoomBytes, Is.EqualTo(room));
        Assert.That(driver.Venue.LastSequence, Is.EqualTo(lastSequence));
        Assert.That(driver.Received(VenueDriver.Maker), Is.Empty, "who is held back is not answered");

        // What is in the ring when the watch looks still goes in: no more than one cycle of each agent here.
        Assert.That(room, Is.GreaterThan(ReserveBytes * 9 / 10));
        driver.Venue.Stop();
    }

    [Test]
    public void Operators_are_served_from_the_reserve()
    {
        using var driver = Held(TimeSpan.FromMinutes(10));
        var before = driver.Venue.LastSequence.Value;
        driver.OpenAccount(21, 5_000);
        driver.Idle();
        Assert.That(driver.Venue.LastSequence.Value, Is.GreaterThanOrEqualTo(before + 3));
        driver.Venue.Stop();
    }

    [Test]
    public void The_reserve_is_told_once_and_what_waited_is_taken_when_there_is_room()
    {
        using var driver = Held(TimeSpan.FromMinutes(10));
        driver.Step(2_000);
        var told = _notices.FindAll(words => words.Contains("kept for cancels", StringComparison.Ordinal));
        Assert.That(told, Has.Count.EqualTo(1));
        Assert.That(told[0], Does.StartWith("warning HD2220: ").And.Contain("next: free space"));

        _storage.Faults.IsFull = false;
        StepUntil(driver, () => driver.Venue.Agents.Preparer.LastRefusal is null);
        driver.Step(300);
        driver.Idle();
        Assert.That(Templates(driver), Does.Contain(OrderAcceptedDecoder.TemplateId), "orders are orders again");
        driver.Venue.Stop();
        ProveJournal(driver);
    }

    [Test]
    public void A_reserve_that_is_used_up_is_told_and_the_venue_goes_on_when_there_is_room()
    {
        using var driver = Held(TimeSpan.FromMinutes(10));
        UseUp(driver);
        Assert.That(_notices[^1], Does.Contain("stands still"));
        _storage.Faults.IsFull = false;
        StepUntil(driver, () => !driver.Venue.Agents.Journal.IsStalled);
        driver.Step(300);
        Assert.That(_notices[^1], Does.StartWith("HD2220 is over"));
        driver.Idle();
        Assert.That(Templates(driver), Does.Contain(OrderAcceptedDecoder.TemplateId));
        driver.Venue.Stop();
        ProveJournal(driver);
    }

    [Test]
    public void A_reserve_that_is_used_up_ends_the_venue_in_order_after_the_stated_time()
    {
        using var driver = Held(TimeSpan.Zero);
        var error = Assert.Throws<JournalException>(() =>
        {
            UseUp(driver);
            driver.Step(1_000);
        });
        Assert.That(error.Fault, Is.EqualTo(JournalFault.NoSpace));
        Assert.That(JournalRecovery.Examine(_storage.AfterKill()).Error, Is.Null);
    }

    [Test]
    public void A_reserve_is_at_most_half_a_segment()
    {
        Assert.That(CancelReserveOption.BytesFor(null, 1 << 20), Is.EqualTo(256 << 10));
        Assert.That(CancelReserveOption.BytesFor(512 << 10, 1 << 20), Is.EqualTo(512 << 10));
        Assert.That(() => CancelReserveOption.BytesFor((512 << 10) + 1, 1 << 20), Throws.InstanceOf<OperatorException>());
        Assert.That(CancelReserveOption.Of(0.25), Is.EqualTo(256 << 10));
        Assert.That(() => CancelReserveOption.Of(-1), Throws.InstanceOf<OperatorException>());
    }

    /// <summary>
    /// A full disk, the taker's orders at rest, and a maker who has sent orders until none was taken any more and has some more
    /// waiting. The maker's ring is read before the taker's, so that it would be in the way.
    /// </summary>
    private VenueDriver Held(TimeSpan stallMax)
    {
        var options = VenueDriver.SmallOptions() with
        {
            JournalStallMax = stallMax, OnNotice = _notices.Add, CancelReserveBytes = ReserveBytes,
        };
        var driver = VenueDriver.Trading(options, _storage);
        for (var order = 0; order < RestingOrders; order++)
        {
            driver.Order(VenueDriver.Taker, Side.Sell, 1_010 + (order % 8), 1);
            driver.Step(2);
            Learn(driver);
        }

        driver.Idle();
        Learn(driver);
        Assert.That(_resting, Has.Count.EqualTo(RestingOrders));
        _storage.Faults.IsFull = true;
        for (var order = 0; order < InsistingOrders && !driver.Venue.Admission.IsHolding; order++)
        {
            driver.Order(VenueDriver.Maker, Side.Buy, 900, 1);
            driver.Step(2);
            driver.Received(VenueDriver.Maker);
        }

        Assert.That(driver.Venue.Admission.IsHolding, Is.True);
        driver.Idle();
        driver.Received(VenueDriver.Maker);
        for (var order = 0; order < WaitingOrders; order++)
        {
            driver.Order(VenueDriver.Maker, Side.Buy, 900, 1);
        }

        driver.Idle();
        return driver;
    }

    private void Learn(VenueDriver driver)
    {
        foreach (var (template, frame) in driver.Received(VenueDriver.Taker))
        {
            if (template == OrderAcceptedDecoder.TemplateId)
            {
                _resting.Add(OrderAcceptedDecoder.Trusted(frame).OrderId);
            }
        }
    }

    /// <returns>How many were cancelled.</returns>
    private int CancelAll(VenueDriver driver)
    {
        var cancelled = 0;
        foreach (var order in _resting)
        {
            driver.Cancel(VenueDriver.Taker, order);
            driver.Step(2);
            cancelled += driver.Received(VenueDriver.Taker).Count(each => each.TemplateId == OrderCanceledDecoder.TemplateId);
        }

        driver.Idle();
        return cancelled
            + driver.Received(VenueDriver.Taker).Count(each => each.TemplateId == OrderCanceledDecoder.TemplateId);
    }

    /// <summary>Cancels of nothing until the segment is full.</summary>
    private static void UseUp(VenueDriver driver)
    {
        for (var round = 0; round < InsistingOrders && !driver.Venue.Agents.Journal.IsStalled; round++)
        {
            driver.Cancel(VenueDriver.Taker, 1UL << 60);
            driver.Step(2);
            driver.Received(VenueDriver.Taker);
        }

        Assert.That(driver.Venue.Agents.Journal.IsStalled, Is.True);
        driver.Step(300);
    }

    private static void StepUntil(VenueDriver driver, Func<bool> isDone)
    {
        for (var round = 0; round < 20_000 && !isDone(); round++)
        {
            driver.Venue.Step();
        }

        Assert.That(isDone(), Is.True);
    }

    private static List<ushort> Templates(VenueDriver driver) =>
        [.. driver.Received(VenueDriver.Maker).Select(each => each.TemplateId)];

    private void ProveJournal(VenueDriver driver)
    {
        Assert.That(JournalDescription.Of(_storage).LastSequence, Is.EqualTo(driver.Venue.LastSequence));

        // Opening replays and compares with every recorded state hash.
        Assert.That(() => new VenueDriver(VenueDriver.SmallOptions(), _storage.AfterKill()).Dispose(), Throws.Nothing);
    }
}

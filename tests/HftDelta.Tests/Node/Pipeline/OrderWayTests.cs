using HftDelta.Gateway;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentState = HftDelta.Wire.InstrumentState;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>Orders through the whole house, stepped by hand on a virtual clock.</summary>
[CancelAfter(20_000)]
internal sealed class OrderWayTests
{
    [Test]
    public void An_order_goes_in_and_its_report_comes_out()
    {
        using var driver = VenueDriver.Trading();

        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        driver.Idle();
        driver.Order(VenueDriver.Taker, Side.Buy, 1_001, 2);
        driver.Idle();

        ushort[] acceptedAndFilled = [OrderAcceptedDecoder.TemplateId, OrderFilledDecoder.TemplateId];
        Assert.That(driver.Received(VenueDriver.Taker).Select(one => one.TemplateId).ToArray(), Is.EqualTo(acceptedAndFilled));
        Assert.That(driver.Received(VenueDriver.Maker).Select(one => one.TemplateId).ToArray(), Is.EqualTo(acceptedAndFilled));
        Assert.That(
            driver.Venue.Processor.View.Position(new AccountId(VenueDriver.Taker), new InstrumentId(1)).Value, Is.EqualTo(2));
    }

    [Test]
    public void A_report_is_held_back_while_the_journal_lags_behind_the_engine()
    {
        using var driver = VenueDriver.Trading();
        var agents = driver.Venue.Agents;
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        for (var round = 0; round < 5; round++)
        {
            agents.Ingress.DoWork();
            agents.Engine.DoWork();
            agents.Egress.DoWork();
        }

        Assert.That(driver.Venue.Processor.View.OrderCount, Is.EqualTo(1), "the engine has applied it");
        Assert.That(driver.Received(VenueDriver.Maker), Is.Empty);

        agents.Journal.DoWork();
        agents.Egress.DoWork();
        Assert.That(driver.Received(VenueDriver.Maker), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_report_waits_for_the_device_where_durable_means_the_device()
    {
        using var driver = VenueDriver.Trading(
            VenueDriver.SmallOptions() with { Durability = HftDelta.Journal.Writing.DurabilityMode.Disk });
        var agents = driver.Venue.Agents;
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        for (var round = 0; round < 3; round++)
        {
            agents.Ingress.DoWork();
            agents.Journal.DoWork();
            agents.Engine.DoWork();
            agents.Egress.DoWork();
        }

        Assert.That(driver.Received(VenueDriver.Maker), Is.Empty);
        agents.Sync!.DoWork();
        agents.Egress.DoWork();
        Assert.That(driver.Received(VenueDriver.Maker), Has.Count.EqualTo(1));
    }

    [Test]
    public void An_internal_template_from_a_client_does_nothing_but_count()
    {
        using var driver = VenueDriver.Trading();
        var before = driver.Venue.LastSequence;
        var deposit = new byte[DepositDecoder.FrameLength];
        DepositEncoder.Wrap(deposit).SetAccountId(VenueDriver.Taker).SetAmount(1_000_000).SetDepositId(999);
        driver.SendRaw(VenueDriver.Taker, deposit);
        driver.Idle();

        Assert.That(driver.Venue.LastSequence, Is.EqualTo(before));
        Assert.That(driver.Venue.IngressCounters.Of(FrameResult.InternalTemplate).Value, Is.EqualTo(1));
        Assert.That(
            driver.Venue.Processor.View.Cash(new AccountId(VenueDriver.Taker)).Value, Is.EqualTo(1_000_000_000));
    }

    [Test]
    public void A_gap_is_told_and_the_request_behind_it_is_not_executed()
    {
        using var driver = VenueDriver.Trading();
        driver.Order(VenueDriver.Taker, Side.Buy, 990, 1, sequence: 3);
        driver.Idle();

        var (template, frame) = driver.Received(VenueDriver.Taker).Single();
        Assert.That(template, Is.EqualTo(NotAppliedDecoder.TemplateId));
        Assert.That(NotAppliedDecoder.Trusted(frame).FromSequence, Is.EqualTo(1));
        Assert.That(driver.Venue.Processor.View.OrderCount, Is.Zero);
    }

    [Test]
    public void A_duplicate_is_answered_and_not_executed_again()
    {
        using var driver = VenueDriver.Trading();
        driver.Order(VenueDriver.Taker, Side.Buy, 990, 1);
        driver.Idle();
        driver.Order(VenueDriver.Taker, Side.Buy, 990, 1, sequence: 1);
        driver.Idle();

        Assert.That(
            driver.Received(VenueDriver.Taker).Select(one => one.TemplateId).ToArray(),
            Is.EqualTo(new[] { OrderAcceptedDecoder.TemplateId, RequestOutcomeDecoder.TemplateId }));
        Assert.That(driver.Venue.Processor.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void Quiet_time_fires_an_expiry()
    {
        using var driver = VenueDriver.Trading();
        driver.ListCall(2, 1_000, driver.Clock.Now.Value + (100 * VenueDriver.Second));
        driver.Idle();
        Assert.That(driver.Venue.Processor.View.InstrumentState(new InstrumentId(2)), Is.EqualTo(InstrumentState.Open));

        driver.Clock.Advance(99 * VenueDriver.Second);
        driver.Idle();
        Assert.That(driver.Venue.Processor.View.InstrumentState(new InstrumentId(2)), Is.EqualTo(InstrumentState.Open));
        driver.Clock.Advance(11 * VenueDriver.Second);
        driver.Idle();
        Assert.That(
            driver.Venue.Processor.View.InstrumentState(new InstrumentId(2)),
            Is.EqualTo(InstrumentState.Removed), "expired, and nobody held it");
    }

    [Test]
    public void Quiet_time_cancels_an_order_that_is_good_till_a_date()
    {
        using var driver = VenueDriver.Trading();
        driver.Order(VenueDriver.Maker, Side.Buy, 990, 1, expireTime: driver.Clock.Now.Value + (20 * VenueDriver.Second));
        driver.Idle();
        driver.Received(VenueDriver.Maker);
        driver.Clock.Advance(30 * VenueDriver.Second);
        driver.Idle();

        var (template, frame) = driver.Received(VenueDriver.Maker).Single();
        Assert.That(template, Is.EqualTo(OrderCanceledDecoder.TemplateId));
        Assert.That(OrderCanceledDecoder.Trusted(frame).Reason, Is.EqualTo(CancelReason.GoodTillDateReached));
    }

    [Test]
    public void Risk_inputs_are_computed_beside_the_engine_and_installed_by_their_marker()
    {
        using var driver = VenueDriver.Trading();
        driver.ListCall(2, 1_000, driver.Clock.Now.Value + (90 * 86_400 * VenueDriver.Second));
        driver.Idle();
        var before = driver.Venue.Processor.View.Delta(new InstrumentId(2)).Value;
        driver.Oracle(1_100);
        driver.Idle();

        Assert.That(driver.Venue.Processor.IsRiskOutstanding, Is.False);
        Assert.That(driver.Venue.Processor.View.Delta(new InstrumentId(2)).Value, Is.GreaterThan(before));
        Assert.That(driver.Venue.Processor.View.SettlementPrice(new InstrumentId(2)).Value, Is.EqualTo(1_100));
    }

    [Test]
    public void A_client_that_reads_nothing_is_cut_and_loses_its_orders_and_the_venue_goes_on()
    {
        using var driver = VenueDriver.Trading(VenueDriver.SmallOptions() with { ConnectionSlots = 32 });
        for (var index = 0; index < 40; index++)
        {
            driver.Order(VenueDriver.Maker, Side.Buy, 900 - index, 1);
            driver.Step(3);
        }

        driver.Idle();
        Assert.That(driver.ConnectionOf(VenueDriver.Maker).IsCut, Is.True);
        Assert.That(driver.Venue.Processor.View.OrderCount, Is.Zero, "its session asked for cancel on disconnect");
        driver.Order(VenueDriver.Taker, Side.Buy, 900, 1);
        driver.Idle();
        Assert.That(driver.Received(VenueDriver.Taker), Has.Count.EqualTo(1));
    }

    [Test]
    public void Public_data_reaches_a_listener()
    {
        using var driver = VenueDriver.Trading();
        var listener = driver.Venue.Connect(SessionHandle.None, HftDelta.Gateway.Connections.ConnectionInterests.MarketData);
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        driver.Idle();

        var (template, frame) = VenueDriver.Received(listener).Single();
        Assert.That(template, Is.EqualTo(BookTopDecoder.TemplateId));
        Assert.That(BookTopDecoder.Trusted(frame).AskPrice, Is.EqualTo(1_001));
    }

    [Test]
    public void A_connection_is_a_clients_or_an_oracle_sources() =>
        Assert.That(
            () =>
            {
                using var driver = new VenueDriver();
                driver.Venue.Connect(new SessionHandle(1), source: RecordSource.Operator);
            },
            Throws.InstanceOf<ArgumentOutOfRangeException>());
}

using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client;

[CancelAfter(20_000)]
internal sealed class OutcomeTests
{
    private static readonly InstrumentId Instrument = new(1);

    [Test]
    public void An_order_is_encoded_with_its_number_name_deadline_and_terms()
    {
        using var world = new ClientWorld(options => options with { RequestLifetimeNanos = 5_000_000 }).Establish();
        var now = world.Clock.Now.Value;
        var sent = world.Send(ClientWorld.Order(Side.Sell, 101, 7) with { Flags = ExecutionFlags.PostOnly });
        var order = NewOrderSingleDecoder.Trusted(world.Venue.Last(NewOrderSingleDecoder.TemplateId).Frame);
        Assert.That(order.Header.SessionHandle, Is.EqualTo(ScriptedVenue.Handle));
        Assert.That(order.Header.Sequence, Is.EqualTo(1));
        Assert.That(order.Header.SendingTime, Is.EqualTo(now));
        Assert.That(order.Header.Deadline, Is.EqualTo(now + 5_000_000));
        Assert.That(order.AccountId, Is.EqualTo(ScriptedVenue.Account));
        Assert.That(order.ClientOrderId, Is.EqualTo(sent.Order.Value));
        Assert.That((order.Price, order.Quantity), Is.EqualTo((101, 7)));
        Assert.That(order.Side, Is.EqualTo((HftDelta.Wire.Side)Side.Sell));
        Assert.That(order.ExecutionFlags, Is.EqualTo(ExecutionFlags.PostOnly));
        Assert.That(order.OrderType, Is.EqualTo(OrderType.Limit));
    }

    [Test]
    public void Each_kind_of_report_ends_its_request_and_the_rest_are_events()
    {
        using var world = new ClientWorld().Establish();
        var order = world.Send();
        world.Venue.Accepted(request: 1, order: 900);
        world.Venue.Filled(900, order.Order.Value, lots: 4, leaves: 6, request: 1);
        world.Until(() => world.Told.Outcomes.Count == 1);
        var replaced = world.Client.Orders.Replace(new ReplaceTerms
        {
            Instrument = Instrument, OrderId = new OrderId(900), Price = new PriceTicks(99), Quantity = new QuantityLots(10),
        });
        world.Client.Orders.Cancel(Instrument, replaced.Order);
        world.Client.Orders.Cancel(Instrument, new OrderId(901));
        world.Send();
        world.Venue.Replaced(2, 900, replaced.Order.Value, order.Order.Value);
        world.Venue.Canceled(900, replaced.Order.Value, CancelReason.Requested, request: 3);
        world.Venue.Report(0, 4, buffer => OrderCancelRejectedEncoder.Wrap(buffer).SetCode(RejectCode.UnknownOrder)
            .SetOrderId(901).EncodedLength);
        world.Venue.Rejected(5, RejectCode.PositionLimit, limit: 77);
        world.Venue.Report(0, 5, buffer => AccountSettledEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account)
            .SetAmount(-12).EncodedLength);
        world.Venue.Canceled(902, 1, CancelReason.InstrumentExpired, request: 5);
        world.Until(() => world.Told.OrderLines.Count() == 8);
        Assert.That(
            world.Told.OrderLines,
            Is.EqualTo(new[]
            {
                "outcome 1 Accepted order 900 code 0", "fill 2 order 900 lots 4 leaves 6",
                "outcome 2 Replaced order 900 code 0", "outcome 3 Canceled order 900 code 0",
                "outcome 4 Rejected order 901 code 15", "outcome 5 Rejected order 0 code 23", "settled 7 amount -12",
                "canceled 8 order 902 InstrumentExpired",
            }));
        Assert.That(world.Told.Outcomes[4].Limit, Is.EqualTo(77));
        Assert.That(world.Told.Outcomes[1].Order, Is.EqualTo(replaced.Order));
        Assert.That(world.Client.Orders.Outstanding, Is.Zero);
    }

    [Test]
    public void A_fill_by_somebody_else_does_not_end_the_request_whose_number_it_carries()
    {
        using var world = new ClientWorld().Establish();
        world.Send();
        world.Venue.Filled(800, 5, lots: 1, leaves: 0, request: 1);
        world.Pass(1_000_000);
        Assert.That(world.Told.Outcomes, Is.Empty);
    }

    [Test]
    public void A_passed_deadline_is_certainly_not_applied()
    {
        using var world = new ClientWorld().Establish();
        world.Send();
        world.Venue.Rejected(1, RejectCode.DeadlinePassed);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Told.Outcomes[0].Kind, Is.EqualTo(OutcomeKind.NotApplied));
        Assert.That(world.Told.Outcomes[0].IsApplied, Is.False);
    }

    [Test]
    public void After_lost_reports_an_oracle_report_is_asked_about_and_not_taken_for_accepted()
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 50_000_000 }).Establish();
        Report(world, 1);
        Report(world, 2);
        world.Send();
        world.Until(() => world.Venue.Requests.Count() == 3);

        // The refusal of the first was report 1, and the venue does not keep it any more.
        world.Venue.Accepted(request: 3, order: 900, sequence: 2);
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 1);
        world.Venue.Answer(buffer => RetransmitRejectedEncoder.Wrap(buffer).SetCode(SessionRejectCode.RangeNotAvailable)
            .SetAvailableFrom(2).SetAvailableTo(2).EncodedLength);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Report(world, 3);
        world.Until(() => world.Venue.Requests.Contains((2UL, true)), what: "it is asked about");
        world.Venue.Outcome(request: 1, order: 0, RejectCode.UnknownInstrument);
        world.Venue.Outcome(request: 2, order: 0);
        world.Until(() => world.Told.Outcomes.Count == 3);
        world.Send();
        world.Venue.Accepted(request: 5, order: 901);
        world.Until(() => world.Told.Outcomes.Count == 5);
        Assert.That(
            world.Told.Outcomes.Select(outcome => (outcome.Request.Value, outcome.Kind)),
            Is.EqualTo(new[]
            {
                (3UL, OutcomeKind.Accepted), (1UL, OutcomeKind.Rejected), (2UL, OutcomeKind.Accepted),
                (4UL, OutcomeKind.Accepted), (5UL, OutcomeKind.Accepted),
            }));
    }

    [Test]
    public void Tags_and_times_come_back_with_the_outcome()
    {
        using var world = new ClientWorld().Establish();
        var meant = new TimeNanos(world.Clock.Now.Value - 3_000_000);
        var called = world.Clock.Now;
        world.Client.Orders.NewOrder(ClientWorld.Order(), new CallNote(new RequestTag(42), meant));
        world.Pass(1_000_000);
        world.Venue.Accepted(request: 1, order: 900);
        world.Until(() => world.Told.Outcomes.Count == 1);
        var outcome = world.Told.Outcomes[0];
        Assert.That(outcome.Tag.Value, Is.EqualTo(42));
        Assert.That(outcome.WireNanos, Is.EqualTo(world.Clock.Now.Value - called.Value));
        Assert.That((ulong)outcome.Command.Value, Is.EqualTo(ScriptedVenue.CommandOf(1)));
        Assert.That(outcome.SinceIntendedNanos, Is.EqualTo(outcome.WireNanos + 3_000_000));
    }

    [Test]
    public void A_full_window_refuses_until_the_oldest_request_has_its_outcome()
    {
        using var world = new ClientWorld(options => options with { WindowRequests = 4 }).Establish();
        for (var count = 0; count < 4; count++)
        {
            world.Send();
        }

        Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).Code, Is.EqualTo(SubmitCode.WindowFull));
        world.Venue.Accepted(request: 2, order: 902);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).Code, Is.EqualTo(SubmitCode.WindowFull));
        world.Venue.Accepted(request: 1, order: 901);
        world.Until(() => world.Told.Outcomes.Count == 2);
        Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).Request.Value, Is.EqualTo(5));
    }

    [Test]
    public void Calls_in_callbacks_are_taken()
    {
        using var world = new ClientWorld().Establish();
        world.Told.WhenOutcome = outcome =>
        {
            if (outcome.Request.Value < 5)
            {
                Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).IsSent);
            }
        };
        world.Send();
        for (ulong request = 1; request <= 5; request++)
        {
            world.Until(() => (ulong)world.Venue.Requests.Count() >= request);
            world.Venue.Accepted(request, order: 900 + request);
        }

        world.Until(() => world.Told.Outcomes.Count == 5);
        Assert.That(world.Venue.Requests.Select(request => request.Sequence), Is.EqualTo(new ulong[] { 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void Oracle_reports_are_taken_silently_refused_by_report_and_asked_about_when_nothing_follows()
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 20_000_000 }).Establish();
        for (ulong count = 1; count <= 3; count++)
        {
            Report(world, count);
        }

        world.Until(() => world.Venue.Count(OracleReportDecoder.TemplateId) == 3);
        world.Venue.Report(0, 2, buffer => OracleReportRefusedEncoder.Wrap(buffer).SetCode(RejectCode.OracleReportStale)
            .EncodedLength);
        world.Until(() => world.Told.Outcomes.Count == 2);
        Assert.That(
            world.Told.OrderLines,
            Is.EqualTo(new[] { "outcome 1 Accepted order 0 code 0", "outcome 2 Rejected order 0 code 27" }));
        world.Until(() => world.Venue.Requests.Contains((3UL, true)), what: "the third is asked about");
        world.Venue.Outcome(request: 3, order: 0);
        world.Until(() => world.Told.Outcomes.Count == 3);
        Assert.That(world.Told.Outcomes[2].Kind, Is.EqualTo(OutcomeKind.Accepted));
        Assert.That(world.Told.Outcomes[2].IsRecovered);
    }

    [Test]
    public void A_signature_that_does_not_fit_is_refused_here()
    {
        using var world = new ClientWorld().Establish();
        var refused = world.Client.Orders.ReportPrice(OracleTerms(1), new byte[1_344]);
        Assert.That(refused.Code, Is.EqualTo(SubmitCode.TooLong));
        Assert.That(world.Client.Orders.ReportPrice(OracleTerms(1), new byte[65]).Request.Value, Is.EqualTo(1));
        world.Until(() => world.Venue.Count(OracleReportDecoder.TemplateId) == 1);
        var report = OracleReportDecoder.Trusted(world.Venue.Last(OracleReportDecoder.TemplateId).Frame);
        Assert.That(report.Signature.Length, Is.EqualTo(65));
        Assert.That((report.SourceId, report.UnderlyingId, report.Price), Is.EqualTo((2, 1, 6_000_000)));
    }

    [Test]
    public void A_venue_that_stops_taking_is_a_refusal_and_the_numbers_stay_without_gap()
    {
        using var world = new ClientWorld(options => options with { WindowRequests = 1_024 }).Establish();
        SubmitCode code;
        var sent = 0;
        do
        {
            code = world.Client.Orders.NewOrder(ClientWorld.Order()).Code;
            sent += code == SubmitCode.Sent ? 1 : 0;
            world.Client.DoWork();
        }
        while (code == SubmitCode.Sent);

        Assert.That(code, Is.EqualTo(SubmitCode.BackPressured));
        Assert.That(sent, Is.InRange(50, 1_000));
        world.Until(() => world.Venue.Requests.Count() == sent, what: "the venue reads again");
        Assert.That(
            world.Venue.Requests.Select(request => (int)request.Sequence), Is.EqualTo(Enumerable.Range(1, sent)));
        Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).Request.Value, Is.EqualTo((ulong)sent + 1));
        Assert.That(world.Client.State, Is.EqualTo(ConnectionState.Established));
    }

    private static void Report(ClientWorld world, ulong count) =>
        Assert.That(world.Client.Orders.ReportPrice(OracleTerms(count), default).IsSent);

    private static OracleTerms OracleTerms(ulong count) => new()
    {
        Underlying = new UnderlyingId(1),
        Source = 2,
        SourceSequence = count,
        SourceTime = new TimeNanos(count),
        Price = new PriceTicks(6_000_000),
    };
}

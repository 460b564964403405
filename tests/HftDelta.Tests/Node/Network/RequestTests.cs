using HftDelta.Gateway;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Network;

/// <summary>Request numbers: what comes once, twice, too early or not at all.</summary>
[CancelAfter(60_000)]
internal sealed class RequestTests
{
    [Test]
    public void What_follows_a_gap_is_not_applied_and_the_gap_is_told_once()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        client.Order(Side.Buy, 990, 1, sequence: 1);
        client.Order(Side.Buy, 990, 1, sequence: 4);
        client.Order(Side.Buy, 990, 1, sequence: 5);
        rig.Until(() => client.Has(NotAppliedDecoder.TemplateId), "the gap");
        rig.Steps(50);

        var told = NotAppliedDecoder.Trusted(client.All(NotAppliedDecoder.TemplateId).Single());
        Assert.That((told.FromSequence, told.Count_), Is.EqualTo((2UL, 2UL)));
        Assert.That(told.Header.RequestSequence, Is.EqualTo(1));
        Assert.That(client.CountOf(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Assert.That(
            client.Received.FindIndex(one => one.TemplateId == NotAppliedDecoder.TemplateId),
            Is.GreaterThan(client.Received.FindIndex(one => one.TemplateId == OrderAcceptedDecoder.TemplateId)),
            "behind the reports of what came before the gap");

        for (ulong sequence = 2; sequence <= 5; sequence++)
        {
            client.Order(Side.Buy, 990, 1, sequence);
        }

        rig.Until(() => client.CountOf(OrderAcceptedDecoder.TemplateId) == 5, "the rest");
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(5));
    }

    [Test]
    public void A_gap_at_the_tail_shows_in_the_next_notice()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        client.Notice(nextSequence: 1);
        rig.Steps(50);
        Assert.That(client.Has(NotAppliedDecoder.TemplateId), Is.False);

        client.Notice(nextSequence: 4);
        client.Notice(nextSequence: 4);
        rig.Until(() => client.Has(NotAppliedDecoder.TemplateId), "the gap");
        var told = NotAppliedDecoder.Trusted(client.Last(NotAppliedDecoder.TemplateId));
        Assert.That((told.FromSequence, told.Count_), Is.EqualTo((1UL, 3UL)));
    }

    [Test]
    public void A_duplicate_is_answered_behind_the_reports_of_the_original_and_not_applied_again()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        client.Order(Side.Buy, 990, 1, sequence: 1);
        client.Order(Side.Buy, 990, 1, sequence: 1);
        rig.Until(() => client.Has(RequestOutcomeDecoder.TemplateId), "the outcome");

        Assert.That(
            client.Received.Select(one => one.TemplateId).TakeLast(2),
            Is.EqualTo(new[] { OrderAcceptedDecoder.TemplateId, RequestOutcomeDecoder.TemplateId }));
        var accepted = OrderAcceptedDecoder.Trusted(client.Last(OrderAcceptedDecoder.TemplateId));
        var outcome = RequestOutcomeDecoder.Trusted(client.Last(RequestOutcomeDecoder.TemplateId));
        Assert.That(outcome.Known, Is.EqualTo(1));
        Assert.That(outcome.OrderId, Is.EqualTo(accepted.OrderId));
        Assert.That(outcome.RejectCode, Is.Zero);
        Assert.That(outcome.Header.RequestSequence, Is.EqualTo(1));
        Assert.That(outcome.Header.Sequence, Is.Zero);
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(1));
        Assert.That(rig.Venue.IngressCounters.Of(FrameResult.Duplicate).Value, Is.EqualTo(1));
    }

    [Test]
    public void Egress_knows_the_outcome_of_every_kind_of_request_as_the_engine_does_also_after_a_restart()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        SendOneOfEach(client);
        rig.Until(() => rig.Venue.Processor.View.TryGetOutcome(new SessionHandle(client.Handle), 8, out _, out _), "all");
        var expected = EngineOutcomes(rig, client, 8);
        Assert.That(expected.Select(one => one.Code).Distinct().Count(), Is.GreaterThan(3), "the requests differ");
        AssertOutcomes(rig, client, expected);

        using var after = new NetworkRig(storage: rig.Crash(), clock: rig.Clock);
        var back = after.Client(NetworkRig.Alice, 1);
        after.Establish(back);
        Assert.That(back.NextRequest, Is.EqualTo(9));
        AssertOutcomes(after, back, expected);
    }

    [Test]
    public void An_oracle_report_that_was_accepted_has_an_outcome_though_no_report_tells_it()
    {
        using var rig = NetworkRig.Trading();
        var oracle = rig.Established(NetworkRig.OracleKey, 9);
        var first = OracleFrame(rig, oracle, 1);
        oracle.Send(first);
        oracle.Send(first);
        rig.Until(() => oracle.Has(RequestOutcomeDecoder.TemplateId), "the outcome");

        var outcome = RequestOutcomeDecoder.Trusted(oracle.Last(RequestOutcomeDecoder.TemplateId));
        Assert.That((outcome.Known, outcome.OrderId, outcome.RejectCode), Is.EqualTo(((byte)1, 0UL, (ushort)0)));
        Assert.That(oracle.Has(OracleReportRefusedDecoder.TemplateId), Is.False);
    }

    [Test]
    public void An_outcome_that_is_no_longer_kept_is_answered_so()
    {
        using var rig = NetworkRig.Trading(
            options => options with { Limits = options.Limits with { OutcomesPerSession = 4 } });
        var client = rig.Established(NetworkRig.Alice, 1);
        for (var count = 0; count < 5; count++)
        {
            client.Order(Side.Buy, 990, 1);
        }

        client.Order(Side.Buy, 990, 1, sequence: 1);
        client.Order(Side.Buy, 990, 1, sequence: 2);
        rig.Until(() => client.CountOf(RequestOutcomeDecoder.TemplateId) == 2, "the outcomes");
        var known = client.All(RequestOutcomeDecoder.TemplateId)
            .Select(frame => RequestOutcomeDecoder.Trusted(frame).Known);
        Assert.That(known, Is.EqualTo(new byte[] { 0, 1 }));
    }

    [Test]
    public void A_client_within_the_process_has_its_duplicates_answered_with_their_outcomes_too()
    {
        using var driver = VenueDriver.Trading();
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        driver.Idle();
        var accepted = OrderAcceptedDecoder.Trusted(driver.Received(VenueDriver.Maker).Single().Frame);
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5, sequence: 1);
        driver.Idle();

        var (templateId, frame) = driver.Received(VenueDriver.Maker).Single();
        Assert.That(templateId, Is.EqualTo(RequestOutcomeDecoder.TemplateId));
        Assert.That(RequestOutcomeDecoder.Trusted(frame).OrderId, Is.EqualTo(accepted.OrderId));
        Assert.That(RequestOutcomeDecoder.Trusted(frame).Known, Is.EqualTo(1));
    }

    [Test]
    public void Another_sessions_handle_in_a_request_ends_the_connection_and_touches_no_one_else()
    {
        using var rig = NetworkRig.Trading();
        var victim = rig.Established(NetworkRig.Bob, 2);
        var client = rig.Established(NetworkRig.Alice, 1);
        client.Handle = victim.Handle;
        client.Order(Side.Buy, 990, 1, sequence: 1);
        rig.Until(() => client.Has(TerminateDecoder.TemplateId), "the end");

        Assert.That(
            TerminateDecoder.Trusted(client.Last(TerminateDecoder.TemplateId)).Code, Is.EqualTo(SessionRejectCode.Malformed));
        victim.Order(Side.Buy, 990, 1, sequence: 1);
        rig.Until(() => victim.Has(OrderAcceptedDecoder.TemplateId), "the victim's own order");
    }

    /// <summary>Eight requests: accepted, traded at once, replaced, canceled, and refused in several ways.</summary>
    private static void SendOneOfEach(RawClient client)
    {
        client.Order(Side.Buy, 990, 2);
        client.Order(Side.Buy, 0, 1);
        client.Order(Side.Buy, 980, 1, lifetime: TimeInForce.ImmediateOrCancel);
        client.Send(Replace(client, original: 1, price: 991));
        client.Send(Cancel(client, original: 77));
        client.Send(Cancel(client, original: 4));
        client.Send(Replace(client, original: 4, price: 991));
        client.Order(Side.Buy, 990, 1_000_000_000);
    }

    private static byte[] Replace(RawClient client, ulong original, long price)
    {
        var frame = new byte[OrderReplaceRequestDecoder.FrameLength];
        var number = client.NextRequest++;
        var message = OrderReplaceRequestEncoder.Wrap(frame);
        message.Header.SetSessionHandle(client.Handle).SetSequence(number);
        message.SetAccountId(client.Key).SetInstrumentId(1).SetOriginalClientOrderId(original).SetClientOrderId(number)
            .SetPrice(price).SetQuantity(3);
        return frame;
    }

    private static byte[] Cancel(RawClient client, ulong original)
    {
        var frame = new byte[OrderCancelRequestDecoder.FrameLength];
        var number = client.NextRequest++;
        var message = OrderCancelRequestEncoder.Wrap(frame);
        message.Header.SetSessionHandle(client.Handle).SetSequence(number);
        message.SetAccountId(client.Key).SetInstrumentId(1).SetOriginalClientOrderId(original).SetClientOrderId(number);
        return frame;
    }

    private static byte[] OracleFrame(NetworkRig rig, RawClient oracle, ulong sequence)
    {
        var buffer = new byte[256];
        var message = OracleReportEncoder.Wrap(buffer);
        message.Header.SetSessionHandle(oracle.Handle).SetSequence(sequence);
        return buffer[..message.SetSourceId(2).SetUnderlyingId(1).SetSourceSequence(sequence)
            .SetSourceTime(rig.Clock.Now.Value).SetPrice(1_000).SetSignature([]).EncodedLength];
    }

    private static (ulong Order, ushort Code)[] EngineOutcomes(NetworkRig rig, RawClient client, int count)
    {
        var outcomes = new (ulong, ushort)[count];
        for (var request = 1; request <= count; request++)
        {
            Assert.That(
                rig.Venue.Processor.View.TryGetOutcome(
                    new SessionHandle(client.Handle), (ulong)request, out var order, out var code),
                Is.True);
            outcomes[request - 1] = (order.Value, (ushort)code);
        }

        return outcomes;
    }

    private static void AssertOutcomes(NetworkRig rig, RawClient client, (ulong Order, ushort Code)[] expected)
    {
        client.Received.Clear();
        for (var request = 1; request <= expected.Length; request++)
        {
            client.Order(Side.Buy, 990, 1, (ulong)request);
        }

        rig.Until(() => client.CountOf(RequestOutcomeDecoder.TemplateId) == expected.Length, "the outcomes");
        Assert.That(
            client.All(RequestOutcomeDecoder.TemplateId).Select(OutcomeOf),
            Is.EqualTo(expected.Select((one, index) => ((ulong)index + 1, (byte)1, one.Order, one.Code))));
    }

    private static (ulong Request, byte Known, ulong Order, ushort Code) OutcomeOf(byte[] frame)
    {
        var outcome = RequestOutcomeDecoder.Trusted(frame);
        return (outcome.RequestSequence, outcome.Known, outcome.OrderId, outcome.RejectCode);
    }
}

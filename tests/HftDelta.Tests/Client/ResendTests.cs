using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

/// <summary>Whatever a connection loses, each request keeps its number and its bytes and ends once.</summary>
[CancelAfter(20_000)]
internal sealed class ResendTests
{
    [Test]
    public void What_the_venue_lacks_is_sent_again_in_order_with_its_bytes_before_anything_new()
    {
        using var world = new ClientWorld(AskLate).Establish();
        for (var count = 0; count < 5; count++)
        {
            world.Send();
        }

        var before = Frames(world);
        world.Venue.Hangup();
        world.Venue.NextRequest = 3;
        world.Until(() => world.Client.State == ConnectionState.Disconnected);
        world.Establish();
        Assert.That(world.Client.Orders.NewOrder(ClientWorld.Order()).Code, Is.EqualTo(SubmitCode.Sent));
        world.Until(() => world.Venue.Requests.Count() >= 11);
        Assert.That(world.Venue.Requests.Skip(5).Take(3), Is.EqualTo(new[] { (3UL, true), (4UL, true), (5UL, true) }));
        Assert.That(world.Venue.Requests.Skip(8), Is.EquivalentTo(new[] { (1UL, true), (2UL, true), (6UL, false) }));
        for (ulong sequence = 3; sequence <= 5; sequence++)
        {
            Assert.That(WithoutFlags(Frames(world)[^1]), Has.Length.EqualTo(before[0].Length));
            var again = world.Venue.Heard.Last(heard => heard.IsRequest && heard.Header.Sequence == sequence).Frame;
            Assert.That(WithoutFlags(again), Is.EqualTo(WithoutFlags(before[(int)sequence - 1])));
        }
    }

    [Test]
    public void What_the_venue_has_is_asked_about_after_the_missing_reports_came()
    {
        using var world = new ClientWorld(AskLate).Establish();
        world.Send();
        world.Send();
        world.Venue.Hangup();
        world.Venue.NextRequest = 3;
        world.Venue.NextReport = 2;
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 1);
        world.Pass(300_000_000);
        Assert.That(world.Venue.Requests.Count(), Is.EqualTo(2), "no question overtakes the reports");
        world.Venue.Accepted(request: 1, order: 901, sequence: 1);
        world.Until(() => world.Venue.Requests.Count() == 3);
        Assert.That(world.Venue.Requests.Last(), Is.EqualTo((2UL, true)));
        world.Venue.Outcome(request: 2, order: 902);
        world.Until(() => world.Told.Outcomes.Count == 2);
        Assert.That(
            world.Told.OrderLines,
            Is.EqualTo(new[]
            {
                "outcome 1 Accepted order 901 code 0", "healed 1 to 1", "outcome 2 Accepted order 902 code 0",
            }));
        Assert.That(world.Told.Outcomes.Select(outcome => outcome.IsRecovered), Is.EqualTo(new[] { false, true }));
    }

    [Test]
    public void An_answer_and_the_report_itself_make_one_outcome()
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 10_000_000 }).Establish();
        world.Send();
        world.Until(() => world.Venue.Requests.Count() == 3, what: "asked twice");
        world.Venue.Outcome(request: 1, order: 901);
        world.Venue.Outcome(request: 1, order: 901);
        world.Venue.Accepted(request: 1, order: 901);
        world.Pass(50_000_000);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[] { "outcome 1 Accepted order 901 code 0" }));
        Assert.That(world.Venue.Requests.Count(), Is.LessThan(6), "nothing is asked about after its outcome");
    }

    [TestCase(nameof(OutcomeKind.Canceled))]
    [TestCase(nameof(OutcomeKind.Replaced))]
    [TestCase(nameof(OutcomeKind.Rejected))]
    [TestCase(nameof(OutcomeKind.NotApplied))]
    [TestCase(nameof(OutcomeKind.Unknown))]
    public void An_answer_says_what_the_request_was(string kind)
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 10_000_000 }).Establish();
        var instrument = new InstrumentId(1);
        var sent = kind == nameof(OutcomeKind.Canceled)
            ? world.Client.Orders.Cancel(instrument, new OrderId(5))
            : world.Client.Orders.Replace(new ReplaceTerms
            {
                Instrument = instrument, OrderId = new OrderId(5), Price = new PriceTicks(1), Quantity = new QuantityLots(1),
            });
        Assert.That(sent.IsSent);
        world.Until(() => world.Venue.Requests.Any(request => request.IsResend));
        var code = kind switch
        {
            nameof(OutcomeKind.Rejected) => RejectCode.UnknownOrder,
            nameof(OutcomeKind.NotApplied) => RejectCode.DeadlinePassed,
            _ => default,
        };
        world.Venue.Outcome(1, 5, code, isKnown: kind != nameof(OutcomeKind.Unknown));
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Told.Outcomes[0].Kind.ToString(), Is.EqualTo(kind));
    }

    [Test]
    public void A_gap_that_the_venue_tells_is_filled_from_there()
    {
        using var world = new ClientWorld().Establish();
        for (var count = 0; count < 4; count++)
        {
            world.Send();
        }

        world.Venue.Accepted(request: 1, order: 901);
        world.Venue.Answer(buffer => NotAppliedEncoder.Wrap(buffer).SetFromSequence(2).SetCount_(2).EncodedLength, request: 1);
        world.Until(() => world.Venue.Requests.Count() == 7);
        Assert.That(world.Venue.Requests.Skip(4), Is.EqualTo(new[] { (2UL, true), (3UL, true), (4UL, true) }));
        for (ulong request = 2; request <= 4; request++)
        {
            world.Venue.Accepted(request, 900 + request);
        }

        // The same word, come late: everything it names has its outcome.
        world.Venue.Answer(buffer => NotAppliedEncoder.Wrap(buffer).SetFromSequence(2).SetCount_(2).EncodedLength, request: 1);
        world.Pass(500_000_000);
        Assert.That(world.Venue.Requests.Count(), Is.EqualTo(7));
        Assert.That(world.Told.Outcomes, Has.Count.EqualTo(4));
        Assert.That(world.Client.State, Is.EqualTo(ConnectionState.Established));
    }

    [Test]
    public void A_request_whose_deadline_passed_while_away_is_sent_all_the_same_and_the_venue_says_so()
    {
        using var world = new ClientWorld(options => AskLate(options) with { RequestLifetimeNanos = 1_000_000 }).Establish();
        world.Send();
        world.Venue.Hangup();
        world.Until(() => world.Client.State == ConnectionState.Disconnected);
        world.Pass(20_000_000);
        world.Establish();
        world.Until(() => world.Venue.Requests.Count() == 2);
        var again = world.Venue.Heard.Last(heard => heard.IsRequest);
        Assert.That(again.Header.Sequence, Is.EqualTo(1));
        Assert.That(again.Header.Deadline, Is.LessThan(world.Clock.Now.Value).And.GreaterThan(0));
        Assert.That(world.Told.Outcomes, Is.Empty, "it is over when the venue has said so");
        world.Venue.Rejected(1, RejectCode.DeadlinePassed);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Told.Outcomes[0].Kind, Is.EqualTo(OutcomeKind.NotApplied));
    }

    [Test]
    public void A_call_ends_as_unknown_when_its_time_is_up_and_its_truth_is_told_late()
    {
        using var world = new ClientWorld(options => AskLate(options) with
        {
            RequestLifetimeNanos = 30_000_000, AnswerGraceNanos = 100_000_000, AnswerWithinNanos = 200_000_000,
        }).Establish();
        var called = world.Clock.Now.Value;
        world.Send();
        Assert.That(world.Client.Orders.Cancel(new InstrumentId(1), new OrderId(5)).IsSent);
        world.Until(() => world.Venue.Requests.Count() == 2);
        world.Venue.AnswersHandshake = false;
        world.Venue.Hangup();
        world.Until(() => world.Told.Outcomes.Count == 1, what: "the order's end");
        Assert.That(world.Clock.Now.Value - called, Is.InRange(130_000_000UL, 131_000_000UL));
        world.Until(() => world.Told.Outcomes.Count == 2, what: "the cancel's end");
        Assert.That(world.Clock.Now.Value - called, Is.InRange(200_000_000UL, 201_000_000UL));
        Assert.That(world.Told.Outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Unknown));
        Assert.That((world.Client.Orders.Outstanding, world.Client.Orders.Unresolved), Is.EqualTo((0, 2)));
        world.Venue.AnswersHandshake = true;
        world.Until(() => world.Venue.Requests.Count() == 4, what: "both numbers are sent all the same");
        Assert.That(world.Venue.Requests.Skip(2), Is.EqualTo(new[] { (1UL, true), (2UL, true) }));
        world.Venue.Rejected(1, RejectCode.DeadlinePassed);
        world.Venue.Canceled(5, 0, CancelReason.Requested, request: 2);
        world.Venue.Outcome(request: 2, order: 5);
        world.Until(() => world.Client.Orders.Unresolved == 0);
        world.Pass(50_000_000);
        Assert.That(
            world.Told.OrderLines,
            Is.EqualTo(new[]
            {
                "outcome 1 Unknown order 0 code 0", "outcome 2 Unknown order 0 code 0",
                $"late 1 NotApplied order 0 code {RejectCode.DeadlinePassed:D}", "late 2 Canceled order 5 code 0",
            }));
    }

    [Test]
    public void An_answer_that_came_while_the_client_stood_still_is_not_late()
    {
        using var world = new ClientWorld(options => options with
        {
            RequestLifetimeNanos = 30_000_000, AnswerGraceNanos = 100_000_000,
        }).Establish();
        world.Send();
        world.Venue.Accepted(request: 1, order: 900);
        world.Venue.DoWork();
        world.Clock.Advance(300_000_000);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Told.Outcomes[0].Kind, Is.EqualTo(OutcomeKind.Accepted));
    }

    [Test]
    public void What_stays_unknown_is_told_once()
    {
        using var world = new ClientWorld(options => options with { AnswerWithinNanos = 50_000_000 }).Establish();
        Assert.That(world.Client.Orders.Cancel(new InstrumentId(1), new OrderId(5)).IsSent);
        world.Until(() => world.Told.Outcomes.Count == 1);
        world.Client.Close();
        world.Until(() => world.Client.State == ConnectionState.Closed);
        world.Pass(1_000_000);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[] { "outcome 1 Unknown order 0 code 0" }));
        Assert.That(world.Client.Orders.Unresolved, Is.Zero);
    }

    [Test]
    public void The_keep_alive_names_the_number_that_goes_on_the_wire_next()
    {
        using var world = new ClientWorld(options => options with { KeepAliveMillis = 100 }).Establish();
        world.Send();
        world.Send();
        world.Venue.Accepted(1, 901);
        world.Venue.Accepted(2, 902);
        world.Until(() => world.Venue.Count(SequenceNoticeDecoder.TemplateId) == 1);
        var notice = SequenceNoticeDecoder.Trusted(world.Venue.Last(SequenceNoticeDecoder.TemplateId).Frame);
        Assert.That((notice.SessionHandle, notice.NextSequence), Is.EqualTo((ScriptedVenue.Handle, 3)));
    }

    [Test]
    public void A_venue_that_is_busy_is_asked_again_on_the_same_connection()
    {
        using var world = new ClientWorld();
        world.Venue.EstablishmentRefusal = SessionRejectCode.VenueBusy;
        world.Until(() => world.Venue.Count(EstablishDecoder.TemplateId) == 5);
        world.Venue.EstablishmentRefusal = default;
        world.Establish();
        Assert.That(world.Venue.Negotiations, Is.EqualTo(1));
    }

    /// <summary>So late that nothing is asked about before the end of a stream is noticed.</summary>
    private static VenueClientOptions AskLate(VenueClientOptions options) => options with { AskAgainNanos = 3_000_000_000 };

    private static List<byte[]> Frames(ClientWorld world) =>
        [.. world.Venue.Heard.Where(heard => heard.IsRequest).Select(heard => heard.Frame)];

    private static byte[] WithoutFlags(byte[] frame)
    {
        var copy = (byte[])frame.Clone();
        RequestHeaderEncoder.Wrap(copy.AsSpan(HftDeltaSchema.HeaderLength)).SetFlags(default);
        return copy;
    }
}

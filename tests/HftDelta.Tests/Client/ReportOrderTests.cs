using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

/// <summary>Reports are told once and in order, whatever way they come.</summary>
[CancelAfter(20_000)]
internal sealed class ReportOrderTests
{
    [Test]
    public void Duplicates_are_told_once()
    {
        using var world = new ClientWorld().Establish();
        Fill(world, 1);
        Fill(world, 1);
        Fill(world, 2);
        Fill(world, 1);
        world.Until(() => world.Client.Statistics.DuplicateReports == 2);
        Assert.That(Fills(world), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_gap_is_asked_for_at_once_and_what_came_early_follows_in_order()
    {
        using var world = new ClientWorld().Establish();
        Fill(world, 1);
        Fill(world, 4);
        Fill(world, 5);
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 1, 10_000_000);
        var question = RetransmitRequestDecoder.Trusted(world.Venue.Last(RetransmitRequestDecoder.TemplateId).Frame);
        Assert.That((question.FromSequence, question.Count_), Is.EqualTo((2, 2)));
        Assert.That(question.Header.SessionHandle, Is.EqualTo(ScriptedVenue.Handle));
        Assert.That(Fills(world), Is.EqualTo(new[] { 1 }));

        // While they are sent again, live reports pass them.
        Fill(world, 2);
        Fill(world, 6);
        Fill(world, 3);
        world.Until(() => Fills(world).Count == 6);
        Assert.That(Fills(world), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(world.Told.Lines, Has.One.EqualTo("healed 2 to 3"));
        world.Pass(500_000_000);
        Assert.That(world.Venue.Count(RetransmitRequestDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void A_lost_tail_shows_in_the_venues_keep_alive()
    {
        using var world = new ClientWorld().Establish();
        Fill(world, 1);
        world.Venue.Notice(4);
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 1, 10_000_000);
        Fill(world, 2);
        Fill(world, 3);
        world.Until(() => Fills(world).Count == 3);
        Assert.That(world.Told.Lines, Has.One.EqualTo("healed 2 to 3"));
    }

    [Test]
    public void An_unanswered_question_is_asked_again_and_only_for_what_is_missing()
    {
        using var world = new ClientWorld(options => options with { AskAgainNanos = 30_000_000 }).Establish();
        Fill(world, 4);
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 1, 10_000_000);
        Fill(world, 1);
        world.Venue.Answer(buffer => RetransmitRejectedEncoder.Wrap(buffer)
            .SetCode(SessionRejectCode.RetransmissionOutstanding).SetAvailableFrom(1).SetAvailableTo(4).EncodedLength);
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 2, 40_000_000);
        var question = RetransmitRequestDecoder.Trusted(world.Venue.Last(RetransmitRequestDecoder.TemplateId).Frame);
        Assert.That((question.FromSequence, question.Count_), Is.EqualTo((2, 2)));
    }

    [Test]
    public void Reports_that_the_venue_no_longer_has_are_told_as_lost_and_the_rest_is_asked_for()
    {
        using var world = new ClientWorld().Establish();
        Fill(world, 9);
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 1);
        world.Venue.Answer(buffer => RetransmitRejectedEncoder.Wrap(buffer).SetCode(SessionRejectCode.RangeNotAvailable)
            .SetAvailableFrom(6).SetAvailableTo(9).EncodedLength);
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 2);
        var question = RetransmitRequestDecoder.Trusted(world.Venue.Last(RetransmitRequestDecoder.TemplateId).Frame);
        Assert.That((question.FromSequence, question.Count_), Is.EqualTo((6, 3)));
        foreach (var sequence in new ulong[] { 6, 7, 8 })
        {
            Fill(world, sequence);
        }

        world.Until(() => Fills(world).Count == 4);
        Assert.That(Fills(world), Is.EqualTo(new[] { 6, 7, 8, 9 }));
        Assert.That(world.Told.Lines, Has.One.EqualTo("lost 1 to 5"));
    }

    [Test]
    public void More_early_reports_than_can_be_held_are_asked_for_piece_by_piece()
    {
        using var world = new ClientWorld(options => options with { HeldReports = 8, AskAgainNanos = 10_000_000 }).Establish();
        for (ulong sequence = 2; sequence <= 40; sequence++)
        {
            Fill(world, sequence);
        }

        var answered = 0;
        world.Until(() =>
        {
            var questions = world.Venue.Heard.Where(heard => heard.TemplateId == RetransmitRequestDecoder.TemplateId).ToList();
            for (; answered < questions.Count; answered++)
            {
                var question = RetransmitRequestDecoder.Trusted(questions[answered].Frame);
                for (var sequence = question.FromSequence; sequence < question.FromSequence + question.Count_; sequence++)
                {
                    Fill(world, sequence);
                }
            }

            return Fills(world).Count == 40;
        });
        Assert.That(Fills(world), Is.EqualTo(Enumerable.Range(1, 40)));
    }

    [Test]
    public void A_reconnection_asks_for_the_reports_of_the_time_between()
    {
        using var world = new ClientWorld().Establish();
        Fill(world, 1);
        world.Until(() => Fills(world).Count == 1);
        world.Venue.Hangup();
        world.Venue.NextReport = 4;
        world.Until(() => world.Venue.Count(RetransmitRequestDecoder.TemplateId) == 1, what: "the question");
        var question = RetransmitRequestDecoder.Trusted(world.Venue.Last(RetransmitRequestDecoder.TemplateId).Frame);
        Assert.That((question.FromSequence, question.Count_), Is.EqualTo((2, 2)));
        Fill(world, 4);
        Fill(world, 2);
        Fill(world, 3);
        world.Until(() => Fills(world).Count == 4);
        Assert.That(Fills(world), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void Frames_for_others_and_frames_that_are_none_have_no_effect()
    {
        using var world = new ClientWorld().Establish();
        var foreign = new byte[OrderFilledDecoder.FrameLength];
        OrderFilledEncoder.Wrap(foreign).Header.SetSessionHandle(ScriptedVenue.Handle + 1).SetSequence(1);
        world.Venue.Send(foreign);
        world.Venue.Send(new byte[] { 1, 2, 3 });
        var request = new byte[OrderCancelRequestDecoder.FrameLength];
        OrderCancelRequestEncoder.Wrap(request).Header.SetSessionHandle(ScriptedVenue.Handle).SetSequence(1);
        world.Venue.Send(request);
        Fill(world, 1);
        world.Until(() => Fills(world).Count == 1);
        Assert.That(world.Client.Statistics.Misdirected, Is.EqualTo(1));
        Assert.That(world.Client.Statistics.Malformed, Is.EqualTo(2));
    }

    private static void Fill(ClientWorld world, ulong sequence) =>
        world.Venue.Filled(order: 800, name: 1, lots: 1, leaves: 1, request: 0, sequence: sequence);

    private static List<int> Fills(ClientWorld world) =>
    [
        .. world.Told.Lines.Where(line => line.StartsWith("fill", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)),
    ];
}

using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>
/// Our receiver and our sender take the place of the official ones in every recorded conversation; the captured frames are the
/// peer.
/// </summary>
[CancelAfter(60_000)]
internal sealed class RecordedConversationTests
{
    private const int AnswersSessionId = 303;

    private static IEnumerable<string> Scenarios => VectorFiles.Scenarios;

    [TestCaseSource(nameof(Scenarios))]
    public void Our_receiver_hears_and_answers_what_the_recorded_one_did(string name)
    {
        var scenario = RecordedScenario.Read(name);
        using var player = new ReceiverPlayer(scenario);

        player.Play();

        // The stream of answers went to the publisher's own application.
        var messages = scenario.Messages.Where(message => message.SessionId != AnswersSessionId).ToList();
        Assert.That(
            player.Messages.Select(message => $"{message.SessionId} {message.Position}").Order(StringComparer.Ordinal),
            Is.EqualTo(messages.Select(message => $"{message.SessionId} {message.Position}")
                .Concat(scenario.Fragments.Select(position => $"101 {position}")).Distinct().Order(StringComparer.Ordinal)));
        Assert.That(
            player.Messages.Select(message => new RecordedMessage(
                message.SessionId, message.Bytes.Length, message.Position, FrameWords.Checksum(message.Bytes))),
            Is.SupersetOf(messages));
        Assert.That(
            player.Told, Is.EqualTo(scenario.Words(isPublisher: false).Where(word => word.Contains("available image"))));

        // A cubic window follows round trips of its own clock: its sizes have a test of their own.
        var isCubic = scenario.SubscriptionChannel.Contains("cc=cubic", StringComparison.Ordinal);
        AssertSame(
            player.Sent.Select(bytes => isCubic ? FrameWords.WithoutWindow(bytes) : bytes),
            scenario.Datagrams(isFromPublisher: false).Select(bytes => isCubic ? FrameWords.WithoutWindow(bytes) : bytes));
    }

    [TestCaseSource(nameof(Scenarios))]
    public void Our_sender_says_and_sends_what_the_recorded_one_did(string name)
    {
        var scenario = RecordedScenario.Read(name);
        using var player = new SenderPlayer(scenario);

        player.Play();

        Assert.That(player.Differences, Is.Empty);

        // Answers to the last measurements were left out of the recording.
        var answers = scenario.Datagrams(isFromPublisher: false).Select(FrameWords.AnswerTo).OfType<byte[]>();
        AssertSame(player.Sent, scenario.Datagrams(isFromPublisher: true).Concat(answers));
    }

    private static void AssertSame(IEnumerable<byte[]> ours, IEnumerable<byte[]> recorded)
    {
        var sent = FrameWords.Of(ours);
        var theirs = FrameWords.Of(recorded);
        Assert.That(theirs.Except(sent), Is.Empty, "only the recorded one sent");
        Assert.That(sent.Except(theirs), Is.Empty, "only ours sent");
    }
}

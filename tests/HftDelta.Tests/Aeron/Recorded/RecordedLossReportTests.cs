using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>The loss report that our driver leaves behind the recorded losses, beside the recorded one.</summary>
[CancelAfter(20_000)]
internal sealed class RecordedLossReportTests
{
    // Times, and the port that the recorded datagrams came from, which was the relay's own.
    private static readonly (int Offset, int Length)[] Local = [(16, 16), (94, 5)];

    [Test]
    public void The_loss_report_is_the_recorded_one()
    {
        var scenario = RecordedScenario.Read("03a-loss-nak-retransmit");
        var root = Directory.CreateTempSubdirectory("hftdelta-loss-").FullName;
        try
        {
            using var player = new ReceiverPlayer(scenario, Path.Combine(root, "aeron"));
            player.Play();

            var word = scenario.Words(isPublisher: false)
                .Single(other => other.StartsWith("loss-report", StringComparison.Ordinal));
            var recorded = Convert.FromHexString(word.Split("hex=")[1]);
            var ours = File.ReadAllBytes(Path.Combine(root, "aeron", "loss-report.dat"))[..recorded.Length];
            foreach (var (offset, length) in Local)
            {
                recorded.AsSpan(offset, length).Clear();
                ours.AsSpan(offset, length).Clear();
            }

            Assert.That(Convert.ToHexStringLower(ours), Is.EqualTo(Convert.ToHexStringLower(recorded)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}

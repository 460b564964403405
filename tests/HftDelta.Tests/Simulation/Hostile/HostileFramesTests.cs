using System.Globalization;
using HftDelta.Simulation.Hostile;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Hostile;

/// <summary>
/// Hostile frames by the million against a live pair of drivers: nothing crashes, nothing grows, honest streams arrive whole, and
/// every frame that is not put to use is counted by its reason.
/// </summary>
[CancelAfter(3_600_000)]
internal sealed class HostileFramesTests
{
    // Each of these has to come up, or the frames are not hostile enough.
    private static readonly string[] s_reasons =
    [
        "over_run", "under_run", "duplicate", "no_interest", "no_image", "ended", "foreign_source", "setup_refused",
        "pending_refused", "not_for_receivers", "unasked", "no_publication", "not_for_senders", "nak_outside", "nak_covered",
        "too_short", "unknown_version", "wrong_length", "not_aligned", "outside_term", "not_contiguous", "padding_not_last",
        "term_length_refused", "mtu_refused", "text_refused", "status_messages_refused", "destinations_refused", "images_refused",
        "rejected",
    ];

    [Test]
    public void Hostile_frames_hurt_nobody_and_are_counted()
    {
        var frames = LongSuite.Volume(1_000_000, 10_000_000);
        var seed = LongSuite.Seed(1);
        var directory = Directory.CreateTempSubdirectory("hftdelta-hostile-").FullName;
        try
        {
            using var run = new HostileRun(seed, directory);
            var outcome = Run(run, frames, seed);

            var reasons = string.Join(
                Environment.NewLine,
                outcome.Reasons.Where(each => each.Value > 0).Select(each => $"  {each.Name}: {each.Value}"));
            TestContext.Out.WriteLine(
                $"{outcome.Thrown} hostile frames beside {outcome.Honest} honest messages in "
                + $"{(outcome.Nanos / 1e9).ToString("F0", CultureInfo.InvariantCulture)} s of virtual time; memory grew by "
                + $"{outcome.GrownBytes} bytes; dropped:{Environment.NewLine}{reasons}");
            Assert.That(outcome.Thrown, Is.GreaterThanOrEqualTo(frames));
            Assert.That(
                s_reasons.Where(reason => !outcome.Reasons.Any(each =>
                    each.Value > 0 && each.Name.Contains(reason, StringComparison.Ordinal))),
                Is.Empty, "reasons that never came up");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static HostileOutcome Run(HostileRun run, long frames, ulong seed)
    {
        try
        {
            return run.Run(frames);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new AssertionException(
                $"seed {seed}, after {run.ThrownCount} of {frames} frames: {failure.Message} (HFTDELTA_SEED={seed} repeats it)",
                failure);
        }
    }
}

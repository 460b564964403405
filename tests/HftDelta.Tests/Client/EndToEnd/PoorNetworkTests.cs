using System.Globalization;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>
/// Client and venue over networks that lose, duplicate and reorder, with cuts and with kills of the venue: nothing is lost,
/// executed twice or out of order, and every call has one outcome, in its time.
/// </summary>
[CancelAfter(300_000)]
internal sealed class PoorNetworkTests
{
    private const ulong FirstSeed = 4_000;

    private Tally _tally = new();

    [Test]
    public void Five_percent_loss_duplication_and_reordering_each_way()
    {
        Runs(LongSuite.Volume(100, 2_000), _ => new RunFaults());
        Assert.That(_tally.Fills, Is.GreaterThan(1_000));
        Assert.That(_tally.Dropped, Is.GreaterThan(1_000));
    }

    [Test]
    public void Ways_that_are_cut_for_a_while()
    {
        Runs(LongSuite.Volume(40, 1_000), _ => new RunFaults
        {
            Cuts = 2, RequestLifetimeNanos = 40_000_000, AnswerGraceNanos = 200_000_000,
        });
        Assert.That(_tally.Lapses, Is.GreaterThan(20), "sessions were lost and resumed");
        Assert.That(_tally.Healed, Is.GreaterThan(5), "reports were missing and came again");
        Assert.That(_tally.NotApplied, Is.GreaterThan(5), "some requests were late");
        Assert.That(_tally.Unknown, Is.GreaterThan(20), "some calls ended before the venue was back");
    }

    [Test]
    public void Clients_that_stand_still_for_a_while()
    {
        Runs(LongSuite.Volume(20, 1_000), _ => new RunFaults { Pauses = 2 });
        Assert.That(_tally.Lapses, Is.GreaterThan(5), "sessions lapsed and came back");
        Assert.That(_tally.Healed, Is.GreaterThan(5), "the cancels of the lapse were told afterwards");
    }

    [Test]
    public void A_venue_that_is_killed_and_started_again()
    {
        Runs(
            LongSuite.Volume(40, 1_000),
            seed => new RunFaults { Kills = 1 + (int)(seed % 2), Cuts = (int)(seed % 3), Pauses = 1 });
        Assert.That(_tally.Lapses, Is.GreaterThan(50));
        Assert.That(_tally.Resent, Is.GreaterThan(100), "requests were sent again");
    }

    private void Runs(int count, Func<ulong, RunFaults> faults)
    {
        _tally = new Tally();
        var first = LongSuite.Seed(FirstSeed);
        for (ulong seed = first; seed < first + (ulong)count; seed++)
        {
            using var run = new SeededRun(seed, faults(seed));
            run.Run();
            _tally.Fills += run.Fills;
            _tally.Lapses += run.Lapses;
            _tally.Healed += run.Healed;
            _tally.NotApplied += run.NotApplied;
            _tally.Unknown += run.Unknown;
            _tally.Resent += run.Resent;
            _tally.Dropped += run.Network.Dropped;
        }

        TestContext.Out.WriteLine(_tally.ToString());
    }

    private sealed record Tally
    {
        public long Fills { get; set; }

        public long Lapses { get; set; }

        public long Healed { get; set; }

        public long NotApplied { get; set; }

        public long Unknown { get; set; }

        public long Resent { get; set; }

        public long Dropped { get; set; }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"fills {Fills} lapses {Lapses} healed {Healed} not applied {NotApplied} "
            + $"unknown {Unknown} resent {Resent} dropped {Dropped}");
    }
}

using System.Diagnostics;
using System.Globalization;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>
/// The production core against the model over random commands of every kind: every report equal in order and field, the whole
/// book and all money every 1,000 commands and at the end. A failure prints its seed and the smallest commands that still show
/// it; <c>HFTDELTA_SHRINK=0</c> does without making them small.
/// </summary>
[CancelAfter(120_000)]
internal sealed class DifferentialTests
{
    private const int CommandsPerRun = 20_000;
    private const int MinutesMax = 1;
    private const int LongMinutesMax = 40;

    [Test]
    public void Core_and_model_give_the_same_reports()
    {
        var volume = LongSuite.Volume(ci: 1_000_000, @long: 100_000_000);
        var runs = Compare(DifferentialWorld.World, LongSuite.Seed(6), volume);
        if ((long)runs.Done * CommandsPerRun < volume)
        {
            return;
        }

        Assert.That(
            Enum.GetValues<CancelReason>().Except(NeverCaused).Select(reason => $"canceled {reason}").Except(runs.Tally.Keys),
            Is.Empty,
            "random commands cause every reason there is");
    }

    [Test]
    public void They_agree_where_there_is_hardly_any_room()
    {
        var volume = LongSuite.Volume(ci: 100_000, @long: 10_000_000);
        var runs = Compare(DifferentialWorld.Small, LongSuite.Seed(7), volume);
        Assert.That(runs.Tally.Keys, Does.Contain("rejected TooManyOrders").And.Contain("rejected TooManyPositions"));
    }

    /// <summary>Lives over which they once parted.</summary>
    [TestCase(5_700_093_490_925_208_064UL, Description = "a quote that stays with its quantity changes no book: nobody looks")]
    public void They_agree_where_they_parted(ulong seed) => Compare(DifferentialWorld.World, seed, CommandsPerRun);

    private static DifferentialRuns Compare(VenueWorld world, ulong seed, int volume)
    {
        var clock = Stopwatch.StartNew();
        var workers = LongSuite.IsAsked ? Environment.ProcessorCount : 1;
        var runs = new DifferentialRuns(
            world, VenueFeatures.All, CommandsPerRun, seed, (volume + CommandsPerRun - 1) / CommandsPerRun);
        var failed = runs.Run(workers, TimeSpan.FromMinutes(LongSuite.IsAsked ? LongMinutesMax : MinutesMax));
        var done = (long)runs.Done * CommandsPerRun;
        TestContext.Out.WriteLine(
            $"{done:N0} commands, seeds {seed} to {seed + (ulong)Math.Max(0, runs.Done - 1)}, {workers} workers, " +
            $"{clock.Elapsed.TotalSeconds:N0} s, {done / clock.Elapsed.TotalSeconds:N0} commands/s");
        foreach (var (what, count) in runs.Tally)
        {
            TestContext.Out.WriteLine($"  {count,12:N0} {what}");
        }

        if (failed is { } failure)
        {
            Assert.Fail(Describe(world, failure));
        }

        return runs;
    }

    // Nothing expires, books do not run full; the last two are not given by this version.
    private static CancelReason[] NeverCaused =>
    [
        CancelReason.InstrumentExpired, CancelReason.BookFull, CancelReason.InsufficientMargin, CancelReason.StateChanged,
    ];

    private static string Describe(VenueWorld world, DifferentialFailure failure)
    {
        var divergence = failure.Divergence;
        List<VenueCommand> smallest = [divergence.Command!];
        if (Environment.GetEnvironmentVariable("HFTDELTA_SHRINK") != "0")
        {
            var commands = new CommandDraw(world, VenueFeatures.All, failure.Seed).Draw(CommandsPerRun);
            (smallest, divergence) = new CommandShrink(fewer => VenuePair.FindDivergence(world, fewer)).Shrink(commands);
        }

        return $"{divergence.What}\nHFTDELTA_SEED={failure.Seed.ToString(CultureInfo.InvariantCulture)}, " +
            $"{smallest.Count} commands:\n{string.Join("\n", smallest.Select(ExampleWriting.Line))}";
    }
}

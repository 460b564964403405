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
    private const int LongMinutesMax = 50;

    [Test]
    public void Core_and_model_give_the_same_reports()
    {
        var seed = LongSuite.Seed(6);
        var volume = LongSuite.Volume(ci: 1_000_000, @long: 100_000_000);
        var minutesMax = LongSuite.IsAsked ? LongMinutesMax : MinutesMax;
        var clock = Stopwatch.StartNew();
        var tally = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long done = 0;
        for (; done < volume && clock.Elapsed.TotalMinutes < minutesMax; done += CommandsPerRun)
        {
            Run(seed + (ulong)(done / CommandsPerRun), tally);
        }

        TestContext.Out.WriteLine($"{done:N0} commands in {clock.Elapsed.TotalSeconds:N0} s");
        foreach (var (what, count) in tally)
        {
            TestContext.Out.WriteLine($"  {count,12:N0} {what}");
        }

        if (done < volume)
        {
            return;
        }

        Assert.That(
            Enum.GetValues<CancelReason>().Except(NeverCaused).Select(reason => $"canceled {reason}").Except(tally.Keys),
            Is.Empty,
            "random commands cause every reason there is");
    }

    // Sessions stay open, nothing expires, books do not run full; the last two are not given by this version.
    private static CancelReason[] NeverCaused =>
    [
        CancelReason.SessionClosed, CancelReason.InstrumentExpired, CancelReason.BookFull, CancelReason.InsufficientMargin,
        CancelReason.StateChanged,
    ];

    private static void Run(ulong seed, SortedDictionary<string, long> tally)
    {
        var world = DifferentialWorld.World;
        var commands = new CommandDraw(world, VenueFeatures.All, seed).Draw(CommandsPerRun);
        void Witness(VenueReport report)
        {
            var what = NameOf(report);
            tally[what] = tally.GetValueOrDefault(what) + 1;
        }

        if (VenuePair.FindDivergence(world, commands, Witness) is not { } divergence)
        {
            return;
        }

        IReadOnlyList<VenueCommand> smallest = [divergence.Command!];
        if (Environment.GetEnvironmentVariable("HFTDELTA_SHRINK") != "0")
        {
            (smallest, divergence) = new CommandShrink(fewer => VenuePair.FindDivergence(world, fewer)).Shrink(commands);
        }

        Assert.Fail(
            $"{divergence.What}\nseed {seed.ToString(CultureInfo.InvariantCulture)}, {smallest.Count} commands:\n" +
            string.Join("\n", smallest.Select(ExampleWriting.Line)));
    }

    private static string NameOf(VenueReport report) => report switch
    {
        Rejected told => $"rejected {told.Code}",
        CancelRejected told => $"cancel-rejected {told.Code}",
        Canceled told => $"canceled {told.Reason}",
        Repriced told => $"repriced {told.Reason}",
        Filled told => told.Leaves == 0 ? "filled whole" : "filled in part",
        Replaced told => told.IsPriorityKept ? "replaced kept" : "replaced lost",
        MassCanceled told => $"mass-canceled {told.Code}",
        Quoted told => $"quoted {told.Code}",
        Protected told => $"protection {(told.ClientOrderId == 0 ? "acted" : $"{told.Code}")}",
        StatusChanged told => $"state {told.State}",
        Indicated told => $"indication {told.State}",
        _ => report.GetType().Name,
    };
}

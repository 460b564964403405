using System.Diagnostics;
using System.Globalization;
using HftDelta.Simulation.Engines;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>
/// The production core against the model over random commands: every report equal in order and field, the whole book and all
/// money every 1,000 commands and at the end. A failure prints its seed and the smallest commands that still show it.
/// </summary>
[CancelAfter(120_000)]
internal sealed class DifferentialTests
{
    private const int CommandsPerRun = 20_000;

    /// <summary>What the core has by now.</summary>
    private const VenueFeatures Landed = VenueFeatures.AtOnce | VenueFeatures.Iceberg | VenueFeatures.Reprice |
        VenueFeatures.Rules | VenueFeatures.States | VenueFeatures.KillSwitch | VenueFeatures.SelfTradePrevention |
        VenueFeatures.Day | VenueFeatures.Stops | VenueFeatures.Pegs;

    [Test]
    public void Core_and_model_give_the_same_reports()
    {
        var seed = LongSuite.Seed(6);
        var volume = LongSuite.Volume(ci: 200_000, @long: 100_000_000);
        var clock = Stopwatch.StartNew();
        var tally = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long done = 0;
        for (; done < volume && clock.Elapsed.TotalSeconds < 3_000; done += CommandsPerRun)
        {
            Run(seed + (ulong)(done / CommandsPerRun), tally);
        }

        TestContext.Out.WriteLine($"{done:N0} commands in {clock.Elapsed.TotalSeconds:N0} s");
        foreach (var (what, count) in tally)
        {
            TestContext.Out.WriteLine($"  {count,10:N0} {what}");
        }
    }

    private static void Run(ulong seed, SortedDictionary<string, long> tally)
    {
        var commands = new CommandDraw(DifferentialWorld.World, Landed, seed).Draw(CommandsPerRun);
        void Witness(VenueReport report)
        {
            var what = NameOf(report);
            tally[what] = tally.GetValueOrDefault(what) + 1;
        }

        if (VenuePair.FindDivergence(DifferentialWorld.World, commands, Witness) is null)
        {
            return;
        }

        var (smallest, divergence) =
            new CommandShrink(fewer => VenuePair.FindDivergence(DifferentialWorld.World, fewer)).Shrink(commands);
        Assert.Fail($"seed {seed.ToString(CultureInfo.InvariantCulture)}\n{string.Join("\n", smallest)}\n{divergence.What}");
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

using System.Diagnostics;
using System.Globalization;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests;

/// <summary>
/// Many random histories by two threads at once, each from a seed of its own, so that what it does does not depend on who runs
/// it. After a failure no new one is begun. When the time is up before all are done, that is a failure too.
/// </summary>
internal static class Histories
{
    private const int Workers = 2;

    /// <summary>Runs them; a failure tells the first that failed and its own seed.</summary>
    /// <param name="seed">The first's; the next one's is one higher, and each is mixed before it is used.</param>
    /// <param name="volume">How many.</param>
    /// <param name="longest">For all of them.</param>
    /// <param name="live">One of them: its own seed and its place.</param>
    /// <param name="what">What they are, for the line that tells how many there were.</param>
    public static void Run(
        ulong seed, int volume, TimeSpan longest, Action<ulong, int> live, string what = "histories")
    {
        var clock = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        var begun = -1;
        var done = 0;
        var faults = new SortedDictionary<int, string>();
        var others = Enumerable.Range(1, Workers - 1).Select(_ => new Thread(Work)).ToList();
        others.ForEach(thread => thread.Start());
        Work();
        others.ForEach(thread => thread.Join());
        var worked = Environment.CpuUsage.TotalTime - processor;
        TestContext.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{done:N0} {what} from seed {seed}, {Workers} workers, {clock.Elapsed.TotalSeconds:N0} s, of processors " +
            $"{worked.TotalSeconds:N0} s, {worked.TotalMilliseconds / Math.Max(1, done):N2} ms each"));
        if (faults.Count != 0)
        {
            Assert.Fail(faults.First().Value);
        }

        Assert.That(done, Is.EqualTo(volume), $"{what} within {longest}");

        void Work()
        {
            for (var place = Begin(); place < volume; place = Begin())
            {
                var own = SplitMix64.Mix(seed + (ulong)place);
                try
                {
                    live(own, place);
                    Interlocked.Increment(ref done);
                }
                catch (Exception fault)
                {
                    lock (faults)
                    {
                        faults.Add(place, $"{place} of {what}, with seed {own}: {fault}");
                    }
                }
            }
        }

        int Begin()
        {
            lock (faults)
            {
                return faults.Count == 0 && clock.Elapsed < longest ? ++begun : volume;
            }
        }
    }
}

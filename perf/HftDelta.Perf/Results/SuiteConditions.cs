using System.Diagnostics;

namespace HftDelta.Perf.Results;

/// <summary>What the machine was like while a suite ran: taken by the program, not told by the suite.</summary>
/// <param name="Seconds">From the suite's start to its end, warm-up included.</param>
/// <param name="LoadBefore">Load average of the minute before.</param>
/// <param name="LoadAfter">Load average at the end, the suite's own threads included.</param>
/// <param name="StealShare">Of all processor time, what the host took away.</param>
/// <param name="OthersShare">Of all processor time, what other processes had.</param>
/// <param name="HiccupsBefore">What a busy loop lost before.</param>
/// <param name="HiccupsAfter">What a busy loop lost after.</param>
public sealed record SuiteConditions(
    double Seconds,
    double LoadBefore,
    double LoadAfter,
    double StealShare,
    double OthersShare,
    HiccupProfile HiccupsBefore,
    HiccupProfile HiccupsAfter)
{
    /// <summary>Runs a suite and watches the machine.</summary>
    public static (SuiteResult Result, SuiteConditions Conditions) Watch(Suite suite, SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(options);
        var sample = TimeSpan.FromMilliseconds(options.Quick ? 30 : 250);
        var loadBefore = MachineFacts.ReadLoadAverage();
        var hiccupsBefore = HiccupProfile.Measure(sample);
        var began = Stopwatch.GetTimestamp();
        var before = ProcessorTimes.Read();
        var result = suite.Run(options);
        var after = ProcessorTimes.Read();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var loadAfter = MachineFacts.ReadLoadAverage();
        return (result, new SuiteConditions(
            seconds,
            loadBefore,
            loadAfter,
            after.StealShareSince(before),
            after.OthersShareSince(before),
            hiccupsBefore,
            HiccupProfile.Measure(sample)));
    }
}

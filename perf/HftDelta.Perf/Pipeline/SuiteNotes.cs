using System.Globalization;
using HftDelta.Perf.Results;

namespace HftDelta.Perf.Pipeline;

/// <summary>What stands below every table of this folder.</summary>
internal static class SuiteNotes
{
    public static string Machine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, load average {MachineFacts.ReadLoadAverage():0.00} at the end");
}

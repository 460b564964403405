namespace HftDelta.Perf;

/// <summary>
/// Floor and subject measured in turns, so that a machine that changes its pace changes it for both. Only the median of the
/// ratios of neighbours is a result.
/// </summary>
/// <param name="FloorMedian">Median of the floor's figures.</param>
/// <param name="SubjectMedian">Median of the subject's figures.</param>
/// <param name="RatioMedian">Median of subject over floor, pair by pair.</param>
public sealed record PairedRuns(double FloorMedian, double SubjectMedian, double RatioMedian)
{
    /// <param name="pairs">How many pairs, odd.</param>
    /// <param name="floor">Measures the floor once; returns a time.</param>
    /// <param name="subject">Measures the subject once; returns a time in the same unit.</param>
    public static PairedRuns Measure(int pairs, Func<double> floor, Func<double> subject)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        ArgumentNullException.ThrowIfNull(floor);
        ArgumentNullException.ThrowIfNull(subject);
        var floors = new double[pairs];
        var subjects = new double[pairs];
        for (var pair = 0; pair < pairs; pair++)
        {
            // Who goes first alternates, so that neither profits from what the other warmed.
            if (pair % 2 == 0)
            {
                floors[pair] = floor();
                subjects[pair] = subject();
            }
            else
            {
                subjects[pair] = subject();
                floors[pair] = floor();
            }
        }

        return Of(floors, subjects);
    }

    /// <summary>What was measured in turns already: the figures of one pair stand at one place of both.</summary>
    public static PairedRuns Of(double[] floors, double[] subjects)
    {
        ArgumentNullException.ThrowIfNull(floors);
        ArgumentNullException.ThrowIfNull(subjects);
        var ratios = floors.Zip(subjects, static (floor, subject) => subject / floor).ToArray();
        return new PairedRuns(Median(floors), Median(subjects), Median(ratios));
    }

    /// <summary>The subject beside its own floor.</summary>
    /// <param name="label">What was measured.</param>
    /// <param name="unit">Of the figures, once scaled.</param>
    /// <param name="perUnit">Units of the figures in one of the row.</param>
    public SuiteRow Row(string label, string unit, double perUnit = 1) =>
        new(label, unit, SubjectMedian / perUnit, RatioMedian, FloorMedian / perUnit);

    /// <summary>The same as so many in the time measured.</summary>
    public SuiteRow RateRow(string label, string unit, double count) =>
        new(label, unit, count / SubjectMedian, RatioMedian, count / FloorMedian);

    public static double Median(double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sorted = (double[])values.Clone();
        Array.Sort(sorted);
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

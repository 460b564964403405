namespace HftDelta.Perf;

/// <summary>
/// What something costs by the size of something else, doubled again and again, and the exponent of the line through the
/// logarithms: 0 is flat, 1 grows as the size does.
/// </summary>
/// <param name="Name">What is paid.</param>
/// <param name="Size">What grows.</param>
/// <param name="Unit">Of the costs.</param>
/// <param name="Points">By rising size, two or more.</param>
/// <param name="ExponentMax">What the exponent is to stay below; null where nothing is promised.</param>
public sealed record ScalingTable(
    string Name, string Size, string Unit, IReadOnlyList<ScalingPoint> Points, double? ExponentMax = null)
{
    public double Exponent => ExponentFit.Of(Points).Exponent;

    /// <summary>Whether what is promised holds; null where nothing is.</summary>
    public bool? Holds => ExponentMax is { } most ? Exponent < most : null;
}

/// <param name="Size">How much of it.</param>
/// <param name="Cost">The median.</param>
public sealed record ScalingPoint(double Size, double Cost);

/// <summary>cost = factor x size ^ exponent, by least squares of the logarithms.</summary>
internal readonly record struct ExponentFit(double Factor, double Exponent)
{
    public static ExponentFit Of(IReadOnlyList<ScalingPoint> points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Count, 2);
        double meanX = 0, meanY = 0;
        foreach (var (size, cost) in points)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cost);
            meanX += Math.Log(size) / points.Count;
            meanY += Math.Log(cost) / points.Count;
        }

        double covariance = 0, variance = 0;
        foreach (var (size, cost) in points)
        {
            var distance = Math.Log(size) - meanX;
            covariance += distance * (Math.Log(cost) - meanY);
            variance += distance * distance;
        }

        var exponent = covariance / variance;
        return new ExponentFit(Math.Exp(meanY - (exponent * meanX)), exponent);
    }

    public double At(double size) => Factor * Math.Pow(size, Exponent);
}

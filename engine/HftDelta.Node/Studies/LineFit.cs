namespace HftDelta.Node.Studies;

/// <summary>
/// y = Floor + Slope x x, by least squares of relative errors: a variance of many paths is known to a share of itself.
/// </summary>
/// <param name="Floor">What stays however small x is; not below 0.</param>
/// <param name="Slope">Per 1 of x.</param>
/// <param name="WorstMiss">The largest relative distance of a point from the line.</param>
internal readonly record struct LineFit(double Floor, double Slope, double WorstMiss)
{
    /// <summary>Through at least two points with positive coordinates.</summary>
    public static LineFit Of(IReadOnlyList<(double X, double Y)> points)
    {
        var (weights, sumX, sumY, squares, products) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (x, y) in points)
        {
            var weight = 1 / (y * y);
            weights += weight;
            sumX += weight * x;
            sumY += weight * y;
            squares += weight * x * x;
            products += weight * x * y;
        }

        var slope = ((weights * products) - (sumX * sumY)) / ((weights * squares) - (sumX * sumX));
        var floor = (sumY - (slope * sumX)) / weights;
        if (floor < 0)
        {
            (floor, slope) = (0, products / squares);
        }

        return new LineFit(floor, slope, points.Max(point => Math.Abs(((floor + (slope * point.X)) / point.Y) - 1)));
    }

    public double At(double x) => Floor + (Slope * x);
}

namespace HftDelta.Node.Studies;

/// <summary>y = Factor x x^Exponent, by least squares of the logarithms.</summary>
/// <param name="Factor">At x = 1.</param>
/// <param name="Exponent">1: y is proportional to x.</param>
/// <param name="Determination">R squared of the logarithms.</param>
internal readonly record struct PowerFit(double Factor, double Exponent, double Determination)
{
    /// <summary>Through at least two points with positive coordinates.</summary>
    public static PowerFit Of(IReadOnlyList<(double X, double Y)> points)
    {
        var (meanX, meanY) = (points.Average(point => Math.Log(point.X)), points.Average(point => Math.Log(point.Y)));
        var (squaresX, squaresY, products) = (0.0, 0.0, 0.0);
        foreach (var (x, y) in points)
        {
            var (awayX, awayY) = (Math.Log(x) - meanX, Math.Log(y) - meanY);
            squaresX += awayX * awayX;
            squaresY += awayY * awayY;
            products += awayX * awayY;
        }

        var exponent = products / squaresX;
        return new PowerFit(Math.Exp(meanY - (exponent * meanX)), exponent, products * products / (squaresX * squaresY));
    }

    public double At(double x) => Factor * Math.Pow(x, Exponent);
}

namespace HftDelta.Node.Studies;

/// <summary>
/// Prices of an underlying at equal steps from listing to expiry of an option that is at the money at the start.
/// </summary>
/// <param name="Prices">The first at listing, the last at expiry.</param>
/// <param name="Duration">From the first to the last.</param>
/// <param name="Volatility">Annual; 1 is 100 %.</param>
internal sealed record PricePath(double[] Prices, TimeSpan Duration, double Volatility)
{
    private const double SecondsPerYear = 365 * 86_400.0;

    public int Steps => Prices.Length - 1;

    /// <summary>Volatility over the whole path: sigma x root of T.</summary>
    public double TotalVolatility => Volatility * Math.Sqrt(Duration.TotalSeconds / SecondsPerYear);

    /// <summary>The annual volatility that prices at equal steps have shown.</summary>
    public static double Realised(ReadOnlySpan<double> prices, TimeSpan step)
    {
        var squares = 0.0;
        for (var place = 1; place < prices.Length; place++)
        {
            var change = Math.Log(prices[place] / prices[place - 1]);
            squares += change * change;
        }

        return Math.Sqrt(squares / (prices.Length - 1) * SecondsPerYear / step.TotalSeconds);
    }
}

using System.Globalization;

namespace HftDelta.Node.Studies;

/// <summary>When delta is settled.</summary>
/// <param name="Threshold">
/// A move of so much of the price, for a path whose total volatility is that of the simulated ones; scaled with it for others.
/// 0: no threshold.
/// </param>
/// <param name="IntervalSteps">Every so many steps; 0: no interval.</param>
internal readonly record struct HedgeRule(double Threshold, int IntervalSteps)
{
    public bool IsThreshold => Threshold > 0;

    public string Setting => IsThreshold
        ? string.Create(CultureInfo.InvariantCulture, $"{Threshold * 10_000:0} bp")
        : string.Create(CultureInfo.InvariantCulture, $"{IntervalSteps} steps");
}

/// <summary>What one path paid.</summary>
/// <param name="Settlements">How often delta was settled.</param>
/// <param name="Residual">What is left at expiry beside the premium: payoff - D - premium, for a spot of 100.</param>
internal readonly record struct HedgeOutcome(int Settlements, double Residual);

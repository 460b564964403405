using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Engine.Greeks;

namespace HftDelta.Tests.Engine.Risk;

/// <summary>
/// The 35 components from their definitions (docs/risk.md), one price after the other, on big integers: nothing is shared, and
/// nothing of the production code is called but its types.
/// </summary>
internal static class SlowVectors
{
    private const int Bits = BigBlack76.Bits;

    private static readonly int[] MovesPpm =
    [
        -160_000, -120_000, -80_000, -40_000, 0, 40_000, 80_000, 120_000, 160_000,
        -660_000, -400_000, 400_000, 800_000, 1_600_000, 3_200_000,
    ];

    /// <summary>Value of one lot, of a price and a volatility: atoms and both with <see cref="BigBlack76.Bits"/> bits.</summary>
    public delegate BigInteger Value(BigInteger price, BigInteger volatility);

    /// <summary>Components in sub-atoms, not rounded but for the last place.</summary>
    /// <param name="price">Present price.</param>
    /// <param name="strike">0 for kinds without volatility.</param>
    /// <param name="volatility">With <see cref="BigBlack76.Bits"/> bits of fraction.</param>
    /// <param name="timeNanos">To expiry, or the funding period.</param>
    /// <param name="value">What a lot is worth.</param>
    public static BigInteger[] Of(long price, long strike, BigInteger volatility, ulong timeNanos, Value value)
    {
        var components = new BigInteger[35];
        var present = value(price, volatility);
        var (down, up) = Shocked(volatility, timeNanos);
        for (var move = 0; move < 9; move++)
        {
            components[move] = Change(MovesPpm[move], down);
            components[9 + move] = Change(MovesPpm[move], volatility);
            components[18 + move] = Change(MovesPpm[move], up);
        }

        for (var tail = 0; tail < 6; tail++)
        {
            var move = MovesPpm[9 + tail];
            var damping = 160_000L * 1_000_000 / Math.Abs(move);
            components[27 + tail] = Change(move, up) * damping / 1_000_000;
        }

        components[33] = strike == 0 ? 0 : Change(0, Skewed(price, strike, volatility, timeNanos, isCurvature: false));
        components[34] = strike == 0 ? 0 : Change(0, Skewed(price, strike, volatility, timeNanos, isCurvature: true));
        return components;

        BigInteger Change(int ppm, BigInteger shocked)
        {
            // Prices are whole ticks, toward minus infinity.
            var moved = (BigInteger)price * (1_000_000 + ppm) / 1_000_000;
            return (value(moved, shocked) - present) >> (Bits - 32);
        }
    }

    /// <summary>A European option.</summary>
    public static Value Option(long strike, ulong timeNanos, bool isCall, long atomsPerTick) => (price, volatility) =>
    {
        var input = new Black76Input(
            new PriceTicks((long)price), new PriceTicks(strike), new VolatilityQ48((long)(volatility >> (Bits - 48))), timeNanos,
            OptionKind.Call);
        var call = BigBlack76.Evaluate(input).Call;
        return (isCall ? call : call - ((price - strike) << Bits)) * atomsPerTick;
    };

    /// <summary>A perpetual option: intrinsic value and (K / u) exp(-x (u -+ 1) / 2), u = sqrt(1 + 8 / (s^2 T)).</summary>
    public static Value Everlasting(long strike, ulong periodNanos, bool isCall, long atomsPerTick) => (price, volatility) =>
    {
        var variance = Times(Times(volatility, volatility), Years(periodNanos));
        var root = BigBlack76.Root(BigBlack76.One + ((8 * BigBlack76.One << Bits) / variance));
        var distance = BigInteger.Abs(BigBlack76.Ln((price << Bits) / strike));
        var exponent = Times(distance, price >= strike ? root - BigBlack76.One : root + BigBlack76.One) >> 1;
        var time = Times((strike * BigBlack76.One << Bits) / root, BigBlack76.Exp(-exponent));
        var intrinsic = BigInteger.Max(0, isCall ? price - strike : strike - price);
        return ((intrinsic << Bits) + time) * atomsPerTick;
    };

    /// <summary>What SVI gives a strike, annual: sqrt(w(k) x left / fit / years).</summary>
    public static BigInteger SviVolatility(SviParameters svi, long forward, long strike, ulong fitNanos, ulong leftNanos)
    {
        var moneyness = BigBlack76.Ln(((BigInteger)strike << Bits) / forward);
        var distance = moneyness - Wide(svi.CentreQ48);
        var width = Wide(svi.WidthQ48);
        var root = BigBlack76.Root(Times(distance, distance) + Times(width, width));
        var variance = Wide(svi.LevelQ48) + Times(Wide(svi.SlopeQ48), Times(Wide(svi.CorrelationQ48), distance) + root);
        var left = variance * leftNanos / fitNanos;
        return BigBlack76.Root((left << Bits) / Years(leftNanos));
    }

    public static BigInteger Wide(long valueQ48) => (BigInteger)valueQ48 << (Bits - 48);

    private static (BigInteger Down, BigInteger Up) Shocked(BigInteger volatility, ulong timeNanos)
    {
        const ulong Day = 86_400_000_000_000;
        var time = Math.Max(timeNanos, Day);
        var power = time <= 30 * Day ? 300_000 : 130_000;
        var term = BigBlack76.Exp(BigBlack76.Ln(((BigInteger)(30 * Day) << Bits) / time) * power / 1_000_000);
        var down = BigInteger.Max(0, BigBlack76.One - (term * 3 / 10));
        var up = BigBlack76.One + (term * 5 / 10);
        return (Times(volatility, down), BigInteger.Max(Times(volatility, up), BigBlack76.One * 4 / 10));
    }

    private static BigInteger Skewed(long price, long strike, BigInteger volatility, ulong timeNanos, bool isCurvature)
    {
        var root = BigBlack76.Root(Years(timeNanos));
        var cap = BigInteger.Max(0, (BigBlack76.One / 4) - (root / 10));
        var width = BigInteger.Max(root * 24 / 10, BigBlack76.One / 100);
        var moneyness = BigBlack76.Ln(((BigInteger)strike << Bits) / price);
        var change = Times(isCurvature ? BigInteger.Abs(moneyness) : moneyness, (cap << Bits) / width);
        return Times(volatility, BigBlack76.One + BigInteger.Clamp(change, -cap, cap));
    }

    private static BigInteger Years(ulong nanos) => ((BigInteger)nanos << Bits) / 31_536_000_000_000_000;

    private static BigInteger Times(BigInteger left, BigInteger right) => (left * right) >> Bits;
}

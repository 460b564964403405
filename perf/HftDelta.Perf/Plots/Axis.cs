using System.Globalization;

namespace HftDelta.Perf.Plots;

/// <summary>One axis: which values it spans, where they lie between 0 and 1, and what is written there. Immutable.</summary>
internal sealed class Axis
{
    private const double NanosPerMicro = 1e3;
    private const double NanosPerMilli = 1e6;
    private const double NanosPerSecond = 1e9;

    private Axis(string title, double low, double high, bool isLogarithmic, IReadOnlyList<AxisTick> ticks)
    {
        (Title, Low, High, IsLogarithmic, Ticks) = (title, low, high, isLogarithmic, ticks);
    }

    /// <summary>With its unit.</summary>
    public string Title { get; }

    public double Low { get; }

    public double High { get; }

    public bool IsLogarithmic { get; }

    public IReadOnlyList<AxisTick> Ticks { get; }

    /// <summary>From zero to at least <paramref name="high"/>, in steps of 1, 2 or 5 times a power of ten.</summary>
    public static Axis Linear(string title, double high)
    {
        const int StepsWanted = 6;
        high = high > 0 ? high : 1;
        var step = RoundUp(high / StepsWanted);
        var steps = (int)Math.Ceiling((high / step) - 1e-9);
        var ticks = Enumerable.Range(0, steps + 1).Select(place => new AxisTick(place * step, Number(place * step)));
        return new Axis(title, 0, steps * step, isLogarithmic: false, [.. ticks]);
    }

    /// <summary>Nanoseconds on a logarithmic scale, labelled by the unit that fits: 1 us, 10 us, 1 ms.</summary>
    public static Axis Nanos(string title, double low, double high) => Logarithmic(title, low, high, Duration);

    /// <summary>Plain numbers on a logarithmic scale.</summary>
    public static Axis Logarithmic(string title, double low, double high) => Logarithmic(title, low, high, Number);

    /// <summary>Percentiles by 1 / (1 - p), so that each step further into the tail is as long as the one before.</summary>
    /// <param name="inverseMax">Of the last one that is shown.</param>
    public static Axis Percentiles(double inverseMax)
    {
        var high = Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(10, inverseMax)) - 1e-9));
        var ticks = new List<AxisTick> { new(1, "0"), new(2, "50 %") };
        for (var inverse = 10.0; inverse <= high * 1.001; inverse *= 10)
        {
            ticks.Add(new AxisTick(inverse, Percentile(inverse)));
        }

        return new Axis("percentile (scale: 1 / (1 - p))", 1, high, isLogarithmic: true, ticks);
    }

    /// <summary>Where a value lies: 0 at the lower end, 1 at the upper one.</summary>
    public double Place(double value) => IsLogarithmic
        ? (Math.Log(Math.Max(value, Low)) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low))
        : (value - Low) / (High - Low);

    /// <summary>1 us, 250 ns, 3.5 ms: as a reader says it.</summary>
    public static string Duration(double nanos) => nanos switch
    {
        < NanosPerMicro => $"{Short(nanos)} ns",
        < NanosPerMilli => $"{Short(nanos / NanosPerMicro)} us",
        < NanosPerSecond => $"{Short(nanos / NanosPerMilli)} ms",
        _ => $"{Short(nanos / NanosPerSecond)} s",
    };

    private static Axis Logarithmic(string title, double low, double high, Func<double, string> label)
    {
        low = low > 0 ? low : 1;
        high = Math.Max(high, low);
        var first = (int)Math.Floor(Math.Log10(low) + 1e-9);
        var last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(high) - 1e-9));
        var ticks = new List<AxisTick>();

        // Where there are few decades, a reader wants more than their ends.
        var isShort = last - first <= 2;
        for (var decade = first; decade <= last; decade++)
        {
            var begin = Math.Pow(10, decade);
            ticks.Add(new AxisTick(begin, label(begin)));
            for (var times = 2; times < 10 && decade < last; times++)
            {
                ticks.Add(new AxisTick(times * begin, isShort && (times is 2 or 5) ? label(times * begin) : ""));
            }
        }

        return new Axis(title, Math.Pow(10, first), Math.Pow(10, last), isLogarithmic: true, ticks);
    }

    private static string Percentile(double inverse)
    {
        var decimals = Math.Max(0, (int)Math.Round(Math.Log10(inverse)) - 2);
        return (100 - (100 / inverse)).ToString($"F{decimals}", CultureInfo.InvariantCulture) + " %";
    }

    private static double RoundUp(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double[] steps = [1, 2, 5, 10];
        return steps.First(times => times * power >= step * (1 - 1e-9)) * power;
    }

    /// <summary>Three digits say all that a time is worth.</summary>
    private static string Short(double value) =>
        value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);

    private static string Number(double value) => value switch
    {
        >= 1e6 => (value / 1e6).ToString("#,0.###", CultureInfo.InvariantCulture) + " M",
        >= 1e4 => (value / 1e3).ToString("#,0.###", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("#,0.#####", CultureInfo.InvariantCulture),
    };
}

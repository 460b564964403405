using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Markets;

/// <summary>One source of prices of one underlying. Asked once for each step, in order.</summary>
internal abstract class OracleFeed(DemoUnderlying underlying, uint source, string name)
{
    public DemoUnderlying Underlying { get; } = underlying;

    /// <summary>Within its underlying, from 1.</summary>
    public uint Source { get; } = source;

    /// <summary>For people.</summary>
    public string Name { get; } = name;

    /// <summary>The price that it begins with.</summary>
    public abstract PriceTicks First { get; }

    /// <summary>What it reports at a step, if anything.</summary>
    public abstract bool TryReport(int step, out PriceTicks price);
}

/// <summary>
/// A walk of one price: a bell-shaped move in each step, pulled back a little towards where it began.
/// </summary>
internal sealed class SeededWalk(SeededNumbers numbers, PriceTicks begin, long deviationTicks)
{
    private const int PullShift = 12;

    private long _price = begin.Value;
    private int _step;

    public PriceTicks Begin => begin;

    /// <summary>The price at a step; steps are asked for in order.</summary>
    public PriceTicks At(int step)
    {
        for (; _step < step; _step++)
        {
            _price += numbers.Bell(deviationTicks) + ((begin.Value - _price) >> PullShift);
            _price = Math.Max(_price, begin.Value / 2);
        }

        return new PriceTicks(_price);
    }
}

/// <summary>A source that sees a walk: a little to one side of it, with noise, at its own rhythm.</summary>
internal sealed class SeededFeed(
    DemoUnderlying underlying, uint source, SeededWalk walk, SeededNumbers numbers, long offsetTicks, long noiseTicks)
    : OracleFeed(underlying, source, $"seeded source {source}")
{
    public override PriceTicks First => new(walk.Begin.Value + offsetTicks);

    public override bool TryReport(int step, out PriceTicks price)
    {
        var seen = walk.At(step);
        var isDue = step % (int)Source == 0;
        price = isDue ? new PriceTicks(seen.Value + offsetTicks + numbers.Bell(noiseTicks)) : default;
        return isDue;
    }
}

/// <summary>
/// A source that says what a recording says: the last price up to the step, when there is a new one, and now and then again
/// while the recording goes on. After its end the source is silent, as it was when it was recorded.
/// </summary>
internal sealed class RecordedFeed(
    DemoUnderlying underlying, uint source, string name, IReadOnlyList<RecordedPrice> prices)
    : OracleFeed(underlying, source, name)
{
    private const int RepeatSteps = DemoTiming.StepsPerSecond / 2;

    private int _next;
    private int _reportedAt;

    public override PriceTicks First => prices[0].Price;

    public override bool TryReport(int step, out PriceTicks price)
    {
        var elapsed = (ulong)step * DemoTiming.StepNanos;
        var before = _next;
        while (_next < prices.Count && prices[_next].AfterNanos <= elapsed)
        {
            _next++;
        }

        var isNew = _next > before;
        var isRepeated = _next > 0 && _next < prices.Count && step - _reportedAt >= RepeatSteps;
        price = isNew || isRepeated ? prices[_next - 1].Price : default;
        _reportedAt = isNew || isRepeated ? step : _reportedAt;
        return isNew || isRepeated;
    }
}

/// <summary>A price and when it was seen, as venue time since the start.</summary>
internal readonly record struct RecordedPrice(ulong AfterNanos, PriceTicks Price);

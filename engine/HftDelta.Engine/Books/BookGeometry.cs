using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

/// <summary>
/// Where a book keeps its levels: a flat array for the prices of a band, pooled levels for all others. Prices behave the same
/// in both; the band is faster, and it follows the best prices.
/// </summary>
/// <param name="BandBase">The lowest price of the band at first.</param>
/// <param name="BandTicks">Prices in the band: 0 for none, <see cref="SmallBandTicks"/> or <see cref="LargeBandTicks"/>.</param>
public readonly record struct BookGeometry(PriceTicks BandBase, int BandTicks)
{
    /// <summary>A band of 64^2 prices: about 96 KiB.</summary>
    public const int SmallBandTicks = 64 * 64;

    /// <summary>A band of 64^3 prices: about 6 MiB.</summary>
    public const int LargeBandTicks = 64 * 64 * 64;

    /// <summary>Levels when nothing else is said.</summary>
    public const int DefaultLevels = 4_096;

    /// <summary>No band: every level is pooled.</summary>
    public static readonly BookGeometry None;

    private readonly int _levelsMax;

    /// <summary>
    /// How many price levels can be in use at once, both sides together, wherever they are: the pool is large enough to hold
    /// them all, so that the band can move away from any of them. Each reserves about 310 bytes of address space.
    /// </summary>
    public int LevelsMax
    {
        get => _levelsMax == 0 ? DefaultLevels : _levelsMax;
        init => _levelsMax = value;
    }

    /// <summary>A band of the given size with a price in its middle, or as near to it as prices go.</summary>
    public static BookGeometry Around(PriceTicks middle, int bandTicks)
    {
        Check.That(bandTicks > 0);
        var half = bandTicks / 2;
        var lowest = middle.Value < long.MinValue + half ? long.MinValue : middle.Value - half;
        var last = long.MaxValue - (bandTicks - 1);
        return new BookGeometry(new PriceTicks(lowest < last ? lowest : last), bandTicks);
    }

    /// <summary>The band's size is one that a book takes and its last price is a price.</summary>
    public bool IsValid =>
        BandTicks is 0 or SmallBandTicks or LargeBandTicks
        && (BandTicks == 0 || BandBase.Value <= long.MaxValue - (BandTicks - 1))
        && LevelsMax is >= 1 and <= LevelsLimit;

    /// <summary>The most levels of one book.</summary>
    public const int LevelsLimit = 1 << 22;
}

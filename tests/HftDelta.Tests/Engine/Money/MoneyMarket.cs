using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire.Internal;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// What is listed in one life: two underlyings with an asset each; a perpetual, a future, two options, a power perpetual and a
/// perpetual option on the first, a perpetual and an option on the second, and two strategies. Terms are drawn: powers, calls
/// and puts, funding, true-ups, delivery, sizes of ticks. Without intervals there is nothing that is funded.
/// </summary>
internal sealed class MoneyMarket
{
    public const uint LastListed = 8;
    public const uint Underlyings = 2;

    /// <summary>Futures and options of the first underlying; the last is of the second.</summary>
    private static readonly uint[] _dated = [2, 3, 4, 8];

    private readonly SeededRandom _random;
    private readonly VenueScript _venue;
    private readonly long[] _atomsPerTick = new long[LastListed + 1];
    private readonly long[] _optionMiddle = new long[LastListed + 1];
    private readonly ulong[] _expiries;
    private readonly int _callRatio;

    public MoneyMarket(SeededRandom random, VenueScript venue, bool hasIntervals)
    {
        _random = random;
        _venue = venue;
        HasIntervals = hasIntervals;
        _expiries = [Expiry(), Expiry()];
        _callRatio = random.NextInRange(1, 2);
        for (var underlying = 1u; underlying <= Underlyings; underlying++)
        {
            venue.ListUnderlying(
                underlying, thresholdTicks: random.NextInRange(1L, 500),
                intervalNanos: hasIntervals ? 7 * VenueScript.Second : 0);
            venue.Oracle(Prices[underlying], underlying);
        }
    }

    /// <summary>Settlement ticks fall due in time too.</summary>
    public bool HasIntervals { get; }

    /// <summary>By underlying.</summary>
    public long[] Prices { get; } = [0, 100_000, 100_000];

    /// <summary>Of an asset: what makes a unit, and what a unit is worth per tick of its underlying.</summary>
    public (long AtomsPerUnit, long QuoteAtomsPerTick)[] Assets { get; } = [(1, 1), (100_000_000, 10), (7, 3)];

    public uint[] Haircuts { get; } = [0, 200_000, 333_333];

    public long[] AccountMaxima { get; } = [0, 3_000, 20];

    public long[] VenueMaxima { get; } = [0, 15_000, 60];

    public static uint UnderlyingOf(uint instrument) => instrument is 7 or 8 ? 2u : 1u;

    public static bool IsDated(uint instrument) => _dated.Contains(instrument);

    public static bool HasVolatility(uint instrument) => instrument is 3 or 4 or 6 or 8;

    public void List(Action read)
    {
        var linear = _random.NextInRange(1L, 50);
        var option = _random.NextInRange(1L, 50);
        for (uint id = 1; id <= LastListed; id++)
        {
            var words = id switch
            {
                1 or 7 => WithFunding(new ListingWords { Instrument = id, Kind = InstrumentKind.Perpetual }),
                2 => Dated(new ListingWords { Instrument = id, Kind = InstrumentKind.Future }),
                5 => PowerPerpetual(id, linear),
                6 => Lasting(Option(id, InstrumentKind.PerpetualOption)),
                _ => Dated(Option(id, InstrumentKind.EuropeanOption)),
            };
            _atomsPerTick[id] = id is 3 or 4 ? option : linear;
            _optionMiddle[id] = 4_000 * linear / _atomsPerTick[id];
            _venue.List(words with
            {
                Underlying = UnderlyingOf(id), AtomsPerTick = _atomsPerTick[id], AtomsPerUnderlyingTick = linear,
            });
            Demand.That(_venue.Engine.View.InstrumentCount == id, $"{words} is listed");
            read();
        }

        _venue.ListStrategy(LastListed + 1, 0, 0, (1, 1), (2, -1));
        _venue.ListStrategy(LastListed + 2, 0, 0, (3, _callRatio), (4, -1));
        Demand.That(_venue.Engine.View.InstrumentCount == LastListed + 2, "strategies are listed");
        for (uint asset = 1; asset < Assets.Length; asset++)
        {
            var (atomsPerUnit, quoteAtomsPerTick) = Assets[asset];
            _venue.ListAsset(
                asset, asset, atomsPerUnit, quoteAtomsPerTick, Haircuts[asset], VenueMaxima[asset], AccountMaxima[asset]);
        }
    }

    /// <summary>About what a lot, or a strategy, trades at, in price ticks.</summary>
    public long MiddleOf(uint instrument) => instrument switch
    {
        1 or 2 or 7 => Prices[UnderlyingOf(instrument)],
        5 or 6 => (long)((_venue.Engine.View.Mark(new InstrumentId(instrument)).Value >> 32) / _atomsPerTick[instrument]),
        LastListed + 1 => 0,
        LastListed + 2 => (_callRatio - 1) * _optionMiddle[3],
        _ => _optionMiddle[instrument],
    };

    private ulong Expiry() => _venue.Engine.TimeNanos + ((40 + _random.NextBelow(150)) * VenueScript.Second);

    private ListingWords Option(uint id, InstrumentKind kind) => new()
    {
        Instrument = id, Kind = kind, OptionKind = _random.Chance(1, 2) ? OptionKind.Call : OptionKind.Put,
        Strike = _random.NextInRange(90_000L, 110_000), Volatility = VenueScript.FullVolatility,
    };

    private ListingWords Dated(ListingWords words)
    {
        var isPhysical = _random.Chance(1, 2);
        return words with
        {
            ExpiryTime = _expiries[(int)_random.NextBelow(2)],
            TrueUpEvery = HasIntervals ? (uint)_random.NextBelow(4) : 0,
            IsPhysical = isPhysical,
            DeliveryNanos = isPhysical ? 500 * VenueScript.Second : 0,
        };
    }

    /// <summary>Short periods, so that much is paid; a perpetual where there are no intervals at which it could be.</summary>
    private ListingWords Lasting(ListingWords words) => HasIntervals
        ? words with { FundingPeriod = (7 + _random.NextBelow(994)) * VenueScript.Second }
        : new ListingWords { Instrument = words.Instrument, Kind = InstrumentKind.Perpetual };

    private ListingWords WithFunding(ListingWords words) => HasIntervals && _random.Chance(3, 4)
        ? Lasting(words) with
        {
            BasePpb = _random.NextInRange(-1_000_000L, 1_000_000), CapPpb = _random.NextInRange(1L, 10_000_000),
            ImpactLots = _random.NextInRange(0L, 10),
        }
        : words;

    /// <summary>A lot of it is worth what a lot of the perpetual is worth, at first.</summary>
    private ListingWords PowerPerpetual(uint id, long atomsPerTick)
    {
        var degree = (PowerDegree)_random.NextBelow(3);
        var (scale, bits) = degree switch
        {
            PowerDegree.Root => (316UL, 0),
            PowerDegree.Two => ((1UL << 40) / 100_000, 40),
            _ => ((1UL << 50) / 10_000_000_000, 50),
        };
        return Lasting(new ListingWords
        {
            Instrument = id, Kind = InstrumentKind.PowerPerpetual, Volatility = VenueScript.FullVolatility,
            PowerScale = scale * (ulong)atomsPerTick, PowerScaleBits = (ushort)bits, Degree = degree,
        });
    }
}

using System.Numerics;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Markets;
using HftDelta.Wire;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>
/// Terms at the ends of what can be said: what is listed stays in the bounds of the arithmetic however its price jumps, which a
/// model in unbounded integers finds out, because one that left them would not add up.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class ListingExtremesTests
{
    private const uint Long = 20;
    private const uint Short = 21;
    private const long Money = 1L << 56;
    private const ulong Second = VenueScript.Second;
    private const ulong Life = 40 * 86_400 * Second;

    private static readonly BigInteger _bound = BigInteger.One << 80;

    [Test]
    public void What_is_listed_stays_in_its_bounds_at_every_price()
    {
        var seed = LongSuite.Seed(20_261_128);
        var random = new SeededRandom(seed);
        var lives = new Dictionary<InstrumentKind, int>();
        for (var life = 0; life < 600; life++)
        {
            var words = Words(random);
            if (Lived(random, words, $"seed {seed}, life {life}, {words}"))
            {
                lives[words.Kind] = lives.GetValueOrDefault(words.Kind) + 1;
            }
        }

        Assert.That(lives, Has.Count.EqualTo(5), "each kind was listed");
        Assert.That(lives.Values.Min(), Is.Positive);
    }

    /// <summary>2^24 - 1 lots of 2^38 atoms at most are below 2^62 atoms; one lot more is not.</summary>
    [TestCase(InstrumentKind.Perpetual, 100)]
    [TestCase(InstrumentKind.Future, 100)]
    [TestCase(InstrumentKind.EuropeanOption, 50)]
    public void A_position_at_its_bound_is_told_to_the_atom_at_the_highest_price(InstrumentKind kind, long price)
    {
        const long AtBound = (1L << 24) - 1;
        const long Highest = 1L << 38;
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying(intervalNanos: 10 * Second);
        venue.Oracle(100);
        venue.OpenTrader(Long, Money);
        venue.OpenTrader(Short, Money);
        var end = engine.TimeNanos + Life;
        var isOption = kind == InstrumentKind.EuropeanOption;
        venue.List(new ListingWords
        {
            Instrument = 1, Kind = kind, OptionKind = isOption ? OptionKind.Call : OptionKind.None, Strike = isOption ? 100 : 0,
            ExpiryTime = kind == InstrumentKind.Perpetual ? 0 : end, Volatility = isOption ? VenueScript.FullVolatility : 0,
        });
        var model = new Model(engine, venue, 1, $"{kind}");
        venue.Order(Long, 1, Side.Buy, price, AtBound + 1);
        Assert.That(engine.Reject(), Is.EqualTo($"PositionLimit {AtBound}"));
        model.Trade(buys: true, price, AtBound);
        Assert.That(engine.View.Position(new(Long), new(1)).Value, Is.EqualTo(AtBound));
        Assert.That(engine.View.Position(new(Short), new(1)).Value, Is.EqualTo(-AtBound));
        venue.Order(Long, 1, Side.Buy, price, 1);
        Assert.That(engine.Reject(), Is.EqualTo($"PositionLimit {AtBound}"));
        venue.Order(Short, 1, Side.Sell, price, 1);
        Assert.That(engine.Reject(), Is.EqualTo($"PositionLimit {AtBound}"));

        venue.Oracle(Highest + 1);
        venue.Oracle(Highest);
        venue.Wait(10 * Second);
        model.Take();
        if (kind == InstrumentKind.Perpetual)
        {
            venue.Delist(1, end);
        }

        engine.TimeNanos = end - Second;
        venue.Oracle(Highest);
        engine.TimeNanos = end;
        engine.Tick();
        model.Take();
        engine.DrainPendingWork();
        model.IsTold();
        var gained = (BigInteger)engine.View.Cash(new(Long)).Value - Money;
        Assert.That(gained, Is.EqualTo(AtBound * ((BigInteger)Highest - (isOption ? 100 : 0) - price)));
        Assert.That(gained, Is.GreaterThan(BigInteger.One << 61), "a few times more would not be told");
        engine.View.Audit();
    }

    private static bool Lived(SeededRandom random, ListingWords words, string life)
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying(intervalNanos: 10 * Second, initialMarginPpm: (uint)Extreme(random, 19));
        venue.Oracle(Extreme(random, 40));
        venue.OpenTrader(Long, Money);
        venue.OpenTrader(Short, Money);
        var end = engine.TimeNanos + Life;
        venue.List(words with { ExpiryTime = words.ExpiryTime == 0 ? 0 : end });
        if (engine.View.InstrumentCount == 0)
        {
            return false;
        }

        var model = new Model(engine, venue, words.AtomsPerTick, life);
        for (var step = 0; step < 40; step++)
        {
            switch (random.NextBelow(3))
            {
                case 0:
                    venue.Oracle(Extreme(random, 42));
                    break;
                case 1:
                    model.Trade(random.Chance(1, 2), Extreme(random, 30), Extreme(random, 16));
                    break;
                default:
                    venue.Wait((ulong)Extreme(random, 45));
                    break;
            }

            model.Take();
        }

        if (words.ExpiryTime == 0)
        {
            end = engine.TimeNanos + Second;
            venue.Delist(1, end);
        }

        engine.TimeNanos = end > engine.TimeNanos ? end : engine.TimeNanos;
        engine.Tick();
        model.Take();
        engine.DrainPendingWork();
        model.IsTold();
        engine.View.Audit();
        return true;
    }

    /// <summary>One account's cash: trades, funding and payoff, in unbounded integers.</summary>
    private sealed class Model(EngineHarness engine, VenueScript venue, long atomsPerTick, string life)
    {
        private BigInteger _cash;
        private BigInteger _lots;
        private BigInteger _funded;

        public void Trade(bool buys, long price, long size)
        {
            var before = engine.View.Position(new(Long), new(1)).Value;
            var (buyer, seller) = buys ? (Long, Short) : (Short, Long);
            var resting = venue.Order(seller, 1, Side.Sell, price, size);
            venue.Order(buyer, 1, Side.Buy, price, size, TimeInForce.ImmediateOrCancel);
            var moved = engine.View.Position(new(Long), new(1)).Value - before;
            _cash -= ((BigInteger)moved * price * atomsPerTick) << 32;
            _lots += moved;
            if (engine.View.OrderCount != 0)
            {
                venue.Cancel(seller, 1, resting);
            }

            Assert.That(engine.View.OrderCount, Is.Zero, life);
        }

        public void Take()
        {
            var index = (BigInteger)engine.View.DeltaIndex(new(1)).Value;
            var funding = (BigInteger)engine.View.FundingIndex(new(1)).Value;
            Assert.That(BigInteger.Abs(index), Is.LessThan(_bound), life);
            Assert.That(BigInteger.Abs(funding), Is.LessThan(_bound), life);
            _cash -= _lots * (funding - _funded);
            _funded = funding;
        }

        public void IsTold()
        {
            Assert.That(engine.View.InstrumentState(new(1)), Is.EqualTo(InstrumentState.Removed), life);
            var told = ((BigInteger)(engine.View.Cash(new(Long)).Value - Money) << 32) + engine.View.Dust(new(Long));
            Assert.That(told, Is.EqualTo(_cash + (_lots * (BigInteger)engine.View.DeltaIndex(new(1)).Value)), life);
        }
    }

    private static ListingWords Words(SeededRandom random)
    {
        InstrumentKind[] kinds =
        [
            InstrumentKind.EuropeanOption, InstrumentKind.Future, InstrumentKind.Perpetual, InstrumentKind.PowerPerpetual,
            InstrumentKind.PerpetualOption,
        ];
        var kind = kinds[random.NextBelow(5)];
        var isOption = kind is InstrumentKind.EuropeanOption or InstrumentKind.PerpetualOption;
        var isDated = kind is InstrumentKind.EuropeanOption or InstrumentKind.Future;
        var isPower = kind == InstrumentKind.PowerPerpetual;
        return new ListingWords
        {
            Instrument = 1,
            Kind = kind,
            OptionKind = isOption ? random.Chance(1, 2) ? OptionKind.Call : OptionKind.Put : OptionKind.None,
            Strike = isOption ? Extreme(random, 40) : 0,
            ExpiryTime = isDated ? 1UL : 0,
            Volatility = isOption || isPower ? (ulong)Extreme(random, isPower ? 49 : 52) : 0,
            AtomsPerTick = Extreme(random, 10),
            AtomsPerUnderlyingTick = Extreme(random, 33),
            FundingPeriod = isDated ? 0 : (10 * Second) + (ulong)Extreme(random, 54),
            PowerScale = isPower ? (ulong)Extreme(random, 62) : 0,
            PowerScaleBits = isPower ? (ushort)random.NextBelow(160) : (ushort)0,
            Degree = isPower ? (PowerDegree)random.NextBelow(3) : default,
            BasePpb = kind == InstrumentKind.Perpetual ? Extreme(random, 29) : 0,
            CapPpb = kind == InstrumentKind.Perpetual ? Extreme(random, 29) : 0,
            TrueUpEvery = isDated ? (uint)random.NextBelow(3) : 0,
        };
    }

    /// <summary>From 1 to below 2^bits, each size as likely as every other, and the ends more than that.</summary>
    private static long Extreme(SeededRandom random, int bits)
    {
        var size = 1L << (int)random.NextBelow((ulong)bits);
        return random.NextBelow(3) switch { 0 => size, 1 => (2 * size) - 1, _ => size + (long)random.NextBelow((ulong)size) };
    }
}

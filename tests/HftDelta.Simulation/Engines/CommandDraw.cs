using HftDelta.Simulation.Randomness;
using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// Random commands, skewed so that books have queues, orders cross, levels empty and every rule is broken now and then. What
/// is drawn depends on the seed alone, never on what the venues answer.
/// </summary>
public sealed partial class CommandDraw
{
    private const int RememberedMax = 60;

    private readonly VenueWorld _world;
    private readonly VenueFeatures _features;
    private readonly SeededRandom _random;
    private readonly List<(uint Session, uint Account)> _sessions;
    private readonly Dictionary<uint, ulong> _lastId = [];
    private readonly Dictionary<uint, List<NewOrder>> _remembered = [];
    private readonly long[] _oracle;

    // What is off is switched on again before long, so that most commands meet an open market.
    private readonly Queue<VenueCommand> _undo = [];
    private ulong _time;
    private ulong _day;

    public CommandDraw(VenueWorld world, VenueFeatures features, ulong seed)
    {
        _world = world;
        _features = features;
        _random = new SeededRandom(seed);
        _sessions = [.. world.Accounts.SelectMany(
            account => account.Sessions.Select(session => (session, account.Account)))];
        _oracle = [.. world.Underlyings.Select(underlying => underlying.Price)];
        foreach (var (session, _) in _sessions)
        {
            _lastId[session] = 0;
            _remembered[session] = [];
        }
    }

    public List<VenueCommand> Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private bool Has(VenueFeatures feature) => (_features & feature) != 0;

    private bool Chance(ulong times, ulong outOf) => _random.Chance(times, outOf);

    private VenueCommand Next()
    {
        _time += (ulong)_random.NextInRange(0, 2_000_000L);
        if (Chance(1, 400))
        {
            _time += 3_000_000_000;
        }

        return Kind() with { TimeNanos = _time };
    }

    private VenueCommand Kind()
    {
        if (_undo.Count > 0 && Chance(1, 40))
        {
            return _undo.Dequeue();
        }

        var draw = _random.NextInRange(0, 999);
        return draw switch
        {
            < 560 => Order(),
            < 740 => Cancel(),
            < 880 => Replace(),
            < 930 => Oracle(),
            < 940 => new TimePasses(),
            _ => Rare(draw),
        };
    }

    private (uint Session, uint Account) Session() => _sessions[_random.NextInRange(0, _sessions.Count - 1)];

    private uint Instrument() =>
        Chance(1, 2) ? 1U : (uint)_random.NextInRange(1, Has(VenueFeatures.Strategies)
            ? _world.InstrumentCount
            : _world.Instruments.Length);

    private ulong NextId(uint session) =>
        Chance(1, 150) ? _lastId[session] : _lastId[session] += (ulong)_random.NextInRange(1, 2);

    /// <summary>Where the market of an instrument is now, in its ticks.</summary>
    private long Center(uint instrument)
    {
        if (_world.IsStrategy(instrument))
        {
            var legs = _world.Strategies[(int)instrument - _world.Instruments.Length - 1].Legs;
            return legs.Sum(leg => leg.Ratio * Center(leg.Instrument));
        }

        var listed = _world.Instruments[(int)instrument - 1];
        return _oracle[listed.Underlying - 1] * listed.AtomsPerUnderlyingTick / listed.AtomsPerTick;
    }

    /// <summary>Mostly a few ticks from the market, so that orders meet and share prices.</summary>
    private long PriceNear(uint instrument, Side side)
    {
        var width = Chance(1, 20) ? 60 : Chance(1, 4) ? 12 : 4;
        var better = Chance(2, 3) ? _random.NextInRange(0, width) : -_random.NextInRange(0, width / 2);
        return AtLeast(instrument, Center(instrument) + (side == Side.Buy ? -better : better));
    }

    /// <summary>Prices of strategies have any sign.</summary>
    private long AtLeast(uint instrument, long price) => _world.IsStrategy(instrument) ? price : Math.Max(1, price);

    private long Lots() => Chance(1, 12) ? _random.NextInRange(20, 90) : _random.NextInRange(1, 9);

    private NewOrder Order()
    {
        var (session, account) = Session();
        var instrument = Instrument();
        var side = Chance(1, 2) ? Side.Buy : Side.Sell;
        var order = new NewOrder
        {
            Session = session,
            Account = account,
            Instrument = instrument,
            ClientOrderId = NextId(session),
            Side = side,
            Price = PriceNear(instrument, side),
            Quantity = Lots(),
            IsExtended = Chance(1, 5),
        };
        order = WithTime(order);
        order = WithType(order);
        order = WithFlags(order);
        order = Chance(1, 40) ? Spoilt(order) : order;
        Remember(order);
        return order;
    }

    private void Remember(NewOrder order)
    {
        if (!_remembered.TryGetValue(order.Session, out var remembered) || order.Instrument > _world.InstrumentCount)
        {
            return;
        }

        remembered.Add(order);
        if (remembered.Count > RememberedMax)
        {
            remembered.RemoveAt(0);
        }
    }

    /// <summary>An order that was sent, dead or alive; null before the first.</summary>
    private NewOrder? Target()
    {
        var (session, _) = Session();
        var remembered = _remembered[session];
        return remembered.Count == 0
            ? null
            : remembered[_random.NextInRange(Chance(1, 5) ? 0 : Math.Max(0, remembered.Count - 12), remembered.Count - 1)];
    }

    private VenueCommand Cancel()
    {
        if (Target() is not { } target)
        {
            return Order();
        }

        var isStrange = Chance(1, 50);
        var (session, account) = isStrange ? Session() : (target.Session, target.Account);
        return new CancelOrder(
            session, isStrange && Chance(1, 2) ? target.Account : account,
            Chance(1, 100) ? Instrument() : target.Instrument, target.ClientOrderId, target.ClientOrderId, Chance(1, 3))
        {
            Owner = target.Session,
        };
    }

    private VenueCommand Replace()
    {
        if (Target() is not { } target)
        {
            return Order();
        }

        var id = NextId(target.Session);
        var price = Chance(1, 2) ? target.Price : PriceNear(target.Instrument, target.Side);
        var quantity = Chance(1, 2) ? Math.Max(1, target.Quantity - _random.NextInRange(0, 3)) : Lots();
        quantity = Chance(1, 60) ? 0 : quantity;
        var replace = new ReplaceOrder(
            target.Session, target.Account, target.Instrument, target.ClientOrderId, id, Chance(1, 3), price, quantity);

        // The order will have the new id if it still lives; if not, a target that is dead is welcome too.
        _remembered[target.Session].Remove(target);
        Remember(target with { ClientOrderId = id, Price = price, Quantity = quantity });
        return replace;
    }

    private OraclePrice Oracle()
    {
        var underlying = _random.NextInRange(1, _world.Underlyings.Length);
        var first = _world.Underlyings[underlying - 1].Price;
        var move = Chance(1, 10) ? _random.NextInRange(-15, 15) : _random.NextInRange(-3, 3);
        _oracle[underlying - 1] = Math.Clamp(_oracle[underlying - 1] + move, first / 2, first * 2);
        return new OraclePrice((uint)underlying, _oracle[underlying - 1]);
    }
}

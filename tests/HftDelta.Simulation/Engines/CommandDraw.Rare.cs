using System.Collections.Immutable;
using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Random commands that touch many orders, and those of the venue itself.</summary>
public sealed partial class CommandDraw
{
    private const ulong Milli = 1_000_000;

    private VenueCommand Rare(int draw) => draw switch
    {
        < 946 when Has(VenueFeatures.MassCancels) => MassCancel(),
        < 970 when Has(VenueFeatures.Quotes) => Quote(),
        < 975 when Has(VenueFeatures.Protection) => Protection(),
        < 980 when Has(VenueFeatures.SelfTradePrevention) => Group(),
        < 984 when Has(VenueFeatures.Rules) => Rules(),
        < 992 when Has(VenueFeatures.States) => State(),
        < 995 when Has(VenueFeatures.KillSwitch) => KillOrNot(),
        < 997 when Has(VenueFeatures.Day) => new EndDay(++_day),
        < 999 => new SettleNow((uint)_random.NextInRange(1, _world.Underlyings.Length)),
        < 1_000 when Has(VenueFeatures.Sessions) => CloseOrOpen(),
        _ => Order(),
    };

    private MassCancel MassCancel()
    {
        var (session, account) = Session();
        var instrument = Chance(1, 2) ? Instrument() : 0;
        var center = Center(instrument == 0 ? 1 : instrument);
        var (low, high) = Chance(1, 2)
            ? (0L, 0L)
            : (center + _random.NextInRange(-6, 0), center + _random.NextInRange(-1, 6));
        return new MassCancel(
            session, Chance(1, 60) ? 60 : account, Chance(1, 60) ? 99 : instrument, Chance(1, 2) ? 1U : 0,
            (SideFilter)_random.NextInRange(0, 2), low, high, _random.NextBelow(1_000));
    }

    private QuoteMass Quote()
    {
        var (session, account) = Session();
        var underlying = (uint)_random.NextInRange(1, _world.Underlyings.Length);
        var entries = ImmutableArray.CreateBuilder<QuoteEntry>();
        for (var id = 1U; id <= _world.InstrumentCount; id++)
        {
            var isLikely = _world.UnderlyingOf(id) == underlying && !_world.IsStrategy(id);
            if ((isLikely && Chance(3, 4)) || Chance(1, 60))
            {
                var middle = Center(id);
                entries.Add(new QuoteEntry(
                    id, Math.Max(0, middle - _random.NextInRange(-1, 4)), Chance(1, 6) ? 0 : Lots(),
                    Math.Max(0, middle + _random.NextInRange(-1, 4)), Chance(1, 6) ? 0 : Lots()));
            }
        }

        return new QuoteMass(
            session, account, underlying, NextId(session),
            Has(VenueFeatures.Protection) && Chance(1, 2) ? ExecutionFlags.MarketMakerProtection : default, default,
            entries.ToImmutable());
    }

    private Protect Protection()
    {
        var (session, account) = Session();
        return new Protect(
            session, account, (uint)_random.NextInRange(1, _world.Underlyings.Length), _random.NextBelow(1_000),
            Chance(1, 6) ? 0 : (ulong)_random.NextInRange(1, 200) * Milli,
            Chance(1, 4) ? 0 : (ulong)_random.NextInRange(1, 200) * Milli, Chance(1, 2) ? 0 : _random.NextInRange(1, 30),
            Chance(1, 2) ? 0 : _random.NextInRange(1L, 30) << 32, Chance(1, 2) ? 0 : (uint)_random.NextInRange(1, 5));
    }

    private SetGroup Group() => new(Session().Account, (uint)_random.NextInRange(0, 2));

    private SetRules Rules()
    {
        var instrument = Instrument();
        if (_world.IsStrategy(instrument) && Chance(1, 2))
        {
            return new SetRules(instrument) { OrderLotsMax = Chance(1, 2) ? 0 : _random.NextInRange(20, 80) };
        }

        if (Chance(1, 3))
        {
            _undo.Enqueue(new SetRules(instrument));
        }

        var center = Center(instrument);
        ImmutableArray<PriceIncrement> increments = Chance(2, 3)
            ? []
            : [new PriceIncrement(1, 1), new PriceIncrement(Math.Max(2, center + _random.NextInRange(-3, 3)), 2)];
        return new SetRules(instrument)
        {
            StaticBandPpm = Chance(1, 2) ? 0 : (uint)_random.NextInRange(5_000, 60_000),
            DynamicBandPpm = Chance(1, 2) ? 0 : (uint)_random.NextInRange(1_000, 20_000),
            BandMinimumTicks = (uint)_random.NextInRange(0, 6),
            LotSize = Chance(3, 4) ? 0 : _random.NextInRange(1, 3),
            OrderLotsMax = Chance(1, 2) ? 0 : _random.NextInRange(20, 80),
            PositionLotsMax = Chance(1, 2) ? 0 : _random.NextInRange(20, 300),
            AccountOrdersMax = Chance(1, 2) ? 0 : (uint)_random.NextInRange(5, 40),
            OpeningAuctionNanos = Chance(1, 2) ? 0 : (ulong)_random.NextInRange(1, 100) * Milli,
            VolatilityAuctionNanos = Chance(1, 4) ? 0 : (ulong)_random.NextInRange(1, 50) * Milli,
            Increments = increments,
        };
    }

    private ChangeState State()
    {
        var state = Chance(1, 6) ? InstrumentState.Open : (InstrumentState)_random.NextInRange(4, 9);
        var change = Chance(1, 6)
            ? new ChangeState(0, (uint)_random.NextInRange(1, _world.Underlyings.Length), state)
            : new ChangeState(Instrument(), 0, state);
        _undo.Enqueue(change with { State = InstrumentState.Open });
        return change;
    }

    private VenueCommand CloseOrOpen()
    {
        var (session, _) = Session();
        if (Chance(1, 3))
        {
            return new OpenSession(session, Chance(1, 2));
        }

        _undo.Enqueue(new OpenSession(session, Chance(1, 2)));
        return new CloseSession(session);
    }

    private Kill KillOrNot()
    {
        var kill = new Kill(Chance(1, 6) ? 0 : Session().Account, Chance(5, 6), Chance(1, 2));
        _undo.Enqueue(kill with { IsOn = false, CancelsOrders = false });
        return kill;
    }
}

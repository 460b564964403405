using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Replica.Snapshots;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Deliveries;

/// <summary>What physically delivered instruments leave to be done after their expiry.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class DeliveryTests
{
    private const uint Buyer = 20;
    private const uint Seller = 21;
    private const uint Other = 22;
    private const ulong Day = 86_400 * VenueScript.Second;
    private const ulong Hour = 3_600 * VenueScript.Second;

    private EngineHarness _engine = null!;
    private VenueScript _venue = null!;
    private ulong _expiry;

    [SetUp]
    public void SetUp() => Begin(EngineLimits.Small);

    [TearDown]
    public void TearDown() => _engine.Dispose();

    [Test]
    public void A_future_delivers_its_lots_at_the_expirys_price()
    {
        ListFuture(1, atomsPerTick: 3);
        Trade(1, Buyer, Seller, 100_000, 5);
        var lines = Expire(101_000);

        Assert.That(lines, Is.EquivalentTo(new[]
        {
            new Line(Buyer, 15, 15 * 101_000, DeliveryState.Due), new Line(Seller, -15, -15 * 101_000, DeliveryState.Due),
        }));
        Assert.That(_engine.View.ObligationCount, Is.EqualTo(2));
        Assert.That(
            (_engine.View.Cash(new(Buyer)).Value, _engine.View.Cash(new(Seller)).Value),
            Is.EqualTo(((1L << 40) + 15_000, (1L << 40) - 15_000)), "in cash it is settled as any other future");
        Assert.That(DeadlineOf(Buyer), Is.EqualTo(_expiry + Hour));
        Replays();
    }

    [TestCase(OptionKind.Call, 99_000, 4)]
    [TestCase(OptionKind.Put, 102_000, -4)]
    [TestCase(OptionKind.Call, 101_000, 0)]
    [TestCase(OptionKind.Put, 101_000, 0)]
    [TestCase(OptionKind.Call, 103_000, 0)]
    public void An_option_is_exercised_in_the_money_and_a_put_gives_what_a_call_takes(OptionKind kind, long strike, long taken)
    {
        ListOption(1, kind, strike);
        Trade(1, Buyer, Seller, 3_000, 4);
        var lines = Expire(101_000);
        Assert.That(lines.Where(line => line.Account == Buyer).Sum(line => (long)line.Amount), Is.EqualTo(taken));
        Assert.That(lines.Sum(line => (long)line.Amount), Is.Zero, "what one gives another takes");
        Assert.That(_engine.View.ObligationCount, Is.EqualTo(taken == 0 ? 0 : 2));
    }

    [Test]
    public void All_instruments_of_an_expiry_are_netted_and_nothing_is_left_of_what_cancels_out()
    {
        ListFuture(1);
        ListOption(2, OptionKind.Call, 90_000);
        ListOption(3, OptionKind.Put, 110_000);
        Trade(1, Buyer, Seller, 100_000, 6);
        Trade(2, Other, Buyer, 10_000, 4);
        Trade(3, Buyer, Seller, 10_000, 2);
        var lines = Expire(101_000);

        // The buyer takes six, gives four for the call and two for the put.
        Assert.That(Last(lines, Buyer), Is.EqualTo(new Line(Buyer, 0, 0, DeliveryState.Netted)));
        Assert.That(Last(lines, Other), Is.EqualTo(new Line(Other, 4, 404_000, DeliveryState.Due)));
        Assert.That(Last(lines, Seller), Is.EqualTo(new Line(Seller, -4, -404_000, DeliveryState.Due)));
        Assert.That(_engine.View.ObligationCount, Is.EqualTo(2));
        Replays();
    }

    [Test]
    public void Cash_settled_instruments_leave_nothing()
    {
        _venue.ListFuture(1, _expiry);
        Trade(1, Buyer, Seller, 100_000, 5);
        Assert.That(Expire(101_000), Is.Empty);
        Assert.That(_engine.View.ObligationCount, Is.Zero);
    }

    [Test]
    public void An_obligation_ends_when_it_is_fulfilled_and_lapses_no_earlier_than_at_its_deadline()
    {
        ListFuture(1);
        Trade(1, Buyer, Seller, 100_000, 5);
        Expire(101_000);
        var (taking, giving) = (IdOf(Buyer), IdOf(Seller));
        Assert.That(Resolve(taking, isDelivered: false), Is.EqualTo(RejectCode.BeforeDeadline));
        Assert.That(Resolve(taking, isDelivered: true), Is.Null);
        Assert.That(Lines().Single(), Is.EqualTo(new Line(Buyer, 5, 505_000, DeliveryState.Delivered)));
        Assert.That(Resolve(taking, isDelivered: true), Is.EqualTo(RejectCode.UnknownObligation));
        var cash = _engine.View.Cash(new(Seller)).Value;
        _engine.TimeNanos = _expiry + Hour;
        Assert.That(Resolve(giving, isDelivered: false), Is.Null);
        Assert.That(Lines().Single().State, Is.EqualTo(DeliveryState.Lapsed));
        Assert.That(_engine.View.ObligationCount, Is.Zero);
        Assert.That(_engine.View.Cash(new(Seller)).Value, Is.EqualTo(cash), "the cash settlement at expiry stands");
        Replays();
    }

    [Test]
    public void Positions_stay_open_until_there_is_room_for_what_they_leave()
    {
        _engine.Dispose();
        Begin(EngineLimits.Small with { Obligations = 2 });
        ListFuture(1);
        ListFuture(2, expiry: _expiry + Hour);
        Trade(1, Buyer, Seller, 100_000, 5);
        Trade(2, Buyer, Seller, 100_000, 1);
        Expire(101_000);
        var (taking, giving) = (IdOf(Buyer), IdOf(Seller));
        _engine.TimeNanos = _expiry + Hour;
        _engine.Tick();
        _engine.Tick();
        Assert.That(_engine.View.InstrumentState(new(2)), Is.EqualTo(InstrumentState.Expired));
        Assert.That(_engine.Processor.HasPendingWork, Is.False, "nothing that more clock ticks could bring forward");
        Replays();
        Assert.That(_engine.View.Position(new(Buyer), new(2)).Value, Is.EqualTo(1));
        Resolve(taking, isDelivered: true);
        Resolve(giving, isDelivered: true);
        _engine.DrainPendingWork();
        Assert.That(_engine.View.InstrumentState(new(2)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(_engine.View.ObligationCount, Is.EqualTo(2));
        Replays();
    }

    [Test]
    public void Time_to_deliver_begins_when_the_price_is_fixed_and_is_the_longest_of_the_expiry()
    {
        _venue.ListAsset(1, atomsPerUnit: 1_000, quoteAtomsPerTick: 1, accountMaximum: 1L << 30, venueMaximum: 1L << 30);
        new OracleScript(_engine).Rules(new OracleRulesWords
        {
            LateNanos = 10 * VenueScript.Second, StaleNanos = 60 * VenueScript.Second, DeadNanos = 120 * VenueScript.Second,
        });
        ListFuture(1);
        _venue.List(Future(2) with { DeliveryNanos = 3 * Hour });
        Trade(1, Buyer, Seller, 100_000, 5);
        Trade(2, Buyer, Seller, 100_000, 1);
        _venue.DepositAsset(Seller, 1, 6_000, 77);
        _engine.TimeNanos = _expiry + (9 * Hour);
        _engine.Tick();
        _engine.DrainPendingWork();
        Assert.That(_engine.View.InstrumentState(new(1)), Is.EqualTo(InstrumentState.Open), "its price is dead");
        _venue.Oracle(101_000);
        Assert.That(_engine.View.InstrumentState(new(1)), Is.Not.EqualTo(InstrumentState.Open));
        var lines = new List<Line>();
        var deadline = 0UL;
        while (_engine.Processor.HasPendingWork)
        {
            _engine.Tick();
            lines.AddRange(Lines());
            deadline = Reports().Any() ? DeadlineOf(Buyer) : deadline;
        }

        Assert.That(deadline, Is.EqualTo(_expiry + (12 * Hour)));
        Assert.That(lines.Select(line => line.State), Is.All.EqualTo(DeliveryState.Due), "and nobody has failed yet");
        Assert.That(Last([.. lines], Buyer).Amount, Is.EqualTo((Int128)6));
        Replays();
        _engine.TimeNanos = deadline;
        _engine.Tick();
        _engine.DrainPendingWork();
        Assert.That(_engine.View.ObligationCount, Is.Zero);
        Assert.That(_engine.View.Balance(new(Buyer), new(1)).Value, Is.EqualTo(6_000));
    }

    [Test]
    public void Delivery_needs_a_deadline_and_an_expiry()
    {
        foreach (var words in new[]
        {
            Future(1) with { DeliveryNanos = 0 }, Future(1) with { IsPhysical = false },
            Future(1) with { Kind = InstrumentKind.Perpetual, ExpiryTime = 0 }, Future(1) with { DeliveryNanos = 367 * Day },
        })
        {
            _venue.List(words);
            Assert.That(_engine.View.InstrumentCount, Is.Zero, $"{words}");
        }
    }

    private void Begin(EngineLimits limits)
    {
        _engine = new EngineHarness(limits);
        _venue = new VenueScript(_engine);
        _expiry = _engine.TimeNanos + Day;
        _venue.ListUnderlying();
        _venue.Oracle(100_000);
        foreach (var account in new[] { Buyer, Seller, Other })
        {
            _venue.OpenTrader(account, 1L << 40);
        }
    }

    private ListingWords Future(uint instrument) => new()
    {
        Instrument = instrument, Kind = InstrumentKind.Future, ExpiryTime = _expiry, IsPhysical = true, DeliveryNanos = Hour,
    };

    private void ListFuture(uint instrument, long atomsPerTick = 1, ulong? expiry = null) => _venue.List(
        Future(instrument) with
        {
            AtomsPerTick = atomsPerTick, AtomsPerUnderlyingTick = atomsPerTick, ExpiryTime = expiry ?? _expiry,
        });

    private void ListOption(uint instrument, OptionKind kind, long strike) => _venue.List(Future(instrument) with
    {
        Kind = InstrumentKind.EuropeanOption, OptionKind = kind, Strike = strike, Volatility = VenueScript.FullVolatility,
    });

    private void Trade(uint instrument, uint buyer, uint seller, long price, long lots)
    {
        _venue.Order(seller, instrument, Side.Sell, price, lots);
        _venue.Order(buyer, instrument, Side.Buy, price, lots);
    }

    private Line[] Expire(long price)
    {
        _engine.TimeNanos = _expiry - 1;
        _venue.Oracle(price);
        _engine.TimeNanos = _expiry;
        _engine.Tick();
        _engine.DrainPendingWork();
        _engine.View.Audit();
        return Lines();
    }

    private RejectCode? Resolve(ulong id, bool isDelivered)
    {
        _engine.SendInternal(ResolveDeliveryEncoder.Wrap(_engine.Buffer).SetObligationId(id)
            .SetIsDelivered(isDelivered ? (byte)1 : (byte)0).EncodedLength);
        return _engine.Events
            .Where(record => record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId)
            .Select(record => (RejectCode?)CommandRefusedDecoder.Trusted(record.Frame).Code).FirstOrDefault();
    }

    private IEnumerable<EngineEvent> Reports() => _engine.Events.Where(
        record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == DeliveryReportDecoder.TemplateId);

    private Line[] Lines() => Reports().Select(record =>
    {
        var report = DeliveryReportDecoder.Trusted(record.Frame);
        return new Line(report.AccountId, report.Amount.ToInt128(), report.Cash.ToInt128(), report.State);
    }).ToArray();

    private static Line Last(Line[] lines, uint account) => lines.Last(line => line.Account == account);

    private ulong IdOf(uint account) => Reports()
        .Where(record => DeliveryReportDecoder.Trusted(record.Frame).AccountId == account)
        .Select(record => DeliveryReportDecoder.Trusted(record.Frame).ObligationId).Last();

    private ulong DeadlineOf(uint account) => Reports()
        .Where(record => DeliveryReportDecoder.Trusted(record.Frame).AccountId == account)
        .Select(record => DeliveryReportDecoder.Trusted(record.Frame).Deadline).Last();

    private void Replays()
    {
        using var replay = _engine.Replay();
        Assert.That(replay.Processor.StateHash(), Is.EqualTo(_engine.Processor.StateHash()));
        Assert.That(replay.Processor.RecomputeStateHash(), Is.EqualTo(replay.Processor.StateHash()));
        SnapshotLife.Prove(_engine);
    }

    private sealed record Line(uint Account, Int128 Amount, Int128 Cash, DeliveryState State);
}

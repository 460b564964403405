using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Contract;

/// <summary>What shows only after many commands, or after a second start.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class LongLifeTests : VenueFixture
{
    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 512,
        LevelsPerBook = 64,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 4,
    };

    [Test]
    public void Many_quiet_book_changes_leave_the_whole_budget_to_the_next_command()
    {
        for (var order = 0; order < 1_100; order++)
        {
            Venue.Cancel(Alice, Perpetual, Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1));
        }

        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 1);
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.EqualTo(1));
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork(ticksMax: 10);
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Call)), Is.EqualTo(InstrumentState.Removed));
    }

    [Test]
    public void A_second_leader_tells_every_session_though_the_first_had_not_finished()
    {
        for (uint account = 30; account < 60; account++)
        {
            Venue.OpenTrader(account, 0);
        }

        Lead(term: 2);
        Send(ClockTickEncoder.Wrap(Engine.Buffer).SetReason(TickReason.PendingWork).EncodedLength, term: 2);
        Lead(term: 3);
        var told = new HashSet<uint>();
        while (Engine.Processor.HasPendingWork)
        {
            Send(ClockTickEncoder.Wrap(Engine.Buffer).SetReason(TickReason.PendingWork).EncodedLength, term: 3);
            told.UnionWith(Engine.Events
                .Where(record => record.SchemaId == InternalSchema.Id && record.TemplateId == SessionStateDecoder.TemplateId)
                .Select(record => SessionStateDecoder.Trusted(record.Frame).SessionHandle));
        }

        Assert.That(told, Is.SupersetOf(new[] { VenueScript.OracleSession, Alice, Bob, Carol, 30u, 59u }));
    }

    [Test]
    public void A_changed_risk_timeout_counts_at_once()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1_000);
        Engine.AnswerRisk = false;
        Venue.Oracle(101_000);
        Venue.Activate(ParameterId.RiskTimeoutNanos, (long)VenueScript.Second);
        var before = Engine.View.FreeEquity(new AccountId(Alice)).Value;
        Engine.TimeNanos += 5 * VenueScript.Second;
        Engine.Tick();
        Assert.That(Engine.View.FreeEquity(new AccountId(Alice)).Value, Is.LessThan(before));
    }

    [TestCase(1UL)]
    [TestCase(2UL)]
    public void Everything_at_random_under_the_smallest_limits_keeps_bound_and_replay(ulong seed)
    {
        var flow = new RandomFlow(this, new SeededRandom(LongSuite.Seed(seed)));
        Venue.ListFuture(3, Engine.TimeNanos + (500 * VenueScript.Second));
        Venue.ListOption(4, isCall: false, 90_000, Engine.TimeNanos + (500 * VenueScript.Second));
        for (var step = 0; step < LongSuite.Volume(12_000, 400_000); step++)
        {
            flow.Step();
        }

        Assert.That(Engine.View.LastTradeId, Is.GreaterThan(100UL));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(Limits.EventSlotsPerCommand + EventWriter.PaddingSlotsMax));
    }

    private void Lead(uint term) => Send(
        LeaderTermEncoder.Wrap(Engine.Buffer).SetTerm(term)
            .SetFirstSequence((ulong)Engine.Processor.LastSequence.Value + 1).EncodedLength,
        term);

    private void Send(int lengthBytes, uint term)
    {
        Engine.Events.Clear();
        var frame = Engine.Buffer[..lengthBytes].ToArray();
        var envelope = new RecordEnvelope
        {
            Sequence = Engine.Processor.LastSequence.Value + 1,
            TimeNanos = Engine.TimeNanos,
            Term = term,
            Length = (ushort)lengthBytes,
            Source = RecordSource.Sequencer,
        };
        Engine.Commands.Add((envelope, frame));
        Engine.Apply(envelope, frame);
    }

    /// <summary>Orders, replacements, cancels, prices, withdrawals, lost sessions and time, drawn at random.</summary>
    private sealed class RandomFlow(LongLifeTests venue, SeededRandom random)
    {
        private readonly List<(uint Account, uint Instrument, ulong Id)> _orders = [];

        public void Step()
        {
            venue.Engine.TimeNanos += random.NextBelow(100_000_000);
            var account = Alice + (uint)random.NextBelow(3);
            switch (random.NextBelow(12))
            {
                case 0:
                    venue.Venue.Oracle(50_000 + (long)random.NextBelow(100_000));
                    break;
                case 1 when _orders.Count > 0:
                    var (owner, instrument, id) = Any();
                    venue.Venue.Cancel(owner, instrument, id);
                    break;
                case 2 or 3 when _orders.Count > 0:
                    Replace();
                    break;
                case 4:
                    venue.Venue.Withdraw(account, 1 + (long)random.NextBelow(1_000_000));
                    break;
                case 5:
                    venue.Engine.Tick();
                    break;
                case 6 when random.Chance(1, 20):
                    venue.Venue.CloseSession(account);
                    venue.Engine.DrainPendingWork(2_000);
                    venue.Venue.OpenSession(account, account, SessionRoles.Trader);
                    break;
                case 7:
                    venue.Venue.SetVolatility(Call, random.NextBelow(1UL << 49));
                    break;
                default:
                    Order(account);
                    break;
            }
        }

        private (uint Account, uint Instrument, ulong Id) Any() => _orders[(int)random.NextBelow((ulong)_orders.Count)];

        private void Replace()
        {
            var at = (int)random.NextBelow((ulong)_orders.Count);
            var (account, instrument, id) = _orders[at];
            var renamed = venue.Venue.Replace(account, instrument, id, Price(), 1 + (long)random.NextBelow(20));
            _orders[at] = (account, instrument, renamed);
        }

        private long Price() => random.Chance(1, 2)
            ? 99_000 + (long)random.NextBelow(2_000)
            : 1 + (long)random.NextBelow(150_000);

        private void Order(uint account)
        {
            var hasDate = random.Chance(1, 3);
            var timeInForce = hasDate ? TimeInForce.GoodTillDate
                : random.Chance(1, 4) ? TimeInForce.ImmediateOrCancel
                : TimeInForce.GoodTillCancel;
            var instrument = 1 + (uint)random.NextBelow(4);
            var lots = 1 + (long)random.NextBelow(random.Chance(1, 10) ? 3_000UL : 20UL);
            var id = venue.Venue.Order(
                account, instrument, random.Chance(1, 2) ? Side.Buy : Side.Sell, Price(), lots, timeInForce,
                (ExecutionFlags)random.NextBelow(4),
                hasDate ? venue.Engine.TimeNanos + 1 + random.NextBelow(5_000_000_000) : 0);
            _orders.Add((account, instrument, id));
            if (_orders.Count > 400)
            {
                _orders.RemoveRange(0, 200);
            }
        }
    }
}

using HftDelta.Engine;
using HftDelta.Engine.Books;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Contract;

/// <summary>What the pipeline's contract asks of single commands.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class CommandTests : VenueFixture
{
    [Test]
    public void With_no_other_input_a_clock_tick_fires_an_expiry()
    {
        Engine.TimeNanos = Expiry - 1;
        Engine.Tick();
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Call)), Is.EqualTo(InstrumentState.Open));
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Call)), Is.EqualTo(InstrumentState.Removed));
    }

    [Test]
    public void The_book_of_a_removed_instrument_gives_its_memory_back()
    {
        var before = Engine.View.BookLengthBytes;
        Venue.ListOption(3, isCall: true, 100_000, Expiry);
        Assert.That(Engine.View.BookLengthBytes, Is.GreaterThan(before));
        Venue.Order(Alice, 3, Side.Buy, 10, 1);
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();

        Assert.That(Engine.View.InstrumentState(new InstrumentId(3)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(Engine.View.BookLengthBytes, Is.LessThan(before), "the other option has expired too");
        Assert.That(Engine.View.TryGetTop(new InstrumentId(3), HftDelta.Primitives.Units.Side.Buy, out _), Is.False);
        Assert.That(Engine.View.ReadDepth(new InstrumentId(3), HftDelta.Primitives.Units.Side.Buy, new BookLevel[1]), Is.Zero);
        Venue.Order(Alice, 3, Side.Buy, 10, 1);
        Assert.That(Engine.Processor.RecomputeStateHash(), Is.EqualTo(Engine.Processor.StateHash()));
    }

    [Test]
    public void A_hash_point_comes_every_1024_commands_and_at_each_epoch()
    {
        var points = 0;
        while (Engine.Processor.LastSequence.Value < 3 * EngineLimits.HashPointInterval)
        {
            Engine.Tick();
            points += HashPoints();
        }

        Assert.That(points, Is.EqualTo(3));
        Venue.CloseEpoch(1);
        Assert.That(HashPoints(), Is.EqualTo(1));
        var point = StateHashPointDecoder.Trusted(Engine.Events[^1].Frame);
        Assert.That(point.CommandSequence, Is.EqualTo((ulong)Engine.Processor.LastSequence.Value));
        var told = new Hash256(
            point.StateHash.Word0, point.StateHash.Word1, point.StateHash.Word2, point.StateHash.Word3);
        Assert.That(told, Is.EqualTo(Engine.Processor.RecomputeStateHash()));
        Assert.That(Words(point.RunningHash), Is.EqualTo(Engine.Processor.HistoryHashAtPoint));
        Assert.That(Engine.Processor.HistoryHash, Is.Not.EqualTo(Engine.Processor.HistoryHashAtPoint), "an event too");
        var components = Engine.Processor.RecomputeStateComponents();
        Assert.That(components.Total, Is.EqualTo(told), "the state hash is the sum of its components");
        Assert.That(Words(point.Venue), Is.EqualTo(components.Of(StateRecordType.Venue)));
        Assert.That(Words(point.Underlyings), Is.EqualTo(components.Of(StateRecordType.Underlying)));
        Assert.That(Words(point.Instruments), Is.EqualTo(components.Of(StateRecordType.Instrument)));
        Assert.That(Words(point.Accounts), Is.EqualTo(components.Of(StateRecordType.Account)));
        Assert.That(Words(point.Positions), Is.EqualTo(components.Of(StateRecordType.Position)));
        Assert.That(Words(point.Orders), Is.EqualTo(components.Of(StateRecordType.Order)));
        Assert.That(Words(point.Sessions), Is.EqualTo(components.Of(StateRecordType.Session)));
        Assert.That(Words(point.PendingWork), Is.EqualTo(components.Of(StateRecordType.PendingWork)));
        Assert.That(Words(point.RiskInputs), Is.EqualTo(components.Of(StateRecordType.RiskInputs)));
        Assert.That(Words(point.OracleSources), Is.EqualTo(components.Of(StateRecordType.OracleSource)));
    }

    [Test]
    public void A_deposit_changes_the_components_of_accounts_of_the_session_that_is_told_and_of_the_venue_alone()
    {
        Engine.Processor.StateHash();
        var before = Engine.Processor.StateComponents();
        Venue.Deposit(Alice, 5);
        var after = Engine.Processor.StateComponents();

        Assert.That(after.FirstDifference(in before), Is.EqualTo(StateRecordType.Account));
        after.Set(StateRecordType.Account, before.Of(StateRecordType.Account));
        Assert.That(after.FirstDifference(in before), Is.EqualTo(StateRecordType.Session));
        after.Set(StateRecordType.Session, before.Of(StateRecordType.Session));
        Assert.That(after.FirstDifference(in before), Is.EqualTo(StateRecordType.Venue));
        after.Set(StateRecordType.Venue, before.Of(StateRecordType.Venue));
        Assert.That(after.FirstDifference(in before), Is.Null);
    }

    private static Hash256 Words(in Hash256Decoder hash) => new(hash.Word0, hash.Word1, hash.Word2, hash.Word3);

    [Test]
    public void Epochs_close_in_order()
    {
        Venue.CloseEpoch(2);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
        Venue.CloseEpoch(1);
        Venue.CloseEpoch(1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void Time_never_goes_back_and_sequences_have_no_gaps()
    {
        var frame = ClockTickEncoder.Wrap(Engine.Buffer).SetReason(TickReason.Quiet);
        var bytes = Engine.Buffer[..frame.EncodedLength].ToArray();
        var next = Engine.Processor.LastSequence.Value + 1;
        var early = Envelope(next, Engine.TimeNanos - 1, bytes);
        Assert.That(() => Engine.Apply(early, bytes), Throws.TypeOf<InvariantBrokenException>());
        var beyond = Envelope(next + 1, Engine.TimeNanos, bytes);
        Assert.That(() => Engine.Apply(beyond, bytes), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void An_internal_template_from_a_client_stops_the_venue_if_it_ever_got_past_the_gateway()
    {
        using var engine = new EngineHarness();
        var frame = ClockTickEncoder.Wrap(engine.Buffer).SetReason(TickReason.Quiet);
        var bytes = engine.Buffer[..frame.EncodedLength].ToArray();
        var envelope = Envelope(1, engine.TimeNanos, bytes);
        envelope.Source = RecordSource.Client;
        Assert.That(() => engine.Apply(envelope, bytes), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void A_new_leader_is_answered_with_the_state_of_every_session_and_the_risk_that_is_outstanding()
    {
        Engine.AnswerRisk = false;
        Venue.Oracle(101_000);
        Engine.Events.Clear();
        var message = LeaderTermEncoder.Wrap(Engine.Buffer).SetTerm(1)
            .SetFirstSequence((ulong)Engine.Processor.LastSequence.Value + 1);
        Engine.SendInternal(message.EncodedLength, RecordSource.Sequencer);
        Assert.That(Engine.Events.Any(IsInternal(RiskInputsDecoder.TemplateId)), Is.True);
        Engine.DrainPendingWork();

        var handles = Engine.Events.Where(IsInternal(SessionStateDecoder.TemplateId))
            .Select(record => SessionStateDecoder.Trusted(record.Frame).SessionHandle).ToArray();
        Assert.That(handles, Is.EqualTo(new[] { VenueScript.OracleSession, Alice, Bob, Carol }));
    }

    [Test]
    public void Deposits_and_withdrawals_are_applied_once()
    {
        Venue.Deposit(Alice, 500, depositId: 1_000);
        Venue.Deposit(Alice, 500, depositId: 1_000);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
        Venue.Withdraw(Alice, 200, withdrawalId: 2_000);
        Venue.Withdraw(Alice, 200, withdrawalId: 2_000);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
        Assert.That(Engine.View.Cash(new AccountId(Alice)).Value, Is.EqualTo(Money + 300));
    }

    [Test]
    public void Only_free_equity_and_cash_can_be_withdrawn()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1_000_000);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1_000_000);
        Venue.Withdraw(Alice, Money);
        Assert.That(Refused(), Is.EqualTo(RejectCode.InsufficientMargin));
        Venue.Withdraw(Alice, Money - (10_000L * 1_000_000));
        Assert.That(Engine.View.FreeEquity(new AccountId(Alice)).Value, Is.EqualTo((Int128)0));
        Venue.Withdraw(Carol, -1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void A_parameter_is_switched_after_a_settlement_by_the_old_one()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1);
        Venue.Oracle(100_050);
        Assert.That(Engine.View.SettlementPrice(new InstrumentId(Perpetual)).Value, Is.EqualTo(100_000), "below the threshold");
        Venue.Activate(ParameterId.SettlementThresholdTicks, 10);
        Assert.That(Engine.View.SettlementPrice(new InstrumentId(Perpetual)).Value, Is.EqualTo(100_050));
        Venue.Oracle(100_060);
        Assert.That(Engine.View.SettlementPrice(new InstrumentId(Perpetual)).Value, Is.EqualTo(100_060), "the new threshold");
        Venue.Activate(ParameterId.InitialMarginPpm, 2_000_000);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void An_instrument_is_listed_only_with_terms_that_prove_the_arithmetic()
    {
        Venue.List(3, 1, InstrumentKind.EuropeanOption, OptionKind.Call, 0, Expiry, VenueScript.FullVolatility, 0, 0);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "a call without a strike");
        Venue.ListOption(3, true, 100, Engine.TimeNanos);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "expired when listed");
        Venue.ListPerpetual(5);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "not the next number");
        Venue.ListPerpetual(1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
        Venue.ListPerpetual(3, underlying: 9);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownUnderlying));
        Venue.ListPerpetual(3, bandTicks: 100);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "no such band");
        Venue.List(3, 1, InstrumentKind.Perpetual, OptionKind.None, 0, 0, 0, 0, 0, 1, 1L << 33);
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "a lot worth more than the index can carry");
        Venue.ListUnderlying(2);
        Venue.ListPerpetual(3, underlying: 2);
        Assert.That(Refused(), Is.EqualTo(RejectCode.NoSettlementPrice));
    }

    [Test]
    public void Commands_allocate_nothing_once_warm()
    {
        static void Round(CommandTests test)
        {
            var ask = test.Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
            test.Venue.Order(Bob, Perpetual, Side.Buy, 100_010, 1);
            test.Venue.Cancel(Alice, Perpetual, ask);
            test.Venue.Oracle(100_000 + ((long)ask % 7 * 100));
        }

        for (var warm = 0; warm < 50; warm++)
        {
            Round(this);
        }

        // The same commands again, already encoded, into a second engine: what is measured is the core alone.
        using var second = new EngineHarness(Limits, answerRisk: false);
        var commands = Engine.Commands;
        var half = commands.Count / 2;
        var processor = second.Processor;
        for (var index = 0; index < half; index++)
        {
            var (envelope, frame) = commands[index];
            processor.Apply(in envelope, frame);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = half; index < commands.Count; index++)
        {
            var (envelope, frame) = commands[index];
            processor.Apply(in envelope, frame);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(commands.Count - half, Is.GreaterThan(100));
    }

    private static RecordEnvelope Envelope(long sequence, ulong timeNanos, byte[] frame) => new()
    {
        Sequence = sequence,
        TimeNanos = timeNanos,
        Term = 1,
        Length = (ushort)frame.Length,
        Source = RecordSource.Sequencer,
    };

    private static Func<EngineEvent, bool> IsInternal(ushort templateId) =>
        record => record.SchemaId == InternalSchema.Id && record.TemplateId == templateId;

    private int HashPoints() => Engine.Events.Count(IsInternal(StateHashPointDecoder.TemplateId));

    private RejectCode Refused()
    {
        var refused = Engine.Events.Single(IsInternal(CommandRefusedDecoder.TemplateId));
        return (RejectCode)CommandRefusedDecoder.Trusted(refused.Frame).Code;
    }
}

using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>What an operator is told: one answer to each command, the end of the work that it left, and the state.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ControlEventTests : VenueFixture
{
    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 4_096,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 2,
    };

    [Test]
    public void Every_command_on_markets_has_one_answer_that_says_what_it_changed()
    {
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        Assert.That(Answer(), Is.EqualTo((InstrumentStateChangeDecoder.TemplateId, Perpetual, 1u, 0u)));
        Venue.ChangeState(0, InstrumentState.Open, underlying: 1);
        Assert.That(Answer(), Is.EqualTo((InstrumentStateChangeDecoder.TemplateId, 1u, 2u, 0u)));
        Venue.Kill(Alice);
        Assert.That(Answer(), Is.EqualTo((KillSwitchDecoder.TemplateId, Alice, 1u, 0u)));
        Venue.Group(Bob, 7);
        Assert.That(Answer(), Is.EqualTo((AccountGroupDecoder.TemplateId, Bob, 1u, 0u)));
        Venue.EndDay(1);
        Assert.That(Answer(), Is.EqualTo((EndOfDayDecoder.TemplateId, 0u, 0u, 1u)));
    }

    [Test]
    public void A_refused_command_has_its_refusal_and_no_answer()
    {
        Venue.ChangeState(99, InstrumentState.Halted);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownInstrument));
        Assert.That(Engine.Events.Where(record => IsInternal(record, CommandAppliedDecoder.TemplateId)), Is.Empty);
    }

    [Test]
    public void The_end_of_a_kill_counts_the_orders_that_it_ended_and_names_the_last_command_that_asked()
    {
        for (var order = 0; order < 5; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
            Venue.Order(Bob, Perpetual, Side.Buy, 98_000, 1);
        }

        Venue.Kill(Alice, cancelsOrders: true);
        Venue.Kill(Bob, cancelsOrders: true);
        var asked = (ulong)Engine.Processor.LastSequence.Value;
        var ended = DrainCompletions();
        Assert.That(ended, Is.EqualTo(new[] { (KillSwitchDecoder.TemplateId, asked, 10ul) }), "one walk, both accounts");

        Venue.Kill(Carol, cancelsOrders: true);
        Assert.That(DrainCompletions().Single().Orders, Is.Zero, "the count begins anew");
    }

    [Test]
    public void The_end_of_a_day_counts_its_orders()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1, TimeInForce.Day);
        Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1, TimeInForce.Day);
        Venue.Order(Carol, Perpetual, Side.Buy, 99_000, 1, TimeInForce.Day);
        Venue.Order(Carol, Perpetual, Side.Buy, 99_000, 1);
        Venue.EndDay(1);
        var asked = (ulong)Engine.Processor.LastSequence.Value;
        Assert.That(DrainCompletions(), Is.EqualTo(new[] { (EndOfDayDecoder.TemplateId, asked, 3ul) }));
    }

    [Test]
    public void The_state_is_told_in_slices_and_only_what_is_not_as_listed_is_told_of_accounts()
    {
        Venue.Order(Carol, Perpetual, Side.Buy, 99_000, 1);
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        Venue.Kill(Alice);
        Venue.Group(Bob, 7);
        Venue.TellControlState();
        var venue = VenueControlStateDecoder.Trusted(Single(VenueControlStateDecoder.TemplateId));
        Assert.That((venue.Orders, venue.Instruments, venue.IsKilled), Is.EqualTo((1u, 2u, (byte)0)));
        var asked = (ulong)Engine.Processor.LastSequence.Value;
        Venue.TellControlState();
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.RequestOutstanding), "one telling at a time");

        var told = Drain().Where(IsTold).Select(Words).ToArray();
        Assert.That(told, Is.EqualTo(new[] { "1 Halted", "2 Open", $"account {Alice} killed 1 group 0",
            $"account {Bob} killed 0 group 7", $"done {asked}" }));
    }

    private static bool IsInternal(EngineEvent record, ushort templateId) =>
        record.SchemaId == InternalSchema.Id && record.TemplateId == templateId;

    private byte[] Single(ushort templateId) => Engine.Events.Single(record => IsInternal(record, templateId)).Frame;

    private static bool IsTold(EngineEvent record) => record.TemplateId is InstrumentControlStateDecoder.TemplateId
        or AccountControlStateDecoder.TemplateId or CommandCompletedDecoder.TemplateId;

    private static string Words(EngineEvent record)
    {
        switch (record.TemplateId)
        {
            case InstrumentControlStateDecoder.TemplateId:
                var instrument = InstrumentControlStateDecoder.Trusted(record.Frame);
                return $"{instrument.InstrumentId} {(InstrumentState)instrument.State}";
            case AccountControlStateDecoder.TemplateId:
                var account = AccountControlStateDecoder.Trusted(record.Frame);
                return $"account {account.AccountId} killed {account.IsKilled} group {account.Group}";
            default:
                return $"done {CommandCompletedDecoder.Trusted(record.Frame).CommandSequence}";
        }
    }

    private (ushort Template, uint Reference, uint Changed, uint Waiting) Answer()
    {
        var told = CommandAppliedDecoder.Trusted(Single(CommandAppliedDecoder.TemplateId));
        return (told.CommandTemplateId, told.Reference, told.Changed, told.Waiting);
    }

    private (ushort Template, ulong Command, ulong Orders)[] DrainCompletions() =>
    [
        .. Drain().Where(record => record.TemplateId == CommandCompletedDecoder.TemplateId).Select(record =>
        {
            var told = CommandCompletedDecoder.Trusted(record.Frame);
            return (told.CommandTemplateId, told.CommandSequence, told.Orders);
        }),
    ];

    /// <summary>The events of the last command and of the ticks that finish its work.</summary>
    private List<EngineEvent> Drain()
    {
        Engine.DrainPendingWork();
        return Engine.Events;
    }
}

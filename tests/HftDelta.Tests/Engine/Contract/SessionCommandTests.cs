using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using SessionStatus = HftDelta.Wire.Internal.SessionStatus;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Contract;

/// <summary>Sessions that come back, are taken over, and make room for others.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class SessionCommandTests : VenueFixture
{
    [Test]
    public void An_open_session_may_be_opened_again_by_its_own_client_and_keeps_numbers_and_orders()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Open(Alice, Alice, SessionRoles.Trader, cancelOnDisconnect: 0);
        var told = SessionStateDecoder.Trusted(Engine.Events.Last(IsSessionState).Frame);
        Assert.That(told.Status, Is.EqualTo(SessionStatus.Open));
        Assert.That(told.NextRequestSequence, Is.EqualTo(2));
        Assert.That(told.CancelOnDisconnect, Is.Zero);
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));

        Venue.CloseSession(Alice);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1), "what it said last counts");
    }

    [Test]
    public void An_open_session_is_not_opened_by_another_id_or_account()
    {
        Open(Alice, Alice, SessionRoles.Trader, id: 99);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
        Open(Alice, Bob, SessionRoles.Trader);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
    }

    [Test]
    public void A_session_that_one_handle_holds_is_not_opened_at_another_though_it_is_closed()
    {
        const uint free = 60;
        Open(free, Alice, SessionRoles.Trader, id: Alice);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
        Venue.CloseSession(Alice);
        Engine.DrainPendingWork();
        Open(free, Alice, SessionRoles.Trader, id: Alice);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
        Assert.That(Engine.View.TryGetSession(new SessionHandle(free), out _), Is.False);

        Open(free, Alice, SessionRoles.Trader, id: 99);
        Assert.That(Refused(), Is.EqualTo(default(RejectCode)));
    }

    [Test]
    public void A_session_is_not_opened_while_its_orders_are_being_cancelled()
    {
        for (var count = 0; count < 200; count++)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        }

        Venue.CloseSession(Alice);
        Open(Alice, Alice, SessionRoles.Trader);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
        Engine.DrainPendingWork();
        Engine.Events.Clear();
        Open(Alice, Alice, SessionRoles.Trader);
        Assert.That(Refused(), Is.EqualTo(default(RejectCode)));
    }

    [Test]
    public void A_closed_session_without_orders_gives_its_handle_to_another_and_leaves_nothing_behind()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        Venue.CloseSession(Alice);
        Engine.DrainPendingWork();
        Engine.Events.Clear();
        Open(Alice, Carol, SessionRoles.Trader, id: 99);
        Assert.That(Refused(), Is.EqualTo(default(RejectCode)));

        var session = new SessionHandle(Alice);
        Assert.That(Engine.View.TryGetSession(session, out var sequences), Is.True);
        Assert.That(sequences.NextRequest, Is.EqualTo(1));
        Assert.That(sequences.NextReport, Is.EqualTo(1));
        Assert.That(Engine.View.TryGetOutcome(session, 1, out _, out _), Is.False);
        Assert.That(Engine.View.RetainedReport(session, 1).IsEmpty, Is.True);

        Venue.Oracle(103_000);
        Venue.Withdraw(Alice, 1);
        Assert.That(
            Engine.View.RetainedReport(session, 1).IsEmpty, Is.True, "what settlement did to Alice is not told to Carol");
    }

    [Test]
    public void A_closed_session_with_orders_or_of_an_oracle_source_keeps_its_handle()
    {
        Open(Alice, Alice, SessionRoles.Trader, cancelOnDisconnect: 0);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Venue.CloseSession(Alice);
        Engine.DrainPendingWork();
        Open(Alice, Carol, SessionRoles.Trader, id: 99);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));

        Venue.CloseSession(VenueScript.OracleSession);
        Engine.DrainPendingWork();
        Open(VenueScript.OracleSession, Carol, SessionRoles.Trader, id: 99);
        Assert.That(Refused(), Is.EqualTo(RejectCode.AlreadyExists));
    }

    private static bool IsSessionState(EngineEvent told) =>
        told.SchemaId == InternalSchema.Id && told.TemplateId == SessionStateDecoder.TemplateId;

    private void Open(uint session, uint account, SessionRoles roles, byte cancelOnDisconnect = 1, uint? id = null)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, id ?? session);
        Engine.SendInternal(SessionOpenedEncoder.Wrap(Engine.Buffer).SetSessionHandle(session).SetAccountId(account)
            .SetSessionId(bytes).SetRoles(roles).SetCancelOnDisconnect(cancelOnDisconnect).EncodedLength);
    }

    /// <summary>Why the last command was refused; none if it was not.</summary>
    private RejectCode Refused()
    {
        var last = Engine.Events.LastOrDefault(
            told => told.SchemaId == InternalSchema.Id && told.TemplateId == CommandRefusedDecoder.TemplateId);
        var code = last is null ? default : (RejectCode)CommandRefusedDecoder.Trusted(last.Frame).Code;
        Engine.Events.Clear();
        return code;
    }
}

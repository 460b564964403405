using HftDelta.Engine;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Money;

/// <summary>A withdrawal from its request to the list of an epoch, or back; and every reason why not.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class WithdrawalTests : VenueFixture
{
    private const uint Poor = 30;

    protected override EngineLimits Limits => base.Limits with { Withdrawals = 24, WithdrawalsPerEpoch = 5 };

    [Test]
    public void What_is_asked_for_is_held_at_once_and_leaves_with_the_epoch()
    {
        Venue.RequestWithdrawal(Alice, 1_000);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { $"20 withdrawal 1 Held 1000 of 0 balance {Money - 1_000}" }));
        Assert.That(Equity(Alice), Is.EqualTo((Int128)(Money - 1_000) << 32), "it carries no trade any more");
        Assert.That(Engine.View.DepositedAtoms, Is.EqualTo((Int128)(3 * Money)), "it has not left");
        Assert.That(Engine.View.HeldWithdrawals, Is.EqualTo(1));

        Venue.CloseEpoch(1);
        Assert.That(
            Engine.Money(), Is.EqualTo(new[] { $"20 withdrawal 1 Released 1000 of 0 balance {Money - 1_000} in epoch 1" }));
        Assert.That(Engine.View.DepositedAtoms, Is.EqualTo((Int128)((3 * Money) - 1_000)));
        Assert.That(Listed(), Is.EqualTo(new[] { "epoch 1 place 0: 1 of 20 asset 0 amount 1000" }));
        Assert.That((Engine.View.HeldWithdrawals, Engine.View.Cash(new AccountId(4)).Value), Is.EqualTo((0, 0L)));
    }

    [Test]
    public void Nothing_is_withdrawn_twice()
    {
        Venue.RequestWithdrawal(Alice, Money);
        Venue.RequestWithdrawal(Alice, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "20 withdrawal 0 Refused 1 of 0 balance 0 InsufficientMargin 0" }));
        Venue.Withdraw(Alice, 1);
        Assert.That(
            Engine.Events.Any(record => record.TemplateId == CommandRefusedDecoder.TemplateId), Is.True, "what is held is gone");
        Venue.CloseEpoch(1);
        Venue.CancelWithdrawal(Alice, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "20 withdrawal 1 Refused 0 of 0 balance 0 UnknownWithdrawal 0" }));
        Venue.CloseEpoch(2);
        Assert.That(Engine.Money(), Is.Empty);
        Assert.That(Engine.View.ReleasedWithdrawals, Is.Zero, "each epoch has its own list");
        Assert.That(Engine.View.DepositedAtoms, Is.EqualTo((Int128)(2 * Money)));
    }

    [Test]
    public void Its_owner_takes_it_back_once()
    {
        Venue.RequestWithdrawal(Alice, 700);
        Venue.RequestWithdrawal(Alice, 300);
        var asked = Venue.CancelWithdrawal(Alice, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { $"20 withdrawal 1 Canceled 700 of 0 balance {Money - 300}" }));
        var report = WithdrawalReportDecoder.Trusted(Engine.Single(WithdrawalReportDecoder.TemplateId));
        Assert.That(
            (report.ClientOrderId, report.RequestTemplateId), Is.EqualTo((asked, WithdrawalCancelRequestDecoder.TemplateId)));
        Venue.CancelWithdrawal(Alice, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "20 withdrawal 1 Refused 0 of 0 balance 0 UnknownWithdrawal 0" }));
        Venue.CloseEpoch(1);
        Assert.That(Listed(), Is.EqualTo(new[] { "epoch 1 place 0: 2 of 20 asset 0 amount 300" }));
    }

    [Test]
    public void It_comes_back_when_collateral_no_longer_covers_the_margin_at_the_close()
    {
        Venue.OpenTrader(Poor, 20_000);
        Venue.Order(Poor, Perpetual, Side.Buy, 100_000, 1);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        Venue.RequestWithdrawal(Poor, 4_000);
        Venue.RequestWithdrawal(Poor, 6_000);
        Venue.RequestWithdrawal(Alice, 1);
        Venue.Oracle(97_000);
        Venue.CloseEpoch(1);

        // 10,000 are left, 3,000 are lost, 9,700 are needed: with the first back there is enough, and the second may go. The loss
        // is taken before the money comes back.
        Assert.That(Engine.Money(), Is.EqualTo(new[]
        {
            "30 withdrawal 1 Returned 4000 of 0 balance 11000 InsufficientMargin 0",
            "30 withdrawal 2 Released 6000 of 0 balance 11000 in epoch 1",
            $"20 withdrawal 3 Released 1 of 0 balance {Money - 1} in epoch 1",
        }));
        Assert.That(Listed(), Is.EqualTo(new[]
        {
            "epoch 1 place 0: 2 of 30 asset 0 amount 6000", "epoch 1 place 1: 3 of 20 asset 0 amount 1",
        }));
    }

    [Test]
    public void What_an_epoch_has_no_room_for_goes_with_the_next_in_order()
    {
        foreach (var account in new[] { Alice, Bob })
        {
            for (var atoms = 1; atoms <= 4; atoms++)
            {
                Venue.RequestWithdrawal(account, atoms);
            }
        }

        Venue.CloseEpoch(1);
        Assert.That(Ids(), Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
        Venue.CancelWithdrawal(Bob, 7);
        Venue.CloseEpoch(2);
        Assert.That(Ids(), Is.EqualTo(new[] { 6, 8 }));
    }

    [Test]
    public void Other_assets_are_withdrawn_the_same_way()
    {
        Venue.ListAsset(1);
        Venue.DepositAsset(Alice, 1, 50, 1_000);
        Venue.RequestWithdrawal(Alice, 51, asset: 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "20 withdrawal 0 Refused 51 of 1 balance 0 InsufficientCash 0" }));
        Venue.RequestWithdrawal(Alice, 20, asset: 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "20 withdrawal 1 Held 20 of 1 balance 30" }));
        Assert.That(Engine.View.Balance(new AccountId(4), new AssetId(1)).Value, Is.EqualTo(20));
        Venue.CloseEpoch(1);
        Assert.That(Engine.View.Deposited(new AssetId(1)).Value, Is.EqualTo(30));
        Assert.That(Listed(), Is.EqualTo(new[] { "epoch 1 place 0: 1 of 20 asset 1 amount 20" }));
    }

    [Test]
    public void Money_that_margin_needs_is_not_held()
    {
        Venue.OpenTrader(Poor, 20_000);
        Venue.Order(Poor, Perpetual, Side.Buy, 100_000, 1);
        Venue.RequestWithdrawal(Poor, 10_001);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "30 withdrawal 0 Refused 10001 of 0 balance 0 InsufficientMargin 0" }));
        Venue.RequestWithdrawal(Poor, 10_000);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "30 withdrawal 1 Held 10000 of 0 balance 10000" }));
    }

    [Test]
    public void Equity_that_is_no_cash_yet_is_not_held()
    {
        Venue.OpenTrader(Poor, 10_000);
        Venue.Order(Bob, Call, Side.Sell, 5_000, 1);
        Venue.Order(Poor, Call, Side.Buy, 5_000, 1);
        Venue.ListAsset(1, atomsPerUnit: 1, quoteAtomsPerTick: 1, venueMaximum: 9);
        Venue.DepositAsset(Poor, 1, 1, 1_000);
        Venue.RequestWithdrawal(Poor, 5_001);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "30 withdrawal 0 Refused 5001 of 0 balance 0 InsufficientCash 0" }));
    }

    [Test]
    public void An_account_has_no_more_than_eight_waiting()
    {
        for (var count = 0; count < WithdrawalTable.PerAccountMax; count++)
        {
            Venue.RequestWithdrawal(Alice, 1);
        }

        Venue.RequestWithdrawal(Alice, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "20 withdrawal 0 Refused 1 of 0 balance 0 TooManyWithdrawals 8" }));
        Venue.CancelWithdrawal(Alice, 4);
        Venue.RequestWithdrawal(Alice, 1);
        Assert.That(Engine.Money()[0], Does.Contain("withdrawal 9 Held"));
    }

    [Test]
    public void A_table_without_room_refuses()
    {
        foreach (var account in new[] { Alice, Bob, Carol })
        {
            for (var count = 0; count < WithdrawalTable.PerAccountMax; count++)
            {
                Venue.RequestWithdrawal(account, 1);
            }
        }

        Venue.OpenTrader(Poor, 100);
        Venue.RequestWithdrawal(Poor, 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "30 withdrawal 0 Refused 1 of 0 balance 0 CapacityExhausted 0" }));
        Venue.CloseEpoch(1);
        Venue.RequestWithdrawal(Poor, 1);
        Assert.That(Engine.Money()[0], Does.Contain("Held"));
    }

    [Test]
    public void Requests_of_another_session_for_what_there_is_not_or_too_late_are_refused()
    {
        Venue.RequestWithdrawal(Bob, 1, session: Alice);
        Assert.That(Engine.Money()[0], Does.Contain("Refused").And.Contain("AccountNotOfSession"));
        Venue.RequestWithdrawal(60, 1, session: Alice);
        Assert.That(Engine.Money()[0], Does.Contain("UnknownAccount"));
        Venue.RequestWithdrawal(Alice, 1, asset: 3);
        Assert.That(Engine.Money()[0], Does.Contain("UnknownAsset"));
        Venue.RequestWithdrawal(Alice, 0);
        Assert.That(Engine.Money()[0], Does.Contain("BadQuantity"));
        Venue.RequestWithdrawal(Alice, -5);
        Assert.That(Engine.Money()[0], Does.Contain("BadQuantity"));
        Venue.RequestWithdrawal(Alice, 1, deadline: Engine.TimeNanos);
        Assert.That(Engine.Money()[0], Does.Contain("DeadlinePassed"));
        Venue.RequestWithdrawal(Alice, 1, session: VenueScript.OracleSession);
        Assert.That(Engine.Money()[0], Does.Contain("RoleNotHeld"));
        Venue.RequestWithdrawal(Alice, 5);
        Venue.CancelWithdrawal(Bob, 1);
        Assert.That(Engine.Money()[0], Does.Contain("UnknownWithdrawal"), "another account's");
        Venue.CancelWithdrawal(Alice, 1, session: Bob);
        Assert.That(Engine.Money()[0], Does.Contain("AccountNotOfSession"));
        Assert.That(Engine.View.HeldWithdrawals, Is.EqualTo(1));
    }

    [Test]
    public void The_internal_event_names_the_owner_and_the_place()
    {
        Venue.OpenOwned(Poor, owner: 77);
        Venue.Deposit(Poor, 100);
        Venue.RequestWithdrawal(Poor, 40);
        Venue.CloseEpoch(1);
        var released = WithdrawalReleasedDecoder.Trusted(Engine.Events.Single(record =>
            record.SchemaId == InternalSchema.Id && record.TemplateId == WithdrawalReleasedDecoder.TemplateId).Frame);
        Assert.That(
            (released.Epoch, released.WithdrawalId, released.AccountId, released.Amount, released.Place, released.Owner[19]),
            Is.EqualTo((1UL, 1UL, Poor, 40L, 0U, (byte)77)));
    }

    private Int128 Equity(uint account) => Engine.View.Equity(new AccountId(account)).Value;

    private int[] Ids() => [.. Released().Select(line => (int)line.Id.Value)];

    private string[] Listed() => [.. Released().Select(line =>
        $"epoch {line.Epoch} place {line.Place}: {line.Id.Value} of {line.Account.Value} asset {line.Asset.Value} " +
        $"amount {line.Amount}")];

    private ReleasedWithdrawal[] Released()
    {
        var lines = new ReleasedWithdrawal[Engine.View.ReleasedWithdrawals];
        Assert.That(Engine.View.CopyReleased(lines), Is.EqualTo(lines.Length));
        return lines;
    }
}

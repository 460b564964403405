using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Money;

/// <summary>Money between accounts of one owner: as a whole, within the giver's margin, and refused in clear words.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class TransferTests : VenueFixture
{
    private const uint Main = 40;
    private const uint Sub = 41;
    private const uint Other = 42;

    [SetUp]
    public void OpenAccountsOfOwners()
    {
        Venue.OpenOwned(Main, owner: 7);
        Venue.OpenOwned(Sub, owner: 7);
        Venue.OpenOwned(Other, owner: 8);
        Venue.Deposit(Main, 50_000);
        Venue.ListAsset(1, atomsPerUnit: 1, quoteAtomsPerTick: 1, accountMaximum: 10, venueMaximum: 100);
    }

    [Test]
    public void Money_goes_to_another_account_of_the_owner_and_both_are_told()
    {
        Venue.Transfer(Main, Sub, 20_000);
        Assert.That(Engine.Money(), Is.EqualTo(new[]
        {
            "40 gave 20000 of 0 to 41 balance 30000", "41 TransferIn 20000 of 0 balance 20000",
        }));
        Assert.That(Engine.View.Equity(new AccountId(Sub)).Value, Is.EqualTo((Int128)20_000 << 32));
        Venue.Transfer(Sub, Main, 20_000);
        Assert.That(Engine.View.Cash(new AccountId(Main)).Value, Is.EqualTo(50_000));
    }

    [Test]
    public void Other_assets_go_the_same_way()
    {
        Venue.DepositAsset(Main, 1, 9, 1_000);
        Venue.Transfer(Main, Sub, 10, asset: 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "40 gave nothing InsufficientCash 0" }));
        Venue.Transfer(Main, Sub, 9, asset: 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "40 gave 9 of 1 to 41 balance 0", "41 TransferIn 9 of 1 balance 9" }));
        Venue.DepositAsset(Main, 1, 2, 1_001);
        Venue.Transfer(Main, Sub, 2, asset: 1);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "40 gave nothing AssetLimit 10" }));
    }

    [Test]
    public void The_giver_keeps_what_its_margin_needs()
    {
        Venue.Order(Main, Perpetual, Side.Buy, 100_000, 2);
        Venue.Transfer(Main, Sub, 30_001);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "40 gave nothing InsufficientMargin 0" }));
        Venue.Transfer(Main, Sub, 30_000);
        Assert.That(Engine.Money()[0], Does.Contain("gave 30000"));
        Assert.That(Engine.View.FreeEquity(new AccountId(Main)).Value, Is.EqualTo((Int128)0));
    }

    [Test]
    public void Money_that_is_not_there_is_not_given_though_collateral_is()
    {
        Venue.DepositAsset(Main, 1, 1, 1_000);
        Venue.Transfer(Main, Sub, 50_001);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { "40 gave nothing InsufficientCash 0" }));
    }

    [Test]
    public void Money_does_not_go_to_another_owner() => IsRefused(Main, Other, RejectCode.NotSameOwner);

    [Test]
    public void Money_does_not_go_between_accounts_without_owner() => IsRefused(Alice, Bob, RejectCode.NotSameOwner);

    [Test]
    public void Money_does_not_go_to_the_account_itself() => IsRefused(Main, Main, RejectCode.SameAccount);

    [Test]
    public void Money_does_not_go_to_an_account_that_is_not_open() => IsRefused(Main, 60, RejectCode.UnknownAccount);

    [Test]
    public void Money_does_not_go_to_an_account_of_the_venue() => IsRefused(Main, 2, RejectCode.UnknownAccount);

    [Test]
    public void Money_does_not_go_by_another_session() => IsRefused(Main, Sub, RejectCode.AccountNotOfSession, session: Sub);

    [Test]
    public void Money_of_an_unknown_asset_does_not_go() => IsRefused(Main, Sub, RejectCode.UnknownAsset, asset: 5);

    [TestCase(0L)]
    [TestCase(-1L)]
    [TestCase((1L << 56) + 1)]
    public void An_amount_out_of_range_does_not_go(long atoms) => IsRefused(Main, Sub, RejectCode.BadQuantity, atoms: atoms);

    private void IsRefused(
        uint from, uint to, RejectCode code, long atoms = 1, uint asset = 0, uint? session = null)
    {
        var before = Engine.View.Equity(new AccountId(from)).Value;
        Venue.Transfer(from, to, atoms, asset, session);
        Assert.That(Engine.Money(), Is.EqualTo(new[] { $"{from} gave nothing {code} 0" }));
        Assert.That(Engine.View.Equity(new AccountId(from)).Value, Is.EqualTo(before));
    }
}

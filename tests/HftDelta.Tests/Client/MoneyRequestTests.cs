using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

/// <summary>Withdrawals and transfers as calls: how they are sent, what ends them, and what comes without a call.</summary>
[CancelAfter(20_000)]
internal sealed class MoneyRequestTests
{
    [Test]
    public void A_withdrawal_is_an_outcome_and_a_step_and_its_release_is_a_step_alone()
    {
        using var world = new ClientWorld().Establish();
        var sent = world.Client.Orders.RequestWithdrawal(
            new WithdrawalTerms { Asset = new AssetId(2), Amount = new AssetAtoms(500) });
        world.Until(() => world.Venue.Requests.Count() == 1);
        var request = WithdrawalRequestDecoder.Trusted(world.Venue.Last(WithdrawalRequestDecoder.TemplateId).Frame);
        Assert.That(
            (request.AccountId, request.AssetId, request.Amount, request.ClientOrderId),
            Is.EqualTo((ScriptedVenue.Account, 2U, 500L, 1UL)));

        Withdrawal(world, request.ClientOrderId, WithdrawalState.Held, 0);
        Withdrawal(world, 0, WithdrawalState.Released, 3);
        world.Until(() => world.Told.OrderLines.Count() == 3);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[]
        {
            $"outcome {sent.Request.Value} Accepted order 0 code 0", "withdrawal 9 Held 500 of 2 left 70 epoch 0 code 0",
            "withdrawal 9 Released 500 of 2 left 70 epoch 3 code 0",
        }));
        Assert.That(world.Client.Orders.Outstanding, Is.Zero);
    }

    [Test]
    public void A_release_does_not_end_a_request_that_is_under_way()
    {
        using var world = new ClientWorld().Establish();
        world.Client.Orders.RequestWithdrawal(new WithdrawalTerms { Amount = new AssetAtoms(1) });
        world.Until(() => world.Venue.Requests.Count() == 1);
        Withdrawal(world, 0, WithdrawalState.Returned, 0, RejectCode.InsufficientMargin);
        world.Until(() => world.Told.OrderLines.Count() == 1);
        Assert.That(world.Told.Outcomes, Is.Empty);
        Assert.That(
            world.Told.OrderLines.Single(),
            Is.EqualTo($"withdrawal 9 Returned 500 of 2 left 70 epoch 0 code {RejectCode.InsufficientMargin:D}"));
    }

    [Test]
    public void A_cancelled_withdrawal_ends_its_cancel_as_such()
    {
        using var world = new ClientWorld().Establish();
        var sent = world.Client.Orders.CancelWithdrawal(new WithdrawalId(9));
        world.Until(() => world.Venue.Requests.Count() == 1);
        var request = WithdrawalCancelRequestDecoder.Trusted(
            world.Venue.Last(WithdrawalCancelRequestDecoder.TemplateId).Frame);
        Assert.That((request.WithdrawalId, request.Header.Deadline), Is.EqualTo((9UL, 0UL)));
        Withdrawal(world, request.ClientOrderId, WithdrawalState.Canceled, 0);
        world.Until(() => world.Told.OrderLines.Count() == 2);
        Assert.That(world.Told.OrderLines.First(), Is.EqualTo($"outcome {sent.Request.Value} Canceled order 0 code 0"));
    }

    [Test]
    public void A_refused_request_is_an_outcome_alone()
    {
        using var world = new ClientWorld().Establish();
        world.Client.Orders.RequestWithdrawal(new WithdrawalTerms { Amount = new AssetAtoms(1) });
        world.Until(() => world.Venue.Requests.Count() == 1);
        Withdrawal(world, 1, WithdrawalState.Refused, 0, RejectCode.InsufficientCash);
        world.Client.Orders.Transfer(new TransferTerms { To = new AccountId(17), Amount = new AssetAtoms(1) });
        world.Until(() => world.Venue.Requests.Count() == 2);
        Transfer(world, 2, RejectCode.NotSameOwner);
        world.Until(() => world.Told.Outcomes.Count == 2);
        Assert.That(
            world.Told.Outcomes.Select(outcome => (outcome.Kind, outcome.Code)), Is.EqualTo(new[]
            {
                (OutcomeKind.Rejected, RejectCode.InsufficientCash), (OutcomeKind.Rejected, RejectCode.NotSameOwner),
            }));
        Assert.That(world.Told.OrderLines.Count(), Is.EqualTo(2));
    }

    [Test]
    public void A_transfer_is_an_outcome_and_an_event_and_what_comes_in_is_an_event()
    {
        using var world = new ClientWorld().Establish();
        var sent = world.Client.Orders.Transfer(
            new TransferTerms { To = new AccountId(17), Asset = new AssetId(1), Amount = new AssetAtoms(30) });
        world.Until(() => world.Venue.Requests.Count() == 1);
        var request = TransferRequestDecoder.Trusted(world.Venue.Last(TransferRequestDecoder.TemplateId).Frame);
        Assert.That(
            (request.AccountId, request.ToAccountId, request.AssetId, request.Amount),
            Is.EqualTo((ScriptedVenue.Account, 17U, 1U, 30L)));
        Transfer(world, 1, default);
        world.Venue.Report(0, 1, buffer => BalanceChangedEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account).SetAssetId(1)
            .SetAmount(8).SetBalance(78).SetReference(17).SetCause(BalanceCause.TransferIn).EncodedLength);
        world.Until(() => world.Told.OrderLines.Count() == 3);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[]
        {
            $"outcome {sent.Request.Value} Accepted order 0 code 0", "gave 30 of 1 to 17 left 70",
            "balance TransferIn 8 of 1 now 78 by 17",
        }));
    }

    [Test]
    public void A_fill_tells_its_fee_and_that_of_an_older_venue_has_none()
    {
        using var world = new ClientWorld().Establish();
        world.Venue.Report(0, 0, buffer =>
        {
            var message = OrderFilledEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account).SetOrderId(1).SetQuantity(1)
                .SetLiquidity(Liquidity.Maker);
            message.Fee.SetLow(unchecked((ulong)-5L)).SetHigh(-1);
            return message.EncodedLength;
        });
        world.Venue.Report(0, 0, buffer =>
        {
            var length = OrderFilledEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account).SetOrderId(2).SetQuantity(1)
                .SetLiquidity(Liquidity.Maker).EncodedLength - 16;
            BitConverter.TryWriteBytes(buffer.AsSpan(0, 2), (ushort)(length - HftDeltaSchema.HeaderLength));
            BitConverter.TryWriteBytes(buffer.AsSpan(6, 2), (ushort)0);
            return length;
        });
        world.Until(() => world.Told.Fees.Count == 2);
        Assert.That(world.Told.Fees, Is.EqualTo(new[] { new SubAtoms(-5), default }));
    }

    private static void Withdrawal(
        ClientWorld world, ulong clientOrderId, WithdrawalState state, ulong epoch, RejectCode code = default) =>
        world.Venue.Report(0, 1, buffer => WithdrawalReportEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account)
            .SetAssetId(2).SetAmount(500).SetBalance(70).SetWithdrawalId(9).SetClientOrderId(clientOrderId).SetState(state)
            .SetEpoch(epoch).SetCode((ushort)code).EncodedLength);

    private static void Transfer(ClientWorld world, ulong request, RejectCode code) =>
        world.Venue.Report(0, request, buffer => TransferReportEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account)
            .SetToAccountId(17).SetAssetId(1).SetAmount(30).SetBalance(70).SetCode((ushort)code).EncodedLength);
}

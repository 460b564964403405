using HftDelta.Engine.Accounts;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Collateral;

/// <summary>
/// Money goes from an account to another one of the same owner, as a whole or not at all. Owner: the engine agent.
/// </summary>
internal sealed class TransferRequests(VenueState state, MoneyEvents events, Holdings holdings)
{
    public void Apply(uint session, in TransferRequestDecoder message, RejectCode refusal)
    {
        long bound = 0;
        var code = refusal != default ? refusal : Check(session, message, out bound);
        if (code == default)
        {
            holdings.Move(message.AccountId, message.ToAccountId, message.AssetId, message.Amount);
        }

        state.Sessions.Write(session).PresentRejectCode = (ushort)code;
        var balance = code == default ? holdings.BalanceOf(message.AccountId, message.AssetId) : 0;
        events.TransferReport(session, message, balance, code, bound);
        if (code == default)
        {
            events.BalanceChanged(
                message.ToAccountId, message.AssetId, message.Amount,
                holdings.BalanceOf(message.ToAccountId, message.AssetId), message.AccountId, BalanceCause.TransferIn);
        }
    }

    private RejectCode Check(uint session, in TransferRequestDecoder message, out long bound)
    {
        bound = 0;
        var (from, to) = (message.AccountId, message.ToAccountId);
        if (!state.Accounts.IsOpen(from) || !state.Accounts.IsOpen(to) || to < AccountId.FirstClient)
        {
            return RejectCode.UnknownAccount;
        }

        if (state.Sessions.Read(session).Account != from)
        {
            return RejectCode.AccountNotOfSession;
        }

        if (from == to)
        {
            return RejectCode.SameAccount;
        }

        if (!AreOfOneOwner(from, to))
        {
            return RejectCode.NotSameOwner;
        }

        if (!holdings.Exists(message.AssetId))
        {
            return RejectCode.UnknownAsset;
        }

        if (message.Amount is < 1 or > AccountCommands.MovementMax)
        {
            return RejectCode.BadQuantity;
        }

        var code = holdings.CheckTake(to, message.AssetId, message.Amount, out bound);
        return code != default ? code : holdings.CheckGive(from, message.AssetId, message.Amount);
    }

    /// <summary>Accounts without an owner, which have the address 0, are nobody's: nothing goes between them.</summary>
    private bool AreOfOneOwner(uint from, uint to)
    {
        ReadOnlySpan<byte> owner = state.Accounts.Read(from).Owner;
        return owner.ContainsAnyExcept((byte)0) && owner.SequenceEqual(state.Accounts.Read(to).Owner);
    }
}

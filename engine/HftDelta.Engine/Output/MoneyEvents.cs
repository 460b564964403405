using HftDelta.Engine.Collateral;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Output;

/// <summary>
/// What is told of money: withdrawals, transfers, and what comes and goes without a request. Owner: the engine agent.
/// </summary>
internal sealed class MoneyEvents(VenueState state, EventEmitter events, EventWriter writer)
{
    public void WithdrawalReport(uint session, in WithdrawalFacts facts)
    {
        var message = WithdrawalReportEncoder.Wrap(events.Open(WithdrawalReportDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(facts.Account).SetAssetId(facts.Asset).SetClientOrderId(facts.ClientOrderId)
            .SetWithdrawalId(facts.Id).SetAmount(facts.Atoms).SetBalance(BalanceOf(facts)).SetEpoch(facts.Epoch)
            .SetState(facts.State).SetCode((ushort)facts.Code).SetRequestTemplateId(facts.RequestTemplateId)
            .SetBound(facts.Bound);
        events.Report(message.EncodedLength, session, sequence);
    }

    /// <summary>For those who make the withdrawals list of the epoch.</summary>
    public void WithdrawalReleased(in WithdrawalRecord record)
    {
        var message = WithdrawalReleasedEncoder.Wrap(writer.Open(WithdrawalReleasedDecoder.FrameLength));
        message.SetEpoch(record.Epoch).SetWithdrawalId(record.Id).SetAccountId(record.Account).SetAssetId(record.Asset)
            .SetAmount(record.Atoms).SetPlace(record.Place).SetOwner(state.Accounts.Read(record.Account).Owner);
        writer.Commit(message.EncodedLength, RecordSource.Internal, SessionHandle.None);
    }

    public void TransferReport(
        uint session, in TransferRequestDecoder request, long balance, RejectCode code, long bound)
    {
        var message = TransferReportEncoder.Wrap(events.Open(TransferReportDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(request.AccountId).SetToAccountId(request.ToAccountId).SetClientOrderId(request.ClientOrderId)
            .SetAmount(request.Amount).SetBalance(balance).SetAssetId(request.AssetId).SetCode((ushort)code).SetBound(bound);
        events.Report(message.EncodedLength, session, sequence);
    }

    /// <summary>Tells the account's own session; nothing if no session ever had it.</summary>
    public void BalanceChanged(uint account, uint asset, long amount, long balance, ulong reference, BalanceCause cause)
    {
        var session = state.Accounts.Read(account).SessionHandle;
        if (session == 0)
        {
            return;
        }

        var message = BalanceChangedEncoder.Wrap(events.Open(BalanceChangedDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(account).SetAssetId(asset).SetAmount(amount).SetBalance(balance).SetReference(reference)
            .SetCause(cause);
        events.Report(message.EncodedLength, session, sequence);
    }

    /// <summary>An account that the request named may not exist, and another's balance is nobody's business.</summary>
    private long BalanceOf(in WithdrawalFacts facts)
    {
        if (facts.State == WithdrawalState.Refused)
        {
            return 0;
        }

        return facts.Asset == Holdings.Quote
            ? state.Accounts.Read(facts.Account).CashAtoms
            : state.Balances.AtomsOf(facts.Account, facts.Asset);
    }
}

/// <summary>One step of a withdrawal.</summary>
internal struct WithdrawalFacts
{
    public uint Account;
    public uint Asset;
    public long Atoms;
    public ulong Id;
    public ulong Epoch;
    public ulong ClientOrderId;
    public long Bound;
    public RejectCode Code;
    public WithdrawalState State;
    public ushort RequestTemplateId;
}

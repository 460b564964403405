using HftDelta.Engine.Accounts;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Withdrawals;

/// <summary>One line of an epoch's withdrawals list.</summary>
public readonly struct ReleasedWithdrawal
{
    private readonly OwnerAddress _owner;

    internal ReleasedWithdrawal(in WithdrawalRecord record, OwnerAddress owner)
    {
        _owner = owner;
        Id = new WithdrawalId(record.Id);
        Epoch = record.Epoch;
        Place = (int)record.Place;
        Account = new AccountId(record.Account);
        Asset = new AssetId(record.Asset);
        Amount = new AssetAtoms(record.Atoms);
    }

    public WithdrawalId Id { get; }

    public ulong Epoch { get; }

    /// <summary>In the list, from 0.</summary>
    public int Place { get; }

    public AccountId Account { get; }

    public AssetId Asset { get; }

    /// <summary>In atoms of the asset.</summary>
    public AssetAtoms Amount { get; }

    /// <summary>Who may take it: the Ethereum address of the account's owner, 20 bytes.</summary>
    public void CopyOwnerTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_owner).CopyTo(destination);
}

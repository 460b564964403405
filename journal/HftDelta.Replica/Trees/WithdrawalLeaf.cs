using System.Buffers.Binary;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// One line of an epoch's withdrawals list, as the contract pays it out. Big-endian, packed without gaps; docs/commitments.md has
/// the table.
/// </summary>
public readonly record struct WithdrawalLeaf
{
    public const int LengthBytes = 53;

    public required ulong Epoch { get; init; }

    /// <summary>Never given twice: what a nullifier is made of.</summary>
    public required WithdrawalId Id { get; init; }

    public required AccountId Account { get; init; }

    /// <summary>Who may take it.</summary>
    public required EthereumAddress Owner { get; init; }

    public required AssetId Asset { get; init; }

    /// <summary>In atoms of the asset.</summary>
    public required AssetAtoms Amount { get; init; }

    public static WithdrawalLeaf Of(in ReleasedWithdrawal line)
    {
        Span<byte> owner = stackalloc byte[EthereumAddress.LengthBytes];
        line.CopyOwnerTo(owner);
        return new WithdrawalLeaf
        {
            Epoch = line.Epoch,
            Id = line.Id,
            Account = line.Account,
            Owner = EthereumAddress.From(owner),
            Asset = line.Asset,
            Amount = line.Amount,
        };
    }

    public Bytes32 Hash(Keccak256 keccak)
    {
        ArgumentNullException.ThrowIfNull(keccak);
        Span<byte> bytes = stackalloc byte[LengthBytes];
        Write(bytes);
        return keccak.Hash(bytes);
    }

    /// <summary>What is hashed: <see cref="LengthBytes"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[0] = TreeDomain.WithdrawalLeaf;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], Epoch);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[9..], Id.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[17..], Account.Value);
        Owner.CopyTo(bytes[21..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[41..], Asset.Value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[45..], (ulong)Amount.Value);
    }
}

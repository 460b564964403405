using System.Buffers.Binary;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Collateral;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// What the account tree holds of an account, as if applied to the epoch's indices. Big-endian, packed without gaps, as
/// Solidity's <c>abi.encodePacked</c> packs the same types; docs/commitments.md has the table.
/// </summary>
public readonly record struct AccountLeaf
{
    /// <summary>Of an account that holds the quote asset alone.</summary>
    public const int LengthBytes = 131;

    /// <summary>Of an account that holds others too.</summary>
    public const int LengthMaxBytes = LengthBytes + Bytes32.LengthBytes;

    public required AccountId Id { get; init; }

    public required EthereumAddress Owner { get; init; }

    /// <summary>Of the owner's requests to the contract; none yet.</summary>
    public ulong Nonce { get; init; }

    public required Atoms Cash { get; init; }

    /// <summary>Sub-atoms that do not make a whole atom.</summary>
    public required uint Dust { get; init; }

    public required Bytes32 PositionsRoot { get; init; }

    /// <summary>Keys that may trade for the account; none yet.</summary>
    public Bytes32 SessionKeysHash { get; init; }

    /// <summary>None yet.</summary>
    public uint Flags { get; init; }

    /// <summary>Equity at the epoch's marks in whole atoms, 0 when it is negative; before the solvency ratio.</summary>
    public required UInt128 EscapeValue { get; init; }

    /// <summary>Assets beside the quote asset that the account holds.</summary>
    public ushort OtherAssets { get; init; }

    /// <summary>The hash over what it holds of them; not there where it holds none.</summary>
    public Bytes32 BalancesRoot { get; init; }

    public Bytes32 Hash(Keccak256 keccak)
    {
        ArgumentNullException.ThrowIfNull(keccak);
        Span<byte> bytes = stackalloc byte[LengthMaxBytes];
        return keccak.Hash(bytes[..Write(bytes)]);
    }

    /// <summary>Writes what is hashed.</summary>
    /// <returns>Its length: <see cref="LengthBytes"/>, or <see cref="LengthMaxBytes"/> with other assets.</returns>
    public int Write(Span<byte> bytes)
    {
        bytes[0] = TreeDomain.AccountLeaf;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], Id.Value);
        Owner.CopyTo(bytes[5..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[25..], Nonce);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[33..], (ushort)(1 + OtherAssets));
        BinaryPrimitives.WriteInt64BigEndian(bytes[35..], Cash.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[43..], Dust);
        PositionsRoot.CopyTo(bytes[47..]);
        SessionKeysHash.CopyTo(bytes[79..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[111..], Flags);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[115..], EscapeValue);
        if (OtherAssets == 0)
        {
            return LengthBytes;
        }

        BalancesRoot.CopyTo(bytes[LengthBytes..]);
        return LengthMaxBytes;
    }

    /// <summary>
    /// The hash over an account's balances of other assets, which are in the order of their ids: the byte 7, then 16 bytes for
    /// each, its asset, its atoms and its dust. Zero for none.
    /// </summary>
    public static Bytes32 HashBalances(ReadOnlySpan<AssetBalance> balances, Keccak256 keccak)
    {
        ArgumentNullException.ThrowIfNull(keccak);
        if (balances.Length == 0)
        {
            return Bytes32.Zero;
        }

        keccak.Append([TreeDomain.Balances]);
        Span<byte> bytes = stackalloc byte[16];
        foreach (ref readonly var balance in balances)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, balance.Asset.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[4..], balance.Amount.Value);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], balance.Dust);
            keccak.Append(bytes);
        }

        return keccak.Finish();
    }

    /// <summary>
    /// The hash over an account's positions, which are in the order of their instruments: the byte 2, then 12 bytes for each,
    /// its instrument and its lots. Zero for no position.
    /// </summary>
    public static Bytes32 HashPositions(ReadOnlySpan<AppliedPosition> positions, Keccak256 keccak)
    {
        ArgumentNullException.ThrowIfNull(keccak);
        if (positions.Length == 0)
        {
            return Bytes32.Zero;
        }

        keccak.Append([TreeDomain.Positions]);
        Span<byte> bytes = stackalloc byte[12];
        foreach (ref readonly var position in positions)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, position.Instrument.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[4..], position.Quantity.Value);
            keccak.Append(bytes);
        }

        return keccak.Finish();
    }
}

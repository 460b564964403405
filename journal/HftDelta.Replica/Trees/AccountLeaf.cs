using System.Buffers.Binary;
using HftDelta.Engine.Accounts;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// What the account tree holds of an account, as if applied to the epoch's indices. Big-endian, packed without gaps, as
/// Solidity's <c>abi.encodePacked</c> packs the same types; docs/commitments.md has the table.
/// </summary>
public readonly record struct AccountLeaf
{
    /// <summary>Assets that an account holds: the one quote asset.</summary>
    public const ushort AssetCount = 1;

    public const int LengthBytes = 131;

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
        bytes[0] = TreeDomain.AccountLeaf;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], Id.Value);
        Owner.CopyTo(bytes[5..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[25..], Nonce);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[33..], AssetCount);
        BinaryPrimitives.WriteInt64BigEndian(bytes[35..], Cash.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[43..], Dust);
        PositionsRoot.CopyTo(bytes[47..]);
        SessionKeysHash.CopyTo(bytes[79..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[111..], Flags);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[115..], EscapeValue);
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

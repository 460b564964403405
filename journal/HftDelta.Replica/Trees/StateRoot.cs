using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// The roots that make the state root. Those that do not exist yet are zero. Pure.
/// </summary>
public readonly record struct StateRoot
{
    public required Bytes32 Accounts { get; init; }

    public required Bytes32 Instruments { get; init; }

    public Bytes32 Parameters { get; init; }

    public Bytes32 Oracle { get; init; }

    public Bytes32 Vault { get; init; }

    public Bytes32 Waterfall { get; init; }

    /// <summary>keccak-256 of the byte 3 and the six roots in this order.</summary>
    public Bytes32 Hash()
    {
        Span<byte> bytes = stackalloc byte[1 + (6 * Bytes32.LengthBytes)];
        bytes[0] = TreeDomain.StateRoot;
        Accounts.CopyTo(bytes[1..]);
        Instruments.CopyTo(bytes[33..]);
        Parameters.CopyTo(bytes[65..]);
        Oracle.CopyTo(bytes[97..]);
        Vault.CopyTo(bytes[129..]);
        Waterfall.CopyTo(bytes[161..]);
        return Keccak256.Compute(bytes);
    }
}

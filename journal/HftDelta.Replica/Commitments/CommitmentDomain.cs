using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// Which contract on which chain a commitment is for: a signature is worth nothing anywhere else. The domain of EIP-712 with
/// name <c>HftDelta</c> and version <c>1</c>.
/// </summary>
/// <param name="ChainId">Of the chain.</param>
/// <param name="VerifyingContract">The contract that takes commitments; zero while there is none.</param>
public sealed record CommitmentDomain(ulong ChainId, EthereumAddress VerifyingContract)
{
    public const string Name = "HftDelta";
    public const string Version = "1";

    private const string TypeText = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

    /// <summary>For development: the chain id that local chains have, and no contract.</summary>
    public static readonly CommitmentDomain Development = new(31_337, EthereumAddress.Zero);

    /// <summary>The struct hash of the domain.</summary>
    public Bytes32 Separator() =>
        new TypedDataEncoder(TypeText, 4).Add(Name).Add(Version).Add(ChainId).Add(VerifyingContract).Hash();
}

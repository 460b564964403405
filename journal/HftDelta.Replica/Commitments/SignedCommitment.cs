using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Commitments;

/// <summary>A commitment that was signed and is on the device: what may be told to anybody.</summary>
/// <param name="Commitment">What is claimed.</param>
/// <param name="Digest">What was signed.</param>
/// <param name="Signer">Whose signature it is.</param>
/// <param name="Signature">Recovers to the signer.</param>
public sealed record SignedCommitment(
    StateCommitment Commitment, Bytes32 Digest, EthereumAddress Signer, RecoverableSignature Signature)
{
    /// <summary>Whether digest and signature belong to the content, the domain and the signer. Costs a recovery.</summary>
    public bool IsValid(CommitmentDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Commitment.Digest(domain.Separator()) == Digest && Secp256k1Signer.Recover(Digest, Signature) == Signer;
    }
}

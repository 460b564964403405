using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Wire.Internal;

namespace HftDelta.Replica.Governance;

/// <summary>
/// What the holder of a key signs on parameters: EIP-712 typed data over every field of the action, so that any Ethereum wallet
/// shows what it says and a contract can check it. The domain is that of the venue's commitments: a word for one venue is worth
/// nothing at another, and its number makes it worth something once.
/// </summary>
public sealed class GovernanceDigest
{
    /// <summary>The type as EIP-712 writes it.</summary>
    public const string TypeText =
        "GovernanceAction(uint32 keyId,uint64 sequence,uint8 action,uint8 role,uint16 parameter,uint32 scope,uint16 row,"
        + "int64 value,int64 minimum,int64 maximum,int64 stepMax,uint64 cooldownNanos,uint64 timeLockNanos,"
        + "uint64 activationTime,uint64 activationSequence,uint64 deadline,uint32 subject,uint64 parametersLow,"
        + "uint64 parametersHigh,address holder)";

    private const int Members = 20;

    private readonly Bytes32 _domain;

    public GovernanceDigest(CommitmentDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        _domain = domain.Separator();
    }

    /// <summary>The 32 bytes that are signed.</summary>
    public Bytes32 Of(in GovernanceActionDecoder action)
    {
        var hash = new TypedDataEncoder(TypeText, Members).Add(action.KeyId).Add(action.Sequence).Add((byte)action.Action)
            .Add((byte)action.Role).Add(action.Parameter).Add(action.Scope).Add(action.Row).AddSigned(action.Value)
            .AddSigned(action.Minimum).AddSigned(action.Maximum).AddSigned(action.StepMax).Add(action.CooldownNanos)
            .Add(action.TimeLockNanos).Add(action.ActivationTime).Add(action.ActivationSequence).Add(action.Deadline)
            .Add(action.Subject).Add(action.ParametersLow).Add(action.ParametersHigh)
            .Add(EthereumAddress.From(action.Address)).Hash();
        return TypedDataEncoder.Digest(_domain, hash);
    }

    /// <summary>Whose signature the action carries; null when no key can have made it.</summary>
    public EthereumAddress? SignerOf(in GovernanceActionDecoder action) =>
        Secp256k1Signer.Recover(Of(action), RecoverableSignature.From(action.Signature));
}

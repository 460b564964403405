using HftDelta.Replica.Governance;
using HftDelta.Replica.Signing;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>
/// What the holder of a key says, signed or to be signed, as it goes from a signer's machine to the venue: what an action does
/// not use is 0. Immutable.
/// </summary>
public sealed record GovernanceWord
{
    public const string SchemaName = "hftdelta.governance/1";

    public string Schema { get; init; } = SchemaName;

    public required uint KeyId { get; init; }

    /// <summary>Above the last one that the key has said.</summary>
    public ulong Sequence { get; init; }

    public required GovernanceActionKind Action { get; init; }

    public GovernanceRole Role { get; init; }

    /// <summary>Number of a parameter.</summary>
    public ushort Parameter { get; init; }

    public uint Scope { get; init; }

    public ushort Row { get; init; }

    public long Value { get; init; }

    public long Minimum { get; init; }

    public long Maximum { get; init; }

    public long StepMax { get; init; }

    public ulong CooldownNanos { get; init; }

    public ulong TimeLockNanos { get; init; }

    public ulong ActivationTime { get; init; }

    public ulong ActivationSequence { get; init; }

    public ulong Deadline { get; init; }

    public uint Subject { get; init; }

    public ulong ParametersLow { get; init; }

    public ulong ParametersHigh { get; init; }

    /// <summary>Of the key that is set; empty: none.</summary>
    public string Holder { get; init; } = "";

    /// <summary>65 bytes: 0x and 130 digits; empty while it is not signed.</summary>
    public string Signature { get; init; } = "";

    /// <summary>The same with the signature of a key.</summary>
    public GovernanceWord Sign(GovernanceDigest digest, Secp256k1Signer signer)
    {
        var frame = new byte[GovernanceActionDecoder.FrameLength];
        (this with { Signature = "" }).Encode(frame, EthereumAddress.Zero);
        return this with { Signature = signer.Sign(digest.Of(GovernanceActionDecoder.Trusted(frame))).ToString() };
    }

    /// <param name="buffer">Where the frame goes.</param>
    /// <param name="signer">Whose signature it was found to be; zero while that is not known.</param>
    /// <exception cref="FormatException">Signature or holder cannot be read.</exception>
    public int Encode(Span<byte> buffer, EthereumAddress signer)
    {
        Span<byte> found = stackalloc byte[EthereumAddress.LengthBytes];
        signer.CopyTo(found);
        Span<byte> holder = stackalloc byte[EthereumAddress.LengthBytes];
        (Holder.Length == 0 ? EthereumAddress.Zero : EthereumAddress.Parse(Holder)).CopyTo(holder);
        return GovernanceActionEncoder.Wrap(buffer).SetKeyId(KeyId).SetAction(Action).SetRole(Role).SetParameter(Parameter)
            .SetSequence(Sequence).SetScope(Scope).SetRow(Row).SetValue(Value).SetMinimum(Minimum).SetMaximum(Maximum)
            .SetStepMax(StepMax).SetCooldownNanos(CooldownNanos).SetTimeLockNanos(TimeLockNanos)
            .SetActivationTime(ActivationTime).SetActivationSequence(ActivationSequence).SetDeadline(Deadline)
            .SetSubject(Subject).SetParametersLow(ParametersLow).SetParametersHigh(ParametersHigh).SetAddress(holder)
            .SetSignature(SignatureBytes()).SetSigner(found).EncodedLength;
    }

    private byte[] SignatureBytes()
    {
        if (Signature.Length == 0)
        {
            return new byte[RecoverableSignature.LengthBytes];
        }

        return Signature.Length == 2 + (2 * RecoverableSignature.LengthBytes)
            && Signature.StartsWith("0x", StringComparison.Ordinal)
            ? Convert.FromHexString(Signature.AsSpan(2))
            : throw new FormatException("a signature is 0x and 130 hexadecimal digits");
    }
}

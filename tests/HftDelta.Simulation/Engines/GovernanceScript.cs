using HftDelta.Replica.Commitments;
using HftDelta.Replica.Governance;
using HftDelta.Replica.Signing;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>What the holder of a key says; what is left out is 0.</summary>
public sealed record GovernanceWords
{
    public uint KeyId { get; init; } = GovernanceScript.Governor;

    /// <summary>0: the next one of the key.</summary>
    public ulong Sequence { get; init; }

    public GovernanceActionKind Action { get; init; } = GovernanceActionKind.SetValue;

    public GovernanceRole Role { get; init; }

    public ParameterId Parameter { get; init; }

    public uint Scope { get; init; }

    public ushort Row { get; init; }

    public long Value { get; init; }

    public ParameterLimits Limits { get; init; } = new();

    public ulong ActivationTime { get; init; }

    public ulong ActivationSequence { get; init; }

    public ulong Deadline { get; init; }

    public uint Subject { get; init; }

    /// <summary>What a module may move.</summary>
    public IReadOnlyList<ParameterId> Parameters { get; init; } = [];

    public byte Address { get; init; }

    /// <summary>Whose signature it is; 0: that of the key as it was set up.</summary>
    public byte Signer { get; init; }
}

/// <summary>An envelope.</summary>
public sealed record ParameterLimits(
    long Minimum = 0, long Maximum = 0, long StepMax = 0, ulong CooldownNanos = 0, ulong TimeLockNanos = 0);

/// <summary>What tests say on parameters: as the operator while the venue is set up, later with keys.</summary>
public sealed class GovernanceScript(EngineHarness engine)
{
    /// <summary>The key of governance that tests use unless they say otherwise.</summary>
    public const uint Governor = 1;

    private readonly Dictionary<uint, ulong> _sequences = [];

    /// <summary>Who signs for a number; null: nobody, which the core cannot tell, and a replica can.</summary>
    public Func<byte, Secp256k1Signer>? SignerOf { get; init; }

    public void SetKey(uint key, GovernanceRole role, params ReadOnlySpan<ParameterId> parameters)
    {
        var (low, high) = Bits(parameters);
        engine.SendInternal(GovernanceKeyEncoder.Wrap(engine.Buffer).SetKeyId(key).SetRole(role).SetParametersLow(low)
            .SetParametersHigh(high).SetAddress(Address((byte)key)).EncodedLength);
    }

    public void SetEnvelope(ParameterId parameter, uint scope, ParameterLimits limits, ushort row = 0) => engine.SendInternal(
        ParameterEnvelopeEncoder.Wrap(engine.Buffer).SetParameter((ushort)parameter).SetScope(scope).SetRow(row)
            .SetMinimum(limits.Minimum).SetMaximum(limits.Maximum).SetStepMax(limits.StepMax)
            .SetCooldownNanos(limits.CooldownNanos).SetTimeLockNanos(limits.TimeLockNanos).EncodedLength);

    public void Seal(ulong timeLockNanos = 0) => engine.SendInternal(
        GovernanceSealEncoder.Wrap(engine.Buffer).SetTimeLockNanos(timeLockNanos).EncodedLength);

    public void TellParameters() => engine.SendInternal(TellParametersEncoder.Wrap(engine.Buffer).EncodedLength);

    public void Say(GovernanceWords words)
    {
        var sequence = words.Sequence != 0 ? words.Sequence : _sequences.GetValueOrDefault(words.KeyId) + 1;
        _sequences[words.KeyId] = ulong.Max(sequence, _sequences.GetValueOrDefault(words.KeyId));
        var signer = words.Signer != 0 ? words.Signer : (byte)words.KeyId;
        var length = Encode(words, sequence, signer, new byte[RecoverableSignature.LengthBytes]);
        if (SignerOf is { } signerOf)
        {
            var digest = new GovernanceDigest(CommitmentDomain.Development)
                .Of(GovernanceActionDecoder.Trusted(engine.Buffer[..length]));
            length = Encode(words, sequence, signer, signerOf(signer).Sign(digest).ToArray());
        }

        engine.SendInternal(length);
    }

    private int Encode(GovernanceWords words, ulong sequence, byte signer, byte[] signature)
    {
        var (low, high) = Bits([.. words.Parameters]);
        return GovernanceActionEncoder.Wrap(engine.Buffer).SetKeyId(words.KeyId).SetAction(words.Action)
            .SetRole(words.Role).SetParameter((ushort)words.Parameter).SetSequence(sequence).SetScope(words.Scope)
            .SetRow(words.Row).SetValue(words.Value).SetMinimum(words.Limits.Minimum).SetMaximum(words.Limits.Maximum)
            .SetStepMax(words.Limits.StepMax).SetCooldownNanos(words.Limits.CooldownNanos)
            .SetTimeLockNanos(words.Limits.TimeLockNanos).SetActivationTime(words.ActivationTime)
            .SetActivationSequence(words.ActivationSequence).SetDeadline(words.Deadline).SetSubject(words.Subject)
            .SetParametersLow(low).SetParametersHigh(high).SetAddress(Address(words.Address)).SetSignature(signature)
            .SetSigner(Address(signer)).EncodedLength;
    }

    /// <summary>Of the first underlying, with the governor's key.</summary>
    public void Propose(ParameterId parameter, long value, uint key = Governor, ulong activationTime = 0, uint scope = 1) =>
        Say(new GovernanceWords
        {
            KeyId = key,
            Parameter = parameter,
            Scope = scope,
            Value = value,
            ActivationTime = activationTime,
        });

    private byte[] Address(byte number)
    {
        var address = new byte[EthereumAddress.LengthBytes];
        if (number != 0 && SignerOf is { } signerOf)
        {
            signerOf(number).Address.CopyTo(address);
        }
        else
        {
            address[^1] = number;
        }

        return address;
    }

    private static (ulong Low, ulong High) Bits(ReadOnlySpan<ParameterId> parameters)
    {
        UInt128 bits = 0;
        foreach (var parameter in parameters)
        {
            bits |= UInt128.One << (int)parameter;
        }

        return ((ulong)bits, (ulong)(bits >> 64));
    }
}

using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// What the operator says while a venue is set up: keys and envelopes. The seal ends that, once and for all: from then on
/// parameters change by signed proposals alone. Owner: the engine agent.
/// </summary>
internal sealed class GovernanceSetup(VenueState state, ProposalChecks checks, ParameterActivations activations)
{
    public RejectCode Set(in GovernanceKeyDecoder message)
    {
        var key = new ProposalRecord
        {
            Subject = message.KeyId,
            Role = message.Role,
            Parameters = new UInt128(message.ParametersHigh, message.ParametersLow),
        };
        message.Address.CopyTo(key.Address);
        if (state.Governance.IsSealed)
        {
            return RejectCode.ParametersGoverned;
        }

        var code = checks.JudgeKey(key);
        if (code == default)
        {
            activations.SetKey(key);
        }

        return code;
    }

    public RejectCode Set(in ParameterEnvelopeDecoder message)
    {
        var envelope = new ProposalRecord
        {
            Kind = (ParameterId)message.Parameter,
            Row = message.Row,
            Scope = message.Scope,
            Envelope = new Envelope
            {
                Minimum = message.Minimum,
                Maximum = message.Maximum,
                StepMax = message.StepMax,
                CooldownNanos = message.CooldownNanos,
                TimeLockNanos = message.TimeLockNanos,
            },
        };
        if (state.Governance.IsSealed)
        {
            return RejectCode.ParametersGoverned;
        }

        var code = checks.JudgeEnvelope(envelope, out _);
        if (code == default)
        {
            activations.SetEnvelope(envelope);
        }

        return code;
    }

    /// <summary>Somebody must be able to change things afterwards.</summary>
    public RejectCode Seal(in GovernanceSealDecoder message)
    {
        if (state.Governance.IsSealed)
        {
            return RejectCode.ParametersGoverned;
        }

        if (message.TimeLockNanos > ParameterCatalog.TimeLockMaxNanos || state.Governance.OtherGovernanceKeys(0) == 0)
        {
            return RejectCode.BadParameter;
        }

        ref var all = ref state.Governance.WriteAll();
        all.TimeLockNanos = message.TimeLockNanos;
        all.InstrumentsBefore = state.Instruments.NextId;
        all.UnderlyingsBefore = state.Underlyings.NextId;
        all.IsSealed = 1;
        return default;
    }
}

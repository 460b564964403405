using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// What a proposal must satisfy. It is judged when it comes and again when it should come into force, by the state of then: a
/// key that was taken away, an envelope that shrank or another change in between may stop it. Owner: the engine agent.
/// </summary>
internal sealed class ProposalChecks(VenueState state, ParameterHomes homes)
{
    /// <param name="proposal">Of a key that may speak.</param>
    /// <param name="timeNanos">When it would come into force.</param>
    /// <param name="limit">What it ran against, where the code has such.</param>
    /// <returns>Why not, or none.</returns>
    public RejectCode Judge(in ProposalRecord proposal, ulong timeNanos, out long limit)
    {
        limit = 0;
        switch (proposal.Action)
        {
            case GovernanceActionKind.SetValue:
                return JudgeValue(proposal, timeNanos, out limit);
            case GovernanceActionKind.SetEnvelope:
                return IsModule(proposal.KeyId) ? RejectCode.NotGovernance : JudgeEnvelope(proposal, out limit);
            case GovernanceActionKind.SetKey:
                return IsModule(proposal.KeyId) ? RejectCode.NotGovernance : JudgeKey(proposal);
            default:
                return RejectCode.BadParameter;
        }
    }

    /// <summary>When a proposal that is taken now may come into force.</summary>
    public ulong EarliestTime(in ProposalRecord proposal)
    {
        if (IsModule(proposal.KeyId))
        {
            return state.TimeNanos;
        }

        var all = state.Governance.All.TimeLockNanos;
        return state.TimeNanos + proposal.Action switch
        {
            GovernanceActionKind.SetValue => TimeLock(proposal.Parameter),

            // Else one could first take the lock off with a word on the envelope that waits less.
            GovernanceActionKind.SetEnvelope => ulong.Max(TimeLock(proposal.Parameter), all),
            _ => all,
        };
    }

    /// <summary>What governance waits for a value: what its envelope says, else what holds for the venue.</summary>
    public ulong TimeLock(in ParameterKey key)
    {
        var envelope = state.Governance.FindEnvelope(key);
        var own = envelope == 0 ? 0 : state.Governance.Value(envelope).Envelope.TimeLockNanos;
        return own != 0 ? own : state.Governance.All.TimeLockNanos;
    }

    /// <summary>The proposal of the same module on the same parameter that waits, or 0.</summary>
    public uint Outstanding(in ProposalRecord proposal)
    {
        for (uint place = 0; IsModule(proposal.KeyId) && place < GovernanceTable.ProposalsMax; place++)
        {
            ref readonly var other = ref state.Governance.Proposal(place);
            if (other.Number != 0 && other.KeyId == proposal.KeyId && other.Parameter == proposal.Parameter)
            {
                return other.Number;
            }
        }

        return 0;
    }

    public bool HasRoom(in ProposalRecord proposal) => state.Governance.WaitingCount <
        (IsModule(proposal.KeyId) ? GovernanceTable.ModuleProposalsMax : GovernanceTable.ProposalsMax);

    public bool IsModule(uint key) => state.Governance.Key(key).Role == GovernanceRole.Module;

    /// <summary>Also for setting up.</summary>
    public RejectCode JudgeEnvelope(in ProposalRecord proposal, out long limit)
    {
        limit = 0;
        var key = proposal.Parameter;
        ref readonly var envelope = ref proposal.Envelope;
        if (!ParameterCatalog.TryFind(key.Kind, out var facts) || key.Row >= facts.Rows)
        {
            return RejectCode.UnknownParameter;
        }

        if (key.Scope != 0 && homes.Find(key, facts) is not default(RejectCode) and var code)
        {
            return code;
        }

        if (envelope.Minimum < facts.Minimum || envelope.Maximum > facts.Maximum)
        {
            limit = envelope.Minimum < facts.Minimum ? facts.Minimum : facts.Maximum;
            return RejectCode.ParameterOutsideEnvelope;
        }

        if (envelope.Minimum > envelope.Maximum || envelope.StepMax < 0 ||
            envelope.CooldownNanos > ParameterCatalog.CooldownMaxNanos ||
            envelope.TimeLockNanos > ParameterCatalog.TimeLockMaxNanos)
        {
            return RejectCode.BadParameter;
        }

        return state.Governance.HasRoomFor(key) ? default : RejectCode.CapacityExhausted;
    }

    /// <summary>Also for setting up.</summary>
    public RejectCode JudgeKey(in ProposalRecord proposal)
    {
        if (proposal.Subject is 0 or >= GovernanceTable.KeysLimit ||
            proposal.Role is not (GovernanceRole.None or GovernanceRole.Governance or GovernanceRole.Module) ||
            (proposal.Role != GovernanceRole.None && !((ReadOnlySpan<byte>)proposal.Address).ContainsAnyExcept((byte)0)))
        {
            return RejectCode.BadParameter;
        }

        var isLast = state.Governance.Key(proposal.Subject).Role == GovernanceRole.Governance &&
            proposal.Role != GovernanceRole.Governance && state.Governance.OtherGovernanceKeys(proposal.Subject) == 0;
        return isLast ? RejectCode.LastGovernanceKey : default;
    }

    private RejectCode JudgeValue(in ProposalRecord proposal, ulong timeNanos, out long limit)
    {
        limit = 0;
        var key = proposal.Parameter;
        if (!ParameterCatalog.TryFind(key.Kind, out var facts))
        {
            return RejectCode.UnknownParameter;
        }

        if (homes.Find(key, facts) is not default(RejectCode) and var missing)
        {
            return missing;
        }

        if (IsModule(proposal.KeyId) && JudgeModule(proposal, facts.Home, timeNanos, out limit) is
            not default(RejectCode) and var code)
        {
            return code;
        }

        if (proposal.Value < facts.Minimum || proposal.Value > facts.Maximum)
        {
            limit = proposal.Value < facts.Minimum ? facts.Minimum : facts.Maximum;
            return RejectCode.ParameterOutsideEnvelope;
        }

        if (!homes.CanHave(key, facts.Home, proposal.Value))
        {
            return RejectCode.ParameterConflict;
        }

        return state.Governance.HasRoomFor(key) ? default : RejectCode.CapacityExhausted;
    }

    /// <summary>A module is confined: to its parameters, their envelopes, their steps and their pace.</summary>
    private RejectCode JudgeModule(in ProposalRecord proposal, ParameterHome home, ulong timeNanos, out long limit)
    {
        limit = 0;
        var key = proposal.Parameter;
        if (!state.Governance.Key(proposal.KeyId).MayMove(key.Kind))
        {
            return RejectCode.ParameterNotOfModule;
        }

        var slot = state.Governance.FindEnvelope(key);
        if (slot == 0)
        {
            return RejectCode.ParameterHasNoEnvelope;
        }

        ref readonly var envelope = ref state.Governance.Value(slot).Envelope;
        if (proposal.Value < envelope.Minimum || proposal.Value > envelope.Maximum)
        {
            limit = proposal.Value < envelope.Minimum ? envelope.Minimum : envelope.Maximum;
            return RejectCode.ParameterOutsideEnvelope;
        }

        var step = (Int128)proposal.Value - homes.Read(key, home);
        if (envelope.StepMax != 0 && (step > envelope.StepMax || step < -envelope.StepMax))
        {
            limit = envelope.StepMax;
            return RejectCode.ParameterStepTooLarge;
        }

        var own = state.Governance.FindValue(key);
        var lastChange = own == 0 ? 0 : state.Governance.Value(own).LastChangeTime;
        if (lastChange != 0 && timeNanos < lastChange + envelope.CooldownNanos)
        {
            limit = (long)(lastChange + envelope.CooldownNanos);
            return RejectCode.ParameterCoolingDown;
        }

        return default;
    }
}

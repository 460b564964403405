using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Takes what holders of keys say: proposals, which then wait for their activation, and words that work at once. Whatever
/// comes of it, the key's number is used: a word that was refused today cannot be said again by someone else tomorrow.
/// Owner: the engine agent.
/// </summary>
internal sealed class GovernanceActions(VenueState state, ProposalChecks checks, GovernanceEvents events)
{
    /// <param name="message">Its signature was verified before it was sequenced.</param>
    /// <param name="reference">The proposal's number, or that of the key when it is refused.</param>
    public RejectCode Apply(in GovernanceActionDecoder message, out uint reference)
    {
        var proposal = Read(message);
        var limit = 0L;
        var code = IsFrom(message) ? Take(ref proposal, message.Deadline, out limit) : RejectCode.UnknownGovernanceKey;
        reference = code == default ? proposal.Number : proposal.KeyId;
        if (code != default)
        {
            events.Refused(proposal, code, limit);
        }

        return code;
    }

    /// <summary>Whoever verified it may have known the key before it changed hands: by then its word counts no more.</summary>
    private bool IsFrom(in GovernanceActionDecoder message) => state.Governance.IsKey(message.KeyId) &&
        message.Signer.SequenceEqual((ReadOnlySpan<byte>)state.Governance.Key(message.KeyId).Address);

    private RejectCode Take(ref ProposalRecord proposal, ulong deadline, out long limit)
    {
        limit = 0;
        if (proposal.Sequence <= state.Governance.Key(proposal.KeyId).LastSequence)
        {
            limit = (long)state.Governance.Key(proposal.KeyId).LastSequence;
            return RejectCode.GovernanceSequenceUsed;
        }

        state.Governance.WriteKey(proposal.KeyId).LastSequence = proposal.Sequence;
        if (deadline != 0 && state.TimeNanos >= deadline)
        {
            return RejectCode.DeadlinePassed;
        }

        switch (proposal.Action)
        {
            case GovernanceActionKind.Cancel:
                return Cancel(ref proposal);
            case GovernanceActionKind.Freeze:
                return Freeze(proposal, isFrozen: true);
            case GovernanceActionKind.Unfreeze:
                return Freeze(proposal, isFrozen: false);
            default:
                return Propose(ref proposal, out limit);
        }
    }

    private RejectCode Propose(ref ProposalRecord proposal, out long limit)
    {
        limit = 0;
        if (state.Governance.IsFrozen)
        {
            return RejectCode.GovernanceFrozen;
        }

        if (proposal.ActivationTime > long.MaxValue)
        {
            return RejectCode.BadParameter;
        }

        var code = checks.Judge(proposal, ulong.Max(proposal.ActivationTime, state.TimeNanos), out limit);
        if (code != default)
        {
            return code;
        }

        var earliest = checks.EarliestTime(proposal);
        if (proposal.ActivationTime != 0 && proposal.ActivationTime < earliest && !checks.IsModule(proposal.KeyId))
        {
            limit = (long)earliest;
            return RejectCode.ActivationTooEarly;
        }

        var outstanding = checks.Outstanding(proposal);
        if (outstanding != 0)
        {
            limit = outstanding;
            return RejectCode.ProposalOutstanding;
        }

        if (!checks.HasRoom(proposal))
        {
            return RejectCode.CapacityExhausted;
        }

        proposal.ActivationTime = ulong.Max(proposal.ActivationTime, earliest);
        proposal.Number = state.Governance.Add(proposal);
        events.Told(GovernanceOutcome.Proposed, proposal);
        return default;
    }

    private RejectCode Cancel(ref ProposalRecord proposal)
    {
        if (checks.IsModule(proposal.KeyId))
        {
            return RejectCode.NotGovernance;
        }

        var place = state.Governance.FindProposal(proposal.Subject);
        if (place < 0)
        {
            return RejectCode.UnknownProposal;
        }

        var canceled = state.Governance.Proposal((uint)place);
        state.Governance.Remove((uint)place);
        proposal.Number = canceled.Number;
        events.Told(GovernanceOutcome.Canceled, canceled with
        {
            KeyId = proposal.KeyId,
            Sequence = proposal.Sequence,
            Action = GovernanceActionKind.Cancel,
            Subject = canceled.Number,
        });
        return default;
    }

    private RejectCode Freeze(in ProposalRecord proposal, bool isFrozen)
    {
        if (checks.IsModule(proposal.KeyId))
        {
            return RejectCode.NotGovernance;
        }

        state.Governance.WriteAll().IsFrozen = isFrozen ? (byte)1 : (byte)0;
        events.Told(isFrozen ? GovernanceOutcome.Frozen : GovernanceOutcome.Unfrozen, proposal);
        return default;
    }

    private static ProposalRecord Read(in GovernanceActionDecoder message)
    {
        var proposal = new ProposalRecord
        {
            KeyId = message.KeyId,
            Sequence = message.Sequence,
            Scope = message.Scope,
            Row = message.Row,
            Subject = message.Subject,
            Kind = (ParameterId)message.Parameter,
            Action = message.Action,
            Role = message.Role,
            Value = message.Value,
            Envelope = new Envelope
            {
                Minimum = message.Minimum,
                Maximum = message.Maximum,
                StepMax = message.StepMax,
                CooldownNanos = message.CooldownNanos,
                TimeLockNanos = message.TimeLockNanos,
            },
            ActivationTime = message.ActivationTime,
            ActivationSequence = message.ActivationSequence,
            Parameters = new UInt128(message.ParametersHigh, message.ParametersLow),
        };
        message.Address.CopyTo(proposal.Address);
        return proposal;
    }
}

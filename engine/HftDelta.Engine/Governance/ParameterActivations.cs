using HftDelta.Primitives;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Brings proposals into force: at the head of the first command that is not before their time nor before their sequence, ahead
/// of timers and of the command itself, in the order of their times and then of their numbers. What does not fit the command's
/// budget waits for the next. Owner: the engine agent.
/// </summary>
internal sealed class ParameterActivations(
    VenueState state, ParameterHomes homes, ProposalChecks checks, GovernanceEvents events, Timers timers, EventBudget budget)
{
    /// <summary>Something comes into force with the next command, whenever that is.</summary>
    public bool IsWorkLeft => state.Governance.MayBeDue(state.TimeNanos, (ulong)state.Sequence + 1) &&
        state.Governance.FindDue(state.TimeNanos, (ulong)state.Sequence + 1) >= 0;

    public void Run()
    {
        if (state.Governance.MayBeDue(state.TimeNanos, (ulong)state.Sequence))
        {
            RunDue();
        }
    }

    private void RunDue()
    {
        budget.EnterTimers();
        int place;
        while ((place = state.Governance.FindDue(state.TimeNanos, (ulong)state.Sequence)) >= 0)
        {
            var proposal = state.Governance.Proposal((uint)place);
            var isValue = proposal.Action == GovernanceActionKind.SetValue;
            var slots = isValue ? homes.SlotsToSet(proposal.Parameter) : 0;
            if (!budget.HasRoom(slots + GovernanceEvents.Slots) || (isValue && !homes.IsReady(proposal.Parameter)))
            {
                break;
            }

            state.Governance.Remove((uint)place);
            Activate(proposal);
        }

        timers.Reschedule();
    }

    private void Activate(in ProposalRecord proposal)
    {
        var limit = 0L;
        var code = state.Governance.IsKey(proposal.KeyId)
            ? checks.Judge(proposal, state.TimeNanos, out limit)
            : RejectCode.UnknownGovernanceKey;
        if (code != default)
        {
            events.Refused(proposal, code, limit);
            return;
        }

        var previous = 0L;
        switch (proposal.Action)
        {
            case GovernanceActionKind.SetValue:
                previous = SetValue(proposal.Parameter, proposal.Value);
                break;
            case GovernanceActionKind.SetEnvelope:
                SetEnvelope(proposal);
                break;
            default:
                SetKey(proposal);
                break;
        }

        events.Told(GovernanceOutcome.Activated, proposal, previous);
    }

    private long SetValue(in ParameterKey key, long value)
    {
        var isKnown = ParameterCatalog.TryFind(key.Kind, out var facts);
        Check.That(isKnown);
        var previous = homes.Read(key, facts.Home);
        homes.Set(key, facts.Home, value);
        state.Governance.WriteValue(key).LastChangeTime = state.TimeNanos;
        return previous;
    }

    /// <summary>Also for setting up.</summary>
    public void SetEnvelope(in ProposalRecord proposal)
    {
        ref var record = ref state.Governance.WriteValue(proposal.Parameter);
        record.Envelope = proposal.Envelope;
        record.HasEnvelope = 1;
    }

    /// <summary>Also for setting up. Numbers that the key has used stay used, whoever holds it.</summary>
    public void SetKey(in ProposalRecord proposal)
    {
        ref var key = ref state.Governance.WriteKey(proposal.Subject);
        key.Role = proposal.Role;
        key.Parameters = proposal.Role == GovernanceRole.Module ? proposal.Parameters : 0;
        key.Address = proposal.Address;
        events.Key(proposal.Subject);
    }
}

using HftDelta.Engine.Fees;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Tells keys, proposals that wait and all parameters, from the state itself, as pending work. What changes while it is told is
/// told as it is at its turn. Owner: the engine agent.
/// </summary>
internal sealed class ParameterTelling(
    VenueState state,
    ParameterHomes homes,
    ProposalChecks checks,
    GovernanceEvents events,
    InternalEvents internalEvents,
    EventBudget budget)
{
    // Where the telling stands: what is told, and for parameters their number, row and scope.
    private const int StageShift = 28;
    private const int KindShift = 20;
    private const int RowShift = 17;
    private const uint KeysStage = 0;
    private const uint ProposalsStage = 1;
    private const uint ParametersStage = 2;

    /// <summary>One telling at a time: whoever asks meanwhile asks again.</summary>
    public RejectCode Begin()
    {
        if (state.Pending.Has(PendingKind.TellParameters))
        {
            return RejectCode.RequestOutstanding;
        }

        state.ParametersAskedBy = state.Sequence;
        events.All();
        state.Pending.Add(PendingKind.TellParameters, 1);
        return default;
    }

    /// <summary>Goes on with the telling.</summary>
    /// <param name="next">Where it stands.</param>
    /// <param name="units">How many may be told; lowered by those told.</param>
    /// <param name="looks">How many may be looked at; lowered by those that were.</param>
    /// <returns>True when it is done.</returns>
    public bool Run(ref uint next, ref int units, ref int looks)
    {
        while (looks > 0 && units > 0 && budget.HasRoomForUnit)
        {
            looks--;
            var isOver = (next >> StageShift) switch
            {
                KeysStage => TellKey(ref next, ref units),
                ProposalsStage => TellProposal(ref next, ref units),
                _ => TellParameter(ref next, ref units),
            };
            if (isOver)
            {
                internalEvents.CommandCompleted(TellParametersDecoder.TemplateId, state.ParametersAskedBy, 0);
                return true;
            }
        }

        return false;
    }

    private bool TellKey(ref uint next, ref int units)
    {
        if (next == GovernanceTable.KeysLimit)
        {
            next = ProposalsStage << StageShift;
            return false;
        }

        if (state.Governance.IsKey(next))
        {
            units--;
            events.Key(next);
        }

        next++;
        return false;
    }

    private bool TellProposal(ref uint next, ref int units)
    {
        var place = next & ((1u << StageShift) - 1);
        if (place == GovernanceTable.ProposalsMax)
        {
            next = ParametersStage << StageShift;
            return false;
        }

        if (state.Governance.Proposal(place).Number != 0)
        {
            units--;
            events.Proposal(state.Governance.Proposal(place));
        }

        next++;
        return false;
    }

    /// <summary>One parameter; scopes are walked within rows, rows within kinds.</summary>
    private bool TellParameter(ref uint next, ref int units)
    {
        var kind = (next >> KindShift) & ((1u << (StageShift - KindShift)) - 1);
        var row = (next >> RowShift) & ((1u << (KindShift - RowShift)) - 1);
        var scope = next & ((1u << RowShift) - 1);
        if (kind == ParameterCatalog.KindsLimit)
        {
            return true;
        }

        var isKnown = ParameterCatalog.TryFind((ParameterId)kind, out var facts);
        if (!isKnown || row >= facts.Rows)
        {
            next = At(kind + 1, 0, 0);
            return false;
        }

        if (scope >= Limit(facts.Scope))
        {
            next = row + 1 < facts.Rows ? At(kind, row + 1, 0) : At(kind + 1, 0, 0);
            return false;
        }

        var key = new ParameterKey((ParameterId)kind, scope, row);
        if (homes.Find(key, facts) == default && homes.HasValue(key, facts))
        {
            units--;
            Tell(key, facts);
        }

        next++;
        return false;
    }

    private void Tell(in ParameterKey key, in ParameterFacts facts)
    {
        var slot = state.Governance.FindEnvelope(key);
        var own = state.Governance.FindValue(key);
        var envelope = slot != 0
            ? state.Governance.Value(slot).Envelope
            : new Envelope
            {
                Minimum = facts.Minimum,
                Maximum = facts.Maximum,
            };
        envelope.TimeLockNanos = checks.TimeLock(key);
        events.Parameter(
            key, homes.Read(key, facts.Home), envelope, slot != 0, own == 0 ? 0 : state.Governance.Value(own).LastChangeTime);
    }

    private uint Limit(ParameterScope scope) => scope switch
    {
        ParameterScope.Underlying => state.Underlyings.NextId,
        ParameterScope.Instrument => state.Instruments.NextId,
        ParameterScope.FeeSchedule => FeeTable.SchedulesLimit,
        ParameterScope.Asset => state.Assets.NextId,
        _ => 1,
    };

    private static uint At(uint kind, uint row, uint scope) =>
        (ParametersStage << StageShift) | (kind << KindShift) | (row << RowShift) | scope;
}

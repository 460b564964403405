using HftDelta.Engine.Output;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>Every step of a proposal, and the answers to whoever asks for parameters. Owner: the engine agent.</summary>
internal sealed class GovernanceEvents(VenueState state, EventWriter writer)
{
    /// <summary>The most slots of what one activation says beside its settlement.</summary>
    public const int Slots = 3;

    public void Told(GovernanceOutcome outcome, in ProposalRecord proposal, long previous = 0) =>
        Report(outcome, proposal, default, previous, 0);

    public void Refused(in ProposalRecord proposal, RejectCode code, long limit) =>
        Report(GovernanceOutcome.Refused, proposal, code, 0, limit);

    public void All()
    {
        ref readonly var all = ref state.Governance.All;
        var message = GovernanceStateEncoder.Wrap(writer.Open(GovernanceStateDecoder.FrameLength));
        message.SetIsSealed(all.IsSealed).SetIsFrozen(all.IsFrozen).SetWaiting((uint)state.Governance.WaitingCount)
            .SetLastProposal(all.LastProposal);
        Commit(message.EncodedLength);
    }

    public void Key(uint id)
    {
        ref readonly var key = ref state.Governance.Key(id);
        var message = GovernanceKeyStateEncoder.Wrap(writer.Open(GovernanceKeyStateDecoder.FrameLength));
        message.SetKeyId(id).SetRole(key.Role).SetLastSequence(key.LastSequence).SetParametersLow((ulong)key.Parameters)
            .SetParametersHigh((ulong)(key.Parameters >> 64)).SetAddress(key.Address);
        Commit(message.EncodedLength);
    }

    public void Proposal(in ProposalRecord proposal)
    {
        var message = ProposalStateEncoder.Wrap(writer.Open(ProposalStateDecoder.FrameLength));
        message.SetProposal(proposal.Number).SetKeyId(proposal.KeyId).SetAction(proposal.Action).SetRole(proposal.Role)
            .SetParameter((ushort)proposal.Kind).SetScope(proposal.Scope).SetRow((ushort)proposal.Row)
            .SetSubject(proposal.Subject).SetValue(proposal.Value).SetMinimum(proposal.Envelope.Minimum)
            .SetMaximum(proposal.Envelope.Maximum).SetStepMax(proposal.Envelope.StepMax)
            .SetCooldownNanos(proposal.Envelope.CooldownNanos).SetTimeLockNanos(proposal.Envelope.TimeLockNanos)
            .SetActivationTime(proposal.ActivationTime).SetActivationSequence(proposal.ActivationSequence)
            .SetParametersLow((ulong)proposal.Parameters).SetParametersHigh((ulong)(proposal.Parameters >> 64))
            .SetAddress(proposal.Address);
        Commit(message.EncodedLength);
    }

    /// <param name="key">Of a parameter that exists.</param>
    /// <param name="value">Its value.</param>
    /// <param name="envelope">Its envelope; without one, what it can be at all.</param>
    /// <param name="hasEnvelope">Whether there is one.</param>
    /// <param name="lastChangeTime">0: never.</param>
    public void Parameter(in ParameterKey key, long value, in Envelope envelope, bool hasEnvelope, ulong lastChangeTime)
    {
        var message = ParameterStateEncoder.Wrap(writer.Open(ParameterStateDecoder.FrameLength));
        message.SetParameter((ushort)key.Kind).SetRow((ushort)key.Row).SetScope(key.Scope).SetValue(value)
            .SetMinimum(envelope.Minimum).SetMaximum(envelope.Maximum).SetStepMax(envelope.StepMax)
            .SetCooldownNanos(envelope.CooldownNanos).SetTimeLockNanos(envelope.TimeLockNanos)
            .SetLastChangeTime(lastChangeTime).SetHasEnvelope(hasEnvelope ? (byte)1 : (byte)0);
        Commit(message.EncodedLength);
    }

    private void Report(GovernanceOutcome outcome, in ProposalRecord proposal, RejectCode code, long previous, long limit)
    {
        var message = GovernanceReportEncoder.Wrap(writer.Open(GovernanceReportDecoder.FrameLength));
        message.SetKeyId(proposal.KeyId).SetOutcome(outcome).SetAction((byte)proposal.Action).SetCode((ushort)code)
            .SetSequence(proposal.Sequence).SetProposal(proposal.Number).SetScope(proposal.Scope)
            .SetParameter((ushort)proposal.Kind).SetRow((ushort)proposal.Row).SetSubject(proposal.Subject)
            .SetValue(proposal.Value).SetPrevious(previous).SetBound(limit).SetActivationTime(proposal.ActivationTime)
            .SetActivationSequence(proposal.ActivationSequence);
        Commit(message.EncodedLength);
    }

    private void Commit(int lengthBytes) => writer.Commit(lengthBytes, RecordSource.Internal, SessionHandle.None);
}

using HftDelta.Engine.State;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Output;

/// <summary>Events for the agents of the venue itself; no client sees them. Owner: the engine agent.</summary>
internal sealed class InternalEvents(VenueState state, EventWriter writer)
{
    public void CommandRefused(ushort templateId, RejectCode code, uint reference)
    {
        var message = CommandRefusedEncoder.Wrap(writer.Open(CommandRefusedDecoder.FrameLength));
        message.SetCommandTemplateId(templateId).SetCode((ushort)code).SetReference(reference);
        Commit(message.EncodedLength);
    }

    public void CashMoved(uint account, long amount, ulong movementId)
    {
        var message = CashMovedEncoder.Wrap(writer.Open(CashMovedDecoder.FrameLength));
        message.SetAccountId(account).SetAmount(amount).SetCash(state.Accounts.Read(account).CashAtoms)
            .SetMovementId(movementId);
        Commit(message.EncodedLength);
    }

    public void SessionState(uint handle)
    {
        ref readonly var record = ref state.Sessions.Read(handle);
        var message = SessionStateEncoder.Wrap(writer.Open(SessionStateDecoder.FrameLength));
        message.SetSessionHandle(handle).SetAccountId(record.Account).SetSessionId(record.SessionId)
            .SetNextRequestSequence(record.NextRequest).SetNextReportSequence(record.NextReport)
            .SetRetainedFrom(state.Sessions.RetainedFrom(handle)).SetRoles(record.Roles)
            .SetStatus(record.Status).SetCancelOnDisconnect(record.CancelOnDisconnect);
        Commit(message.EncodedLength);
    }

    public void RiskInputs(uint underlying)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        var message = RiskInputsEncoder.Wrap(writer.Open(RiskInputsDecoder.FrameLength));
        message.SetUnderlyingId(underlying).SetInstruments(record.InstrumentCount)
            .SetInputSequence((ulong)record.FrozenSequence).SetVersion(record.FrozenVersion)
            .SetPrice(record.FrozenPrice).SetTime(record.FrozenTime);
        Commit(message.EncodedLength);
    }

    public void StateHashPoint(in StateComponents components, Hash256 runningHash)
    {
        var message = StateHashPointEncoder.Wrap(writer.Open(StateHashPointDecoder.FrameLength));
        message.SetCommandSequence((ulong)state.Sequence);
        Write(message.StateHash, components.Total);
        Write(message.RunningHash, runningHash);
        Write(message.Venue, components.Of(StateRecordType.Venue));
        Write(message.Underlyings, components.Of(StateRecordType.Underlying));
        Write(message.Instruments, components.Of(StateRecordType.Instrument));
        Write(message.Accounts, components.Of(StateRecordType.Account));
        Write(message.Positions, components.Of(StateRecordType.Position));
        Write(message.Orders, components.Of(StateRecordType.Order));
        Write(message.Sessions, components.Of(StateRecordType.Session));
        Write(message.PendingWork, components.Of(StateRecordType.PendingWork));
        Write(message.RiskInputs, components.Of(StateRecordType.RiskInputs));
        Write(message.Parameters, components.Of(StateRecordType.Parameter));
        Write(message.OracleSources, components.Of(StateRecordType.OracleSource));
        Commit(message.EncodedLength);
    }

    private static void Write(Hash256Encoder target, Hash256 value) =>
        target.SetWord0(value.Word0).SetWord1(value.Word1).SetWord2(value.Word2).SetWord3(value.Word3);

    private void Commit(int lengthBytes) => writer.Commit(lengthBytes, RecordSource.Internal, SessionHandle.None);
}

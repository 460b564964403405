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

    /// <param name="templateId">Of the command.</param>
    /// <param name="reference">What it named.</param>
    /// <param name="changed">Instruments or accounts that it changed at once.</param>
    /// <param name="waiting">Pieces of work that it left.</param>
    public void CommandApplied(ushort templateId, uint reference, uint changed, uint waiting)
    {
        var message = CommandAppliedEncoder.Wrap(writer.Open(CommandAppliedDecoder.FrameLength));
        message.SetCommandTemplateId(templateId).SetReference(reference).SetChanged(changed).SetWaiting(waiting);
        Commit(message.EncodedLength);
    }

    /// <param name="templateId">Of the command.</param>
    /// <param name="command">The last one that asked for this work.</param>
    /// <param name="orders">Orders that ended with it.</param>
    public void CommandCompleted(ushort templateId, long command, ulong orders)
    {
        var message = CommandCompletedEncoder.Wrap(writer.Open(CommandCompletedDecoder.FrameLength));
        message.SetCommandTemplateId(templateId).SetCommandSequence((ulong)command).SetOrders(orders);
        Commit(message.EncodedLength);
    }

    public void VenueControlState()
    {
        var message = VenueControlStateEncoder.Wrap(writer.Open(VenueControlStateDecoder.FrameLength));
        message.SetDay(state.Day).SetOrders((uint)state.Orders.Slab.Count).SetInstruments(state.Instruments.NextId - 1)
            .SetIsKilled(state.Kills.IsVenueOn ? (byte)1 : (byte)0)
            .SetIsEndingOrders(state.Kills.IsEnding ? (byte)1 : (byte)0);
        Commit(message.EncodedLength);
    }

    public void InstrumentControlState(uint instrument)
    {
        ref readonly var record = ref state.Instruments.Read(instrument);
        ref readonly var market = ref state.Markets.Records.Read(instrument);
        var message = InstrumentControlStateEncoder.Wrap(writer.Open(InstrumentControlStateDecoder.FrameLength));
        message.SetInstrumentId(instrument).SetUnderlyingId(record.Underlying).SetKind((Wire.Internal.InstrumentKind)record.Kind)
            .SetState((byte)record.State).SetWantedState((byte)market.WantedState).SetIsBusy(record.Busy)
            .SetEndTime(market.EndTime).SetSymbol(record.Symbol);
        Commit(message.EncodedLength);
    }

    public void AccountControlState(uint account)
    {
        ref readonly var record = ref state.Accounts.Read(account);
        var message = AccountControlStateEncoder.Wrap(writer.Open(AccountControlStateDecoder.FrameLength));
        message.SetAccountId(account).SetGroup(record.Group).SetIsKilled(record.IsKilled)
            .SetIsEndingOrders(state.Kills.IsEndingOrdersOf(account) ? (byte)1 : (byte)0);
        Commit(message.EncodedLength);
    }

    public void CashMoved(uint account, uint asset, long amount, long balance, ulong movementId)
    {
        var message = CashMovedEncoder.Wrap(writer.Open(CashMovedDecoder.FrameLength));
        message.SetAccountId(account).SetAmount(amount).SetCash(balance)
            .SetMovementId(movementId).SetAssetId(asset);
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

    /// <param name="command">What was asked for.</param>
    /// <param name="code">Why it does not hold, or none.</param>
    /// <param name="fault">The same more closely.</param>
    /// <param name="forward">By which it was judged; 0: it was not.</param>
    /// <param name="otherExpiry">The expiry that it does not go together with; 0: none.</param>
    public void VolatilitySliceChanged(
        in SetVolatilitySliceDecoder command, RejectCode code, Greeks.Surfaces.SurfaceFault fault, long forward,
        ulong otherExpiry)
    {
        var message = VolatilitySliceChangedEncoder.Wrap(writer.Open(VolatilitySliceChangedDecoder.FrameLength));
        message.SetUnderlyingId(command.UnderlyingId).SetForm(command.Form).SetFault((SurfaceFault)fault)
            .SetCode((ushort)code).SetExpiryTime(command.ExpiryTime).SetOtherExpiryTime(otherExpiry).SetForward(forward);
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

using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>Accounts set their protection, which also ends a freeze. Owner: the engine agent.</summary>
internal sealed class ProtectionCommands(VenueState state, QuoteEvents events)
{
    /// <param name="session">An open session.</param>
    /// <param name="message">A validated frame.</param>
    /// <param name="refusal">Why it is refused before anyone looks at it, or none.</param>
    public void Apply(uint session, in ProtectionRequestDecoder message, RejectCode refusal)
    {
        var code = refusal != default ? refusal : Check(session, message);
        if (code == default)
        {
            Set(message);
        }

        state.Sessions.Write(session).PresentRejectCode = (ushort)code;
        events.ProtectionReport(session, message.AccountId, message.UnderlyingId, message.ClientOrderId, 0, code);
    }

    private RejectCode Check(uint session, in ProtectionRequestDecoder message)
    {
        if (!state.Accounts.IsOpen(message.AccountId))
        {
            return RejectCode.UnknownAccount;
        }

        if (state.Sessions.Read(session).Account != message.AccountId)
        {
            return RejectCode.AccountNotOfSession;
        }

        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (message.QuantityLimit < 0 || message.DeltaLimit < 0)
        {
            return RejectCode.BadParameter;
        }

        return message.WindowNanos != 0 && !state.Protections.HasRoom &&
            state.Protections.Find(message.AccountId, message.UnderlyingId) == 0
            ? RejectCode.CapacityExhausted
            : default;
    }

    private void Set(in ProtectionRequestDecoder message)
    {
        var slot = state.Protections.Find(message.AccountId, message.UnderlyingId);
        if (slot == 0)
        {
            if (message.WindowNanos == 0)
            {
                return;
            }

            slot = state.Protections.Add(message.AccountId, message.UnderlyingId);
        }

        ref var record = ref state.Protections.Write(slot);
        record.ClearCounts();
        record.FrozenUntil = 0;
        record.WindowNanos = message.WindowNanos;
        record.FreezeNanos = message.FreezeNanos;
        record.LotsMax = message.QuantityLimit;
        record.DeltaMax = message.DeltaLimit;
        record.CountMax = message.CountLimit;
        if (record.WindowNanos == 0 && record.Pulling == 0)
        {
            state.Protections.Remove(slot);
        }
    }
}

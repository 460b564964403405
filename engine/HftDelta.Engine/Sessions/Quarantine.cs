using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Sessions;

/// <summary>
/// A record that stands where one stood that no engine could apply. The state says that there was one and which was the last; a
/// session's request takes its number and has an outcome, so that a client that sends it again is told and it is not tried again.
/// Owner: the engine agent.
/// </summary>
internal static class Quarantine
{
    public static RejectCode Apply(VenueState state, in CommandQuarantinedDecoder message)
    {
        state.QuarantinedCount++;
        state.LastQuarantined = state.Sequence;
        var session = message.SessionHandle;
        if (session == 0 || !state.Sessions.Exists(session)
            || state.Sessions.Read(session).NextRequest != message.RequestSequence)
        {
            return default;
        }

        ref var record = ref state.Sessions.Write(session);
        record.NextRequest++;
        record.PresentOrderId = 0;
        record.PresentRejectCode = (ushort)RejectCode.CommandQuarantined;
        state.Sessions.KeepOutcome(session);
        return default;
    }
}

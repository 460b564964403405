using HftDelta.Engine;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Pipeline;

/// <summary>
/// Carries what the engine keeps of each session over to egress, once, when a recovery has ended and before any agent runs:
/// from then on egress keeps the same by itself, from what it releases.
/// </summary>
internal static class RecoveredSessions
{
    public static SessionStore Keep(in VenueView view, EngineLimits limits)
    {
        var store = new SessionStore(limits.Sessions, limits.ReportsPerSession, limits.OutcomesPerSession);
        for (uint handle = 1; handle < view.SessionHandleLimit; handle++)
        {
            var session = new SessionHandle(handle);
            if (view.TryGetSession(session, out var sequences))
            {
                Keep(store, in view, session, in sequences, limits.OutcomesPerSession);
            }
        }

        return store;
    }

    private static void Keep(
        SessionStore store, in VenueView view, SessionHandle session, in SessionSequences sequences, int outcomes)
    {
        store.Restore(session, sequences.RetainedFrom);
        for (var sequence = sequences.RetainedFrom; sequence < sequences.NextReport; sequence++)
        {
            store.Keep(session, view.RetainedReport(session, sequence));
        }

        // The engine's outcomes last, for they cover more requests than the reports that are kept.
        var first = sequences.NextRequest > (ulong)outcomes ? sequences.NextRequest - (ulong)outcomes : 1;
        for (var request = first; request < sequences.NextRequest; request++)
        {
            var isKept = view.TryGetOutcome(session, request, out var order, out var code);
            Check.That(isKept);
            store.RestoreOutcome(session, request, order, (ushort)code);
        }
    }
}

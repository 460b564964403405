using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// What ingress knows of each session. The engine's state is the truth: entries are built from its SessionState events and
/// advanced by what ingress itself sequences since. Owner: the ingress agent.
/// Invariant: an open entry's next request is the one that the engine will expect when it reaches the next command.
/// </summary>
public sealed class SessionMirror
{
    private readonly Entry[] _entries;

    /// <param name="handleLimit">Session handles are below this.</param>
    public SessionMirror(int handleLimit) => _entries = new Entry[handleLimit];

    /// <summary>The status, or none for a handle that the engine never told of.</summary>
    public SessionStatus StatusOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].Status : default;

    /// <summary>The sequence number that the session's next request must have; 0 for an unknown session.</summary>
    public ulong NextRequestOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].NextRequest : 0;

    public AccountId AccountOf(SessionHandle session) =>
        new(session.Value < (uint)_entries.Length ? _entries[session.Value].Account : 0);

    /// <summary>What the engine said of a session at one command.</summary>
    public void Learn(in SessionStateDecoder told, CommandSequence command)
    {
        if (told.SessionHandle >= (uint)_entries.Length)
        {
            return;
        }

        ref var entry = ref _entries[told.SessionHandle];
        if (command < entry.ClosedAt)
        {
            // Told before the close that is on its way: the session must not come back for that moment.
            return;
        }

        entry.Status = told.Status;
        entry.Roles = told.Roles;
        entry.Account = told.AccountId;

        // What was sequenced since the event is ahead of it.
        entry.NextRequest = told.NextRequestSequence > entry.NextRequest ? told.NextRequestSequence : entry.NextRequest;
    }

    /// <summary>The next request of the session was sequenced.</summary>
    internal void Advance(SessionHandle session)
    {
        ref var entry = ref _entries[session.Value];
        entry.NextRequest++;
        entry.ToldGapBefore = 0;
    }

    /// <summary>A command that closes the session was sequenced: nothing of it follows.</summary>
    internal void Close(SessionHandle session, CommandSequence command)
    {
        if (session.Value < (uint)_entries.Length)
        {
            ref var entry = ref _entries[session.Value];
            entry.ClosedAt = command;
            entry.Status = entry.Status == default ? default : SessionStatus.Closed;
        }
    }

    /// <summary>
    /// Whether the client is to be told of the gap before this request: once for a gap, and again when it starts over.
    /// </summary>
    internal bool IsGapNews(SessionHandle session, ulong sequence)
    {
        ref readonly var entry = ref _entries[session.Value];
        return entry.ToldGapBefore == 0 || sequence <= entry.ToldGapBefore;
    }

    internal void GapTold(SessionHandle session, ulong sequence) => _entries[session.Value].ToldGapBefore = sequence;

    private struct Entry
    {
        public ulong NextRequest;
        public ulong ToldGapBefore;
        public CommandSequence ClosedAt;
        public uint Account;
        public SessionRoles Roles;
        public SessionStatus Status;
    }
}

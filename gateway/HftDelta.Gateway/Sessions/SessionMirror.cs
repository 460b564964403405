using System.Runtime.InteropServices;
using HftDelta.Primitives;
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
    private readonly Dictionary<UInt128, uint> _byId = [];

    /// <param name="handleLimit">Session handles are below this.</param>
    public SessionMirror(int handleLimit) => _entries = new Entry[handleLimit];

    /// <summary>Handles are from 1 to below this.</summary>
    public uint HandleLimit => (uint)_entries.Length;

    /// <summary>The status, or none for a handle that the engine never told of.</summary>
    public SessionStatus StatusOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].Status : default;

    /// <summary>The sequence number that the session's next request must have; 0 for an unknown session.</summary>
    public ulong NextRequestOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].NextRequest : 0;

    public AccountId AccountOf(SessionHandle session) =>
        new(session.Value < (uint)_entries.Length ? _entries[session.Value].Account : 0);

    /// <summary>The last command of the session that was sequenced since the venue started.</summary>
    public CommandSequence LastCommandOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].LastCommand : CommandSequence.None;

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

        if (entry.Status == default)
        {
            // The operator may have opened it while its handle was kept for a client, who then has to come again.
            _byId.Remove(entry.Id);
            entry.Id = MemoryMarshal.Read<UInt128>(told.SessionId);
            _byId.TryAdd(entry.Id, told.SessionHandle);
        }

        entry.Status = told.Status;
        entry.Roles = told.Roles;
        entry.Account = told.AccountId;

        // What was sequenced since the event is ahead of it.
        entry.NextRequest = told.NextRequestSequence > entry.NextRequest ? told.NextRequestSequence : entry.NextRequest;
    }

    /// <summary>The handle of what a client calls its session, if that has one, opened or reserved.</summary>
    internal bool TryFind(UInt128 id, out SessionHandle session)
    {
        var isKnown = _byId.TryGetValue(id, out var handle);
        session = new SessionHandle(handle);
        return isKnown;
    }

    /// <summary>
    /// A handle for a session: the one that it has, or the lowest that none has. It is kept until <see cref="Release"/>, or for
    /// good once the engine has opened it.
    /// </summary>
    /// <returns>False when there is none left, or when the session belongs to another account.</returns>
    internal bool TryReserve(UInt128 id, AccountId account, out SessionHandle session)
    {
        if (!TryFind(id, out session) && !TryFindFree(out session))
        {
            return false;
        }

        ref var entry = ref _entries[session.Value];
        if (entry.Status == default && entry.Reservations == 0)
        {
            entry.Id = id;
            entry.Account = account.Value;
            _byId.Add(id, session.Value);
        }

        if (entry.Account != account.Value)
        {
            return false;
        }

        entry.Reservations++;
        return true;
    }

    /// <summary>A connection that had reserved the handle is gone.</summary>
    internal void Release(SessionHandle session)
    {
        ref var entry = ref _entries[session.Value];
        Check.That(entry.Reservations > 0);
        entry.Reservations--;
        if (entry.Reservations == 0 && entry.Status == default)
        {
            _byId.Remove(entry.Id);
            entry = default;
        }
    }

    /// <summary>The next request of the session was sequenced.</summary>
    internal void Advance(SessionHandle session, CommandSequence command)
    {
        ref var entry = ref _entries[session.Value];
        entry.NextRequest++;
        entry.ToldGapBefore = 0;
        entry.LastCommand = command;
    }

    /// <summary>A command that opens the session was sequenced: the engine will tell what came of it.</summary>
    internal void Opening(SessionHandle session, CommandSequence command)
    {
        if (session.Value < (uint)_entries.Length)
        {
            _entries[session.Value].LastCommand = command;
        }
    }

    /// <summary>A command that closes the session was sequenced: nothing of it follows.</summary>
    internal void Close(SessionHandle session, CommandSequence command)
    {
        if (session.Value < (uint)_entries.Length)
        {
            ref var entry = ref _entries[session.Value];
            entry.ClosedAt = command;
            entry.LastCommand = command;
            entry.ToldGapBefore = 0;
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

    /// <summary>Another connection speaks for the session: what the one before was told does not count.</summary>
    internal void ForgetGap(SessionHandle session) => _entries[session.Value].ToldGapBefore = 0;

    private bool TryFindFree(out SessionHandle session)
    {
        for (uint handle = 1; handle < (uint)_entries.Length; handle++)
        {
            ref readonly var entry = ref _entries[handle];
            if (entry.Status == default && entry.Reservations == 0)
            {
                session = new SessionHandle(handle);
                return true;
            }
        }

        session = SessionHandle.None;
        return false;
    }

    private struct Entry
    {
        public UInt128 Id;
        public ulong NextRequest;
        public ulong ToldGapBefore;
        public CommandSequence ClosedAt;
        public CommandSequence LastCommand;
        public uint Account;
        public int Reservations;
        public SessionRoles Roles;
        public SessionStatus Status;
    }
}

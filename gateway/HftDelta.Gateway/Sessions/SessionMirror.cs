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

        var id = MemoryMarshal.Read<UInt128>(told.SessionId);
        if (entry.Status == default || entry.Id != id)
        {
            // A new session; its handle may have had another one before, or be kept for a client who has to come again.
            Forget(entry.Id, told.SessionHandle);
            _byId[id] = told.SessionHandle;
            entry.Id = id;
            entry.NextRequest = 0;
            entry.ToldGapBefore = 0;
        }

        entry.Status = told.Status;
        entry.Roles = told.Roles;
        entry.Account = told.AccountId;

        // What was sequenced since the event is ahead of it.
        entry.NextRequest = told.NextRequestSequence > entry.NextRequest ? told.NextRequestSequence : entry.NextRequest;
    }

    /// <summary>The handle of what a client calls its session, and the account, if it has one, opened or reserved.</summary>
    internal bool TryFind(UInt128 id, out SessionHandle session, out AccountId account)
    {
        var isKnown = _byId.TryGetValue(id, out var handle);
        session = new SessionHandle(handle);
        ref readonly var entry = ref _entries[handle];
        account = new AccountId(entry.Id == id ? entry.Account : entry.NextAccount);
        return isKnown;
    }

    /// <summary>
    /// A handle for a session: the one that it has, or the lowest that none has had, or that of the session which was closed
    /// first. It is kept until <see cref="Release"/>, or for good once the engine has opened the session.
    /// </summary>
    /// <param name="id">What the client calls its session.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="mayForget">Says of a closed session whether its handle may be taken.</param>
    /// <param name="session">The handle.</param>
    /// <returns>False when there is none left.</returns>
    internal bool TryReserve(
        UInt128 id, AccountId account, Predicate<SessionHandle> mayForget, out SessionHandle session)
    {
        if (!TryFind(id, out session, out _))
        {
            if (!TryFindFree(mayForget, out session))
            {
                return false;
            }

            _byId.Add(id, session.Value);
            ref var free = ref _entries[session.Value];
            free.NextAccount = account.Value;
        }

        _entries[session.Value].Reservations++;
        return true;
    }

    /// <summary>A connection that had reserved the handle is gone.</summary>
    internal void Release(SessionHandle session, UInt128 id)
    {
        ref var entry = ref _entries[session.Value];
        Check.That(entry.Reservations > 0);
        entry.Reservations--;
        if (entry.Status == default || entry.Id != id)
        {
            Forget(id, session.Value);
        }
    }

    /// <summary>Whether the engine told that the handle is this session's.</summary>
    internal bool IsOf(SessionHandle session, UInt128 id) =>
        _entries[session.Value].Status != default && _entries[session.Value].Id == id;

    /// <summary>The engine keeps the session in spite of its being closed: its handle is not offered again.</summary>
    internal void KeepHandle(SessionHandle session) => _entries[session.Value].IsKept = true;

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
            entry.IsKept = false;
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

    private void Forget(UInt128 id, uint handle)
    {
        if (_byId.TryGetValue(id, out var found) && found == handle)
        {
            _byId.Remove(id);
        }
    }

    private bool TryFindFree(Predicate<SessionHandle> mayForget, out SessionHandle session)
    {
        session = SessionHandle.None;
        var closedAt = long.MaxValue;
        for (uint handle = 1; handle < (uint)_entries.Length; handle++)
        {
            ref readonly var entry = ref _entries[handle];
            if (entry.Reservations > 0)
            {
                continue;
            }

            if (entry.Status == default)
            {
                session = new SessionHandle(handle);
                return true;
            }

            if (entry.Status == SessionStatus.Closed
                && !entry.IsKept
                && (entry.Roles & SessionRoles.OracleSource) == 0
                && entry.ClosedAt.Value < closedAt
                && mayForget(new SessionHandle(handle)))
            {
                closedAt = entry.ClosedAt.Value;
                session = new SessionHandle(handle);
            }
        }

        return session != SessionHandle.None;
    }

    private struct Entry
    {
        public UInt128 Id;
        public ulong NextRequest;
        public ulong ToldGapBefore;
        public CommandSequence ClosedAt;
        public CommandSequence LastCommand;
        public uint Account;

        /// <summary>Of the session that its handle is kept for.</summary>
        public uint NextAccount;
        public int Reservations;
        public SessionRoles Roles;
        public SessionStatus Status;
        public bool IsKept;
    }
}

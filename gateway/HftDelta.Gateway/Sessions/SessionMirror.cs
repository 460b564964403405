using System.Runtime.InteropServices;
using HftDelta.Gateway.Security;
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
    private readonly SessionQuota _quota;
    private long _keptCount;

    /// <param name="handleLimit">Session handles are below this.</param>
    /// <param name="quota">What one account may hold, and how long a closed session is its own.</param>
    public SessionMirror(int handleLimit, SessionQuota quota)
    {
        _entries = new Entry[handleLimit];
        _quota = quota;
    }

    /// <summary>Handles are from 1 to below this.</summary>
    public uint HandleLimit => (uint)_entries.Length;

    /// <summary>The status, or none for a handle that the engine never told of.</summary>
    public SessionStatus StatusOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].Status : default;

    /// <summary>The sequence number that the session's next request must have; 0 for an unknown session.</summary>
    public ulong NextRequestOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].NextRequest : 0;

    /// <summary>The last command of the session that was sequenced since the venue started.</summary>
    public CommandSequence LastCommandOf(SessionHandle session) =>
        session.Value < (uint)_entries.Length ? _entries[session.Value].LastCommand : CommandSequence.None;

    /// <summary>What the engine said of a session at one command.</summary>
    public void Learn(in SessionStateDecoder told, CommandSequence command, TimeNanos now)
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
            entry.Key = default;
            if (entry.NextId == id)
            {
                entry.NextId = default;
                entry.NextReservations = 0;
            }
        }

        if (told.Status != SessionStatus.Closed)
        {
            entry.ClosedNanos = 0;
        }
        else if (entry.ClosedNanos == 0)
        {
            entry.ClosedNanos = now.Value;
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
    /// A handle for a session: the one that it has, or the lowest that none has had, or that of a closed session: one of the
    /// account's own, then one of another that has been closed for the retention. An account that holds its maximum gets
    /// none but its own. It is kept until <see cref="Release"/>, or for good once the engine has opened the session.
    /// </summary>
    /// <returns>False when there is none left.</returns>
    internal bool TryReserve(in SessionWish wish, Predicate<SessionHandle> mayForget, out SessionHandle session)
    {
        if (!TryFind(wish.Id, out session, out _))
        {
            if (!TryFindFree(in wish, mayForget, out session))
            {
                return false;
            }

            _byId.Add(wish.Id, session.Value);
            ref var free = ref _entries[session.Value];
            free.NextId = wish.Id;
            free.NextAccount = wish.Account.Value;
            free.NextKey = wish.Key;
        }

        ref var entry = ref _entries[session.Value];
        entry.Reservations++;
        entry.NextReservations += entry.NextId == wish.Id ? 1 : 0;
        return true;
    }

    /// <summary>A connection that had reserved the handle is gone; the last one gives up what no session became of.</summary>
    internal void Release(SessionHandle session, UInt128 id)
    {
        ref var entry = ref _entries[session.Value];
        Check.That(entry.Reservations > 0);
        entry.Reservations--;
        if (entry.NextReservations > 0 && entry.NextId == id && --entry.NextReservations == 0)
        {
            Forget(id, session.Value);
            entry.NextId = default;
        }
    }

    /// <summary>Whether a connection has negotiated for the session and may establish it any moment.</summary>
    internal bool IsReserved(SessionHandle session) => _entries[session.Value].Reservations > 0;

    /// <summary>
    /// Whether the key may speak for the session. Sources without an account have nothing in common but that: theirs is
    /// bound to the key that established it first in this run.
    /// </summary>
    internal bool IsKeyOf(SessionHandle session, UInt128 id, KeyId key)
    {
        ref readonly var entry = ref _entries[session.Value];
        return entry.Account != 0 || entry.Id != id || entry.Key == default || entry.Key == key;
    }

    /// <summary>The session was established by a connection with this key.</summary>
    internal void Bind(SessionHandle session, KeyId key)
    {
        ref var entry = ref _entries[session.Value];
        entry.Key = key;
    }

    /// <summary>Whether the engine told that the handle is this session's.</summary>
    internal bool IsOf(SessionHandle session, UInt128 id) =>
        _entries[session.Value].Status != default && _entries[session.Value].Id == id;

    /// <summary>
    /// The engine keeps the session in spite of its being closed: it has orders, or had. Its handle is tried again when there
    /// is no other, the one that was tried longest ago first.
    /// </summary>
    internal void KeepHandle(SessionHandle session) => _entries[session.Value].KeptAt = ++_keptCount;

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
            entry.KeptAt = 0;
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

    private bool TryFindFree(in SessionWish wish, Predicate<SessionHandle> mayForget, out SessionHandle session)
    {
        uint empty = 0;
        uint best = 0;
        var bestRank = Rank.Never;
        var held = 0;
        for (uint handle = 1; handle < (uint)_entries.Length; handle++)
        {
            ref readonly var entry = ref _entries[handle];
            var isOwn = IsHeldBy(in entry, in wish);
            held += isOwn ? 1 : 0;
            if (entry.Status == default && entry.Reservations == 0)
            {
                empty = empty == 0 ? handle : empty;
            }
            else if (MayTake(in entry, isOwn, wish.Now))
            {
                var rank = new Rank(entry.KeptAt, !isOwn, entry.ClosedAt.Value);
                if (rank.CompareTo(bestRank) < 0 && mayForget(new SessionHandle(handle)))
                {
                    bestRank = rank;
                    best = handle;
                }
            }
        }

        if (held >= _quota.SessionsPerAccountMax)
        {
            return TryFindOwn(in wish, mayForget, out session);
        }

        session = new SessionHandle(empty != 0 ? empty : best);
        return session != SessionHandle.None;
    }

    private bool TryFindOwn(in SessionWish wish, Predicate<SessionHandle> mayForget, out SessionHandle session)
    {
        session = SessionHandle.None;
        var bestRank = Rank.Never;
        for (uint handle = 1; handle < (uint)_entries.Length; handle++)
        {
            ref readonly var entry = ref _entries[handle];
            var rank = new Rank(entry.KeptAt, false, entry.ClosedAt.Value);
            if (IsHeldBy(in entry, in wish) && MayTake(in entry, isOwn: true, wish.Now) && rank.CompareTo(bestRank) < 0
                && mayForget(new SessionHandle(handle)))
            {
                bestRank = rank;
                session = new SessionHandle(handle);
            }
        }

        return session != SessionHandle.None;
    }

    private bool MayTake(ref readonly Entry entry, bool isOwn, TimeNanos now) =>
        entry.Reservations == 0
        && entry.Status == SessionStatus.Closed
        && (entry.Roles & SessionRoles.OracleSource) == 0
        && (isOwn || (entry.ClosedNanos != 0 && now.Value - entry.ClosedNanos >= _quota.RetentionNanos));

    /// <summary>Whose the handle is, or will be. Without an account the key stands for it.</summary>
    private static bool IsHeldBy(ref readonly Entry entry, ref readonly SessionWish wish)
    {
        if (entry.NextReservations == 0 && entry.Status == default)
        {
            return false;
        }

        var (account, key) = entry.NextReservations > 0 ? (entry.NextAccount, entry.NextKey) : (entry.Account, entry.Key);
        return account == wish.Account.Value && (account != 0 || key == wish.Key);
    }

    /// <summary>Which closed session gives up its handle first: those not tried in vain, own ones, the longest closed.</summary>
    private readonly record struct Rank(long KeptAt, bool IsForeign, long ClosedAt) : IComparable<Rank>
    {
        public static Rank Never => new(long.MaxValue, true, long.MaxValue);

        public int CompareTo(Rank other)
        {
            var byKept = KeptAt.CompareTo(other.KeptAt);
            var byOwner = IsForeign.CompareTo(other.IsForeign);
            return byKept != 0 ? byKept : byOwner != 0 ? byOwner : ClosedAt.CompareTo(other.ClosedAt);
        }
    }

    private struct Entry
    {
        public UInt128 Id;
        public ulong NextRequest;
        public ulong ToldGapBefore;

        /// <summary>The command that closed it in this run; none for a session that was closed before.</summary>
        public CommandSequence ClosedAt;

        /// <summary>When the engine told that it is closed; 0: it has not.</summary>
        public ulong ClosedNanos;
        public CommandSequence LastCommand;

        /// <summary>When its handle was last tried in vain, in the order of such tries; 0: never.</summary>
        public long KeptAt;
        public uint Account;
        public KeyId Key;

        /// <summary>The session that its handle is kept for, while there are reservations of that.</summary>
        public UInt128 NextId;
        public uint NextAccount;
        public KeyId NextKey;
        public int NextReservations;
        public int Reservations;
        public SessionRoles Roles;
        public SessionStatus Status;
    }
}

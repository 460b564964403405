using HftDelta.Engine;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Faults;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Following;

/// <summary>
/// The journal of a leader that may be running, may be restarting, or may have stopped: records come out up to its safe cursor
/// and never beyond. What lies beyond may be torn, or be cut when the leader comes back, and was never seen here; so a leader's
/// restart changes nothing for the reader, which stands before all of that. Owner: one thread. Only reads.
/// </summary>
internal sealed class LeaderJournal : IDisposable
{
    /// <summary>Looks without anything new before the files are looked up by name again.</summary>
    private const int LooksPerReopen = 256;

    private readonly MappedStorage _storage;
    private readonly JournalReader _reader;
    private readonly SafeCursorReader _safeCursor;
    private int _looks;

    private LeaderJournal(MappedStorage storage, JournalReader reader, SafeCursorReader safeCursor, EngineLimits limits)
    {
        _storage = storage;
        _reader = reader;
        _safeCursor = safeCursor;
        Limits = limits;
    }

    public EngineLimits Limits { get; }

    public Guid JournalId => _reader.JournalId;

    /// <summary>The leader's safe cursor as last seen.</summary>
    public CommandSequence Safe { get; private set; }

    /// <summary>The last record that was handed out.</summary>
    public CommandSequence Last => _reader.LastSequence;

    /// <summary>Whether the leader acknowledged more than the journal holds: it lost records, or was cut off.</summary>
    public bool IsBehindSafe { get; private set; }

    /// <summary>Opens it when everything that is needed is there.</summary>
    /// <param name="directory">Looked for when no storage is given; never made.</param>
    /// <param name="given">The storage, in tests.</param>
    /// <param name="missing">What is not there yet.</param>
    /// <exception cref="JournalException">What is there is damaged.</exception>
    /// <exception cref="ReplicaException">The limits cannot be read.</exception>
    public static LeaderJournal? TryOpen(string directory, MappedStorage? given, out string missing)
    {
        missing = "";
        if (given is null && !Directory.Exists(directory))
        {
            missing = $"there is no directory {directory} yet";
            return null;
        }

        var storage = given ?? new FileStorage(directory);
        if (EngineLimitsFile.Read(storage) is not { } limits)
        {
            missing = $"there is no {EngineLimitsFile.FileName} in {storage.Location} yet: no venue of this version began there";
            return null;
        }

        SafeCursorReader? safeCursor = new(storage);
        try
        {
            if (safeCursor.Read().State == SafeCursorState.Absent)
            {
                missing = $"nothing was acknowledged in {storage.Location} yet";
                return null;
            }

            var opened = new LeaderJournal(storage, new JournalReader(storage), safeCursor, limits);
            safeCursor = null;
            return opened;
        }
        catch (JournalException none) when (none.Fault == JournalFault.NoJournal)
        {
            missing = $"there is no journal in {storage.Location} yet";
            return null;
        }
        finally
        {
            // Tried again and again until everything is there: whatever was mapped for a try goes with it.
            safeCursor?.Dispose();
        }
    }

    public HashPointFollower FollowHashPoints() => new(_storage, JournalId);

    /// <summary>Looks how far the leader has acknowledged.</summary>
    /// <exception cref="ReplicaException">The leader is another one, or has lost what it acknowledged.</exception>
    /// <exception cref="JournalException">The safe cursor is damaged.</exception>
    public void LookAtSafeCursor()
    {
        if (++_looks >= LooksPerReopen)
        {
            // A mapping outlives its name: a directory that was exchanged would never be noticed.
            _looks = 0;
            _safeCursor.Reopen();
        }

        var reading = _safeCursor.Read();
        if (reading.State != SafeCursorState.Valid)
        {
            return;
        }

        if (reading.JournalId != JournalId)
        {
            throw Replaced($"the journal in {_storage.Location} is now {reading.JournalId}, the replica follows {JournalId}");
        }

        if (reading.Sequence < Safe)
        {
            throw Replaced(
                $"the leader in {_storage.Location} had acknowledged command {Safe} and now says {reading.Sequence}");
        }

        if (reading.Sequence > Safe)
        {
            _looks = 0;
            Safe = reading.Sequence;
        }
    }

    /// <summary>The next record, if the leader has acknowledged it.</summary>
    /// <exception cref="JournalException">The journal is damaged where it was acknowledged.</exception>
    public bool TryRead(out RecordView record)
    {
        record = default;
        if (_reader.LastSequence >= Safe)
        {
            return false;
        }

        var found = _reader.TryRead(out record);
        IsBehindSafe = !found;
        if (found)
        {
            KnownVersions.Prove(_reader);
        }

        return found;
    }

    /// <summary>The next record handed out is the one behind this.</summary>
    public void Seek(CommandSequence applied) => _reader.Seek(new CommandSequence(applied.Value + 1));

    public void Dispose()
    {
        _reader.Dispose();
        _safeCursor.Dispose();
    }

    private static ReplicaException Replaced(string what) =>
        new(
            ReplicaFault.LeaderReplaced,
            what,
            "put the leader's directory back as it was; a new journal needs a replica with a new output directory");
}

using HftDelta.Engine;
using HftDelta.Engine.State;
using HftDelta.Journal.Reading;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Faults;
using HftDelta.Replica.Following;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Snapshots;
using HftDelta.Replica.Trees;
using HftDelta.Replica.Verification;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica;

/// <summary>
/// Follows a leader's journal through its own engine: applies what the leader has acknowledged and nothing beyond, compares
/// state hashes, makes the commitment of every epoch, and signs it once a hash that the leader recorded at the epoch or after it
/// has been found equal. Owner: its thread. A duty cycle does a bounded amount of work and never waits. It ends by a
/// <see cref="ReplicaException"/> or a JournalException, which name their exit codes; nothing is signed afterwards.
/// </summary>
public sealed class ReplicaAgent : IAgent, IDisposable
{
    private const int RecordsPerCycleMax = 512;

    private readonly ReplicaOptions _options;
    private readonly CommitmentStore _store;
    private readonly Queue<UnsignedCommitment> _unsigned = new();
    private readonly Bytes32 _domainSeparator;
    private LeaderJournal? _leader;
    private ReplicaEngine? _engine;
    private CommitmentBuilder? _builder;
    private HashPointComparer? _comparer;
    private SnapshotSchedule? _snapshots;
    private bool _isCaughtUpTold;
    private uint _term;
    private ulong _epoch;
    private long _applied;
    private long _safe;
    private long _compared;
    private long _commitments;
    private volatile string? _waitingFor = "not started";

    private ReplicaAgent(ReplicaOptions options, CommitmentStore store, Bytes32 domainSeparator)
    {
        _options = options;
        _store = store;
        _domainSeparator = domainSeparator;
        Signatures = new JournaledSignatures(options.Domain, options.Oracles);
    }

    public string RoleName => "replica";

    /// <summary>Verifies what was signed before it was sequenced; part of this agent unless it is run apart.</summary>
    public JournaledSignatures Signatures { get; }

    /// <summary>The last command that was applied. Any thread.</summary>
    public CommandSequence Applied => new(Volatile.Read(ref _applied));

    /// <summary>The leader's safe cursor as last seen. Any thread.</summary>
    public CommandSequence Safe => new(Volatile.Read(ref _safe));

    /// <summary>Why it waits; null while it follows. Any thread.</summary>
    public string? WaitingFor => _waitingFor;

    /// <summary>Hash points that were compared, all equal. Any thread.</summary>
    public long HashPointsCompared => Volatile.Read(ref _compared);

    /// <summary>Commitments that were signed, or signed before and found equal, since the start. Any thread.</summary>
    public long CommitmentCount => Volatile.Read(ref _commitments);

    /// <summary>Epochs that are closed and wait for a recorded hash. Owner's thread, or when it has stopped.</summary>
    public int UnsignedCount => _unsigned.Count;

    /// <summary>
    /// What the leader acknowledged is applied and every epoch of it signed: it may end in order. Owner's thread, or when it has
    /// stopped.
    /// </summary>
    public bool HasNothingLeft =>
        Applied >= Safe && _unsigned.Count == 0 && Signatures.VerifiedCount == Signatures.TakenCount;

    /// <summary>Hash of the state after the last command. Owner's thread, or when it has stopped.</summary>
    public Hash256 StateHash => _engine?.Processor.StateHash() ?? Hash256.Zero;

    /// <summary>Hash over every command and event. Owner's thread, or when it has stopped.</summary>
    public Hash256 HistoryHash => _engine?.Processor.HistoryHash ?? Hash256.Zero;

    /// <summary>Numbers of the state, once it follows. Owner's thread, or when it has stopped.</summary>
    public VenueView View =>
        (_engine ?? throw new InvalidOperationException("the replica has not begun to follow")).Processor.View;

    /// <summary>The accounts as of the last epoch, to prove them with. As <see cref="View"/>.</summary>
    public AccountTree Accounts =>
        (_builder ?? throw new InvalidOperationException("the replica has not begun to follow")).Accounts;

    /// <summary>Opens the commitment store. The leader's journal need not be there yet.</summary>
    /// <exception cref="ReplicaException">The store is damaged, of another contract or locked, or there is no room.</exception>
    public static ReplicaAgent Open(ReplicaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var separator = options.Domain.Separator();
        var output = options.Output ?? new FileStorage(options.OutputDirectory);
        return new ReplicaAgent(options, CommitmentStore.Open(output, separator), separator);
    }

    public void OnStart()
    {
    }

    public int DoWork()
    {
        if (_leader is null && !TryFollow())
        {
            return 0;
        }

        _leader!.LookAtSafeCursor();
        Volatile.Write(ref _safe, _leader.Safe.Value);
        var count = ApplyRecords();
        if (_leader.Last > CommandSequence.None)
        {
            count += _comparer!.Compare(_leader.Last);
            if (_comparer.ComparedCount != _compared)
            {
                Volatile.Write(ref _compared, _comparer.ComparedCount);
                _options.Events.OnHashPointEqual(_comparer.ConfirmedThrough);
            }
        }

        count += _options.VerifiesApart ? 0 : Signatures.DoWork();
        count += SignConfirmed();
        TellWhereItIs();
        return count;
    }

    public void OnClose()
    {
    }

    /// <summary>Frees memory and files, when nobody calls it any more. The signer stays open.</summary>
    public void Dispose()
    {
        _comparer?.Dispose();
        _builder?.Dispose();
        _engine?.Dispose();
        _leader?.Dispose();
        _store.Dispose();
    }

    private bool TryFollow()
    {
        var leader = LeaderJournal.TryOpen(_options.JournalDirectory, _options.Journal, out var missing);
        if (leader is null)
        {
            Wait(missing);
            return false;
        }

        _leader = leader;
        _store.Bind(leader.JournalId);
        _engine = new ReplicaEngine(leader.Limits);
        _builder = new CommitmentBuilder(leader.Limits, _domainSeparator);
        _comparer = new HashPointComparer(leader.FollowHashPoints());
        _snapshots = new SnapshotSchedule(_options);
        _options.Events.OnFollowing(leader.JournalId);
        return true;
    }

    private int ApplyRecords()
    {
        var count = 0;
        for (; count < RecordsPerCycleMax && Signatures.HasRoom && _leader!.TryRead(out var record); count++)
        {
            ref readonly var envelope = ref record.Envelope;
            _engine!.Apply(in envelope, record.Frame);
            Signatures.Take(in envelope, record.Frame);
            var view = _engine.Processor.View;
            if (envelope.Term != _term)
            {
                _term = envelope.Term;
                _options.Events.OnLeaderTerm(_term, record.Sequence);
            }

            if (_builder!.Take(in envelope, record.Frame, in view) is { } commitment)
            {
                Keep(commitment);
            }

            // The same rule as the engine's, so that every hash that the leader records has one here to compare with.
            if (envelope.Sequence % EngineLimits.HashPointInterval == 0 || view.Epoch != _epoch)
            {
                _epoch = view.Epoch;
                var components = _engine.Processor.StateComponents();
                _comparer!.Take(record.Sequence, in components, _engine.Processor.HistoryHashAtPoint);
                KeepState(in record);
            }

            Volatile.Write(ref _applied, envelope.Sequence);
        }

        return count;
    }

    /// <summary>A snapshot is written only of a state that is known to be the leader's.</summary>
    private void KeepState(in RecordView record)
    {
        if (!_snapshots!.IsDue(record.Sequence))
        {
            return;
        }

        _comparer!.Compare(record.Sequence);
        if (_comparer.ConfirmedThrough == record.Sequence)
        {
            _snapshots.Write(new SnapshotSource
            {
                Processor = _engine!.Processor,
                Limits = _engine.Limits,
                JournalId = _leader!.JournalId,
                RecordChecksum = record.Envelope.Checksum,
            });
        }
    }

    /// <summary>An epoch that was signed before is compared and stands; a new one waits for its confirmation.</summary>
    private void Keep(StateCommitment commitment)
    {
        if (_store.Find(commitment.Epoch) is not { } stored)
        {
            _unsigned.Enqueue(new UnsignedCommitment(commitment, Signatures.TakenCount));
            return;
        }

        if (stored.Commitment != commitment)
        {
            throw new ReplicaException(
                ReplicaFault.CommitmentDiverged,
                $"epoch {commitment.Epoch} (commands {commitment.FirstSequence} to {commitment.LastSequence}) was signed before "
                + $"with another {stored.Commitment.FirstDifference(commitment)}; nothing was signed again",
                "keep journal and commitments and report it: the leader's history changed after it was acknowledged")
            {
                Sequence = commitment.LastSequence,
            };
        }

        Tell(stored, isNew: false);
    }

    private int SignConfirmed()
    {
        var count = 0;
        RefuseForged();
        while (_unsigned.TryPeek(out var next) && next.Commitment.LastSequence <= _comparer!.ConfirmedThrough
            && next.SignatureCount <= Signatures.VerifiedCount)
        {
            var commitment = next.Commitment;
            var digest = commitment.Digest(_domainSeparator);
            var signer = _options.Signer;
            var signed = new SignedCommitment(commitment, digest, signer.Address, signer.Sign(digest));
            _store.Append(signed);
            _unsigned.Dequeue();
            Tell(signed, isNew: true);
            count++;
        }

        return count;
    }

    /// <summary>Epochs before a forgery are good and are signed first.</summary>
    private void RefuseForged()
    {
        if (Signatures.Forged is not { } forged ||
            (_unsigned.TryPeek(out var next) && next.Commitment.LastSequence < forged.Sequence))
        {
            return;
        }

        throw new ReplicaException(
            ReplicaFault.SignatureForged,
            $"at command {forged.Sequence} {forged.What}; nothing of its epoch was signed",
            "keep the journal and report it: the leader sequenced what it must not")
        {
            Sequence = forged.Sequence,
        };
    }

    private void Tell(SignedCommitment signed, bool isNew)
    {
        Volatile.Write(ref _commitments, _commitments + 1);
        _options.Events.OnCommitment(signed, isNew);
    }

    private void TellWhereItIs()
    {
        if (_leader!.IsBehindSafe)
        {
            Wait($"command {_leader.Last.Value + 1} was acknowledged and is not in the journal");
            return;
        }

        _waitingFor = null;
        if (!_isCaughtUpTold && _leader.Last == _leader.Safe)
        {
            _isCaughtUpTold = true;
            _options.Events.OnCaughtUp(_leader.Last);
        }
    }

    private void Wait(string reason)
    {
        if (_waitingFor != reason)
        {
            _waitingFor = reason;
            _options.Events.OnWaiting(reason);
        }
    }

    /// <param name="Commitment">Of an epoch that is closed.</param>
    /// <param name="SignatureCount">Signatures in the journal up to its end: all of them are verified first.</param>
    private readonly record struct UnsignedCommitment(StateCommitment Commitment, long SignatureCount);
}

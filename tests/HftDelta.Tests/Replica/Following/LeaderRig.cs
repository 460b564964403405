using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Node;
using HftDelta.Replica;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Tests.Replica.Following;

/// <summary>A whole venue, stepped by hand on a virtual disk, and a replica beside it that the test steps too.</summary>
internal sealed class LeaderRig : IDisposable
{
    private const int DutyCyclesMax = 100_000;

    private readonly byte[] _buffer = new byte[64];
    private ulong _epoch;
    private long _price = 1_000;

    public LeaderRig(VirtualStorage? journal = null, VenueOptions? options = null)
    {
        Journal = journal ?? new VirtualStorage();
        Leader = VenueDriver.Trading(options, Journal);

        // An option, so that every move of the price has risk computed, which a replica must compute too.
        Leader.ListCall(2, 1_000, Leader.Clock.Now.Value + (90 * 86_400 * VenueDriver.Second));
        Leader.Idle();
    }

    public VirtualStorage Journal { get; }

    public VenueDriver Leader { get; private set; }

    public long LastSequence => Leader.Venue.LastSequence.Value;

    public static ReplicaAgent Replica(
        VirtualStorage journal, VirtualStorage output, Recorder recorder, Secp256k1Signer? signer = null,
        VirtualStorage? snapshots = null, long snapshotInterval = 1_024)
    {
        var agent = ReplicaAgent.Open(new ReplicaOptions
        {
            Journal = journal,
            Output = output,
            Signer = signer ?? new CountingSigner(),
            Events = recorder,
            Snapshots = snapshots,
            SnapshotInterval = snapshotInterval,
            SnapshotsKept = 0,
        });
        agent.OnStart();
        return agent;
    }

    /// <summary>Steps a replica until nothing is left to do.</summary>
    public static void Catch(ReplicaAgent replica)
    {
        var quiet = 0;
        for (var cycle = 0; quiet < 3; cycle++)
        {
            quiet = replica.DoWork() == 0 ? quiet + 1 : 0;
            NUnit.Framework.Assert.That(cycle, NUnit.Framework.Is.LessThan(DutyCyclesMax));
        }
    }

    /// <summary>Some orders, trades and a move of the price.</summary>
    public void Trade(int rounds = 5)
    {
        for (var round = 0; round < rounds; round++)
        {
            Leader.Clock.Advance(VenueDriver.Second / 10);
            Leader.Order(VenueDriver.Maker, Side.Sell, _price, 3);
            Leader.Order(VenueDriver.Taker, Side.Buy, _price, 2);
            _price += round % 3 == 0 ? 7 : -3;
            Leader.Oracle(_price);
            ReadReports();
        }
    }

    /// <summary>Many orders at once, half of which trade with the other half.</summary>
    public void Burst(int orders)
    {
        for (var order = 0; order < orders; order += 2)
        {
            Leader.Order(VenueDriver.Maker, Side.Sell, _price, 1);
            Leader.Order(VenueDriver.Taker, Side.Buy, _price, 1);
            if (order % 64 == 0)
            {
                ReadReports();
            }
        }

        ReadReports();
    }

    // Who does not read is cut off.
    private void ReadReports()
    {
        Leader.Idle();
        _ = VenueDriver.Received(Leader.Venue.Operator);
        foreach (var session in Leader.Connections.Keys)
        {
            _ = Leader.Received(session);
        }
    }

    public void CloseEpoch()
    {
        var frame = EpochCloseEncoder.Wrap(_buffer).SetEpoch(++_epoch).EncodedLength;
        while (!Leader.Venue.Operator.TrySend(_buffer.AsSpan(0, frame)))
        {
            Leader.Venue.Step();
        }

        Leader.Idle();
    }

    /// <summary>Orders that are sequenced, journaled and applied, while nobody releases them.</summary>
    public void TradeUnsafely(int orders)
    {
        var agents = Leader.Venue.Agents;
        for (var order = 0; order < orders; order++)
        {
            Leader.Order(VenueDriver.Maker, Side.Sell, _price, 1);
            for (var round = 0; round < 4; round++)
            {
                agents.Ingress.DoWork();
                agents.Journal.DoWork();
            }
        }
    }

    /// <summary>Moves the price, so that risk inputs are frozen, and stops before anybody has computed them.</summary>
    /// <returns>The sequence of the command that froze them.</returns>
    public long FreezeRisk()
    {
        var agents = Leader.Venue.Agents;
        Leader.Oracle(_price + 100);
        agents.Ingress.DoWork();
        agents.Journal.DoWork();
        agents.Engine.DoWork();
        return LastSequence;
    }

    /// <summary>The leader's process is gone, whatever it was doing.</summary>
    public void Kill() => Leader.Venue.Dispose();

    /// <summary>A new process on the same directory.</summary>
    public void Restart()
    {
        var before = Leader;
        Leader = new VenueDriver(before.Options, Journal, before.Clock.Now.Value + VenueDriver.Second);
        Leader.ContinueFrom(before);
        Leader.Venue.StartByHand();
        Leader.Idle();
    }

    /// <summary>Writes the leader's recorded hashes again, one of them changed.</summary>
    public static void TamperHashPoint(VirtualStorage journal, Guid journalId, int place, Func<HashPoint, HashPoint> change)
    {
        var points = HashPointLog.ReadAll(journal);
        foreach (var name in journal.List().Where(name => name.StartsWith("hash-points", StringComparison.Ordinal)).ToList())
        {
            journal.Delete(name);
        }

        using var log = HashPointLog.OpenOrCreate(journal, journalId);
        for (var index = 0; index < points.Count; index++)
        {
            log.Append(index == place ? change(points[index]) : points[index]);
        }
    }

    public void Dispose() => Leader.Dispose();
}

/// <summary>Signs with key 1 and remembers which digests.</summary>
internal sealed class CountingSigner : Secp256k1Signer
{
    private readonly ManagedSigner _signer = new(Bytes32.FromNumber(1).ToArray());

    public List<Bytes32> Signed { get; } = [];

    public override EthereumAddress Address => _signer.Address;

    public override string Implementation => _signer.Implementation;

    public override RecoverableSignature Sign(Bytes32 digest)
    {
        Signed.Add(digest);
        return _signer.Sign(digest);
    }

    protected override void Dispose(bool disposing) => _signer.Dispose();
}

/// <summary>Writes down what a replica tells.</summary>
internal sealed class Recorder : ReplicaEvents
{
    public List<string> Waits { get; } = [];

    public List<uint> Terms { get; } = [];

    public List<(SignedCommitment Signed, bool IsNew)> Commitments { get; } = [];

    public int CaughtUp { get; private set; }

    public List<SnapshotReport> Snapshots { get; } = [];

    public List<JournalException> SnapshotFaults { get; } = [];

    public override void OnWaiting(string reason) => Waits.Add(reason);

    public override void OnSnapshot(SnapshotReport? written, JournalException? fault)
    {
        if (written is not null) Snapshots.Add(written);
        if (fault is not null) SnapshotFaults.Add(fault);
    }

    public override void OnLeaderTerm(uint term, HftDelta.Primitives.Units.CommandSequence first) => Terms.Add(term);

    public override void OnCaughtUp(HftDelta.Primitives.Units.CommandSequence applied) => CaughtUp++;

    public override void OnCommitment(SignedCommitment signed, bool isNew) => Commitments.Add((signed, isNew));
}

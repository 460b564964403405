using System.Diagnostics;
using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Replica;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Following;

/// <summary>What <c>hftdelta replica</c> is asked for.</summary>
/// <param name="JournalDirectory">Of the leader.</param>
/// <param name="OutputDirectory">Of the commitments.</param>
/// <param name="KeyPath">Of the private key.</param>
/// <param name="MayMakeKey">Make one where there is none.</param>
/// <param name="SnapshotDirectory">Where snapshots of the state go; null: none are written.</param>
/// <param name="SnapshotInterval">Commands between two of them.</param>
internal sealed record ReplicaRunOptions(
    string JournalDirectory, string OutputDirectory, string KeyPath, bool MayMakeKey, string? SnapshotDirectory,
    long SnapshotInterval)
{
    /// <summary>The venue's: its domain, and the keys of its oracle sources; null: not known.</summary>
    public MarketSettings? Market { get; init; }
}

/// <summary>
/// A replica from start to end. When it is asked to end it first follows to the leader's safe cursor and signs every epoch up to
/// it, so that what it says last is about everything that was acknowledged; it does not wait for that longer than
/// <see cref="CatchUpTime"/>, because a leader that was killed may never record the hash of its last epoch. Owner: the thread
/// that runs it, on which the agent lives too.
/// </summary>
internal sealed class ReplicaRun(ReplicaRunOptions options, EventLines events, EndRequest end)
{
    public const string Schema = "hftdelta.replica/1";

    private static readonly TimeSpan CatchUpTime = TimeSpan.FromSeconds(10);

    /// <exception cref="Replica.Faults.ReplicaException">Key, store, journal or state are at fault.</exception>
    public ExitCode Run()
    {
        Directory.CreateDirectory(options.OutputDirectory);
        using var signer = LoadKey();
        var domain = options.Market?.SignedDomain ?? CommitmentDomain.Development;
        var oracles = options.Market is null ? null : OracleKeys.SignaturesOf(options.Market);
        using var agent = ReplicaAgent.Open(new ReplicaOptions
        {
            JournalDirectory = options.JournalDirectory,
            OutputDirectory = options.OutputDirectory,
            Signer = signer,
            Domain = domain,
            Snapshots = options.SnapshotDirectory is { } directory ? new FileStorage(directory) : null,
            SnapshotInterval = options.SnapshotInterval,
            Oracles = oracles,
            VerifiesApart = true,
            Events = new ReplicaLines(events, domain),
        });
        events.Tell(
            "ready",
            $"hftdelta replica of {options.JournalDirectory}{Environment.NewLine}"
            + $"  signs as {signer.Address} ({signer.Implementation}), chain {domain.ChainId}{Environment.NewLine}"
            + $"  commitments in {options.OutputDirectory}{Environment.NewLine}"
            + $"  verifies words of governance{(oracles is { HasKeys: true } ? " and oracle reports" : "")}",
            json =>
            {
                json.WriteBoolean("verifiesOracles", oracles is { HasKeys: true });
                json.WriteString("signer", signer.Address.ToString());
                json.WriteString("signing", signer.Implementation);
                json.WriteNumber("processId", Environment.ProcessId);
            });
        FollowAndVerify(agent);
        TellStopped(agent);
        return end.ExitCode;
    }

    private Secp256k1Signer LoadKey()
    {
        if (!options.MayMakeKey)
        {
            return KeyFile.Load(options.KeyPath);
        }

        var signer = KeyFile.LoadOrCreateForDevelopment(options.KeyPath, out var isCreated);
        if (isCreated)
        {
            events.Say($"  a key for development was made: {options.KeyPath}");
        }

        return signer;
    }

    /// <summary>Signatures cost a thousand times what a command does: they are verified on a thread of their own.</summary>
    private void FollowAndVerify(ReplicaAgent agent)
    {
        var verifier = new AgentRunner<BackoffIdleStrategy>(
            agent.Signatures, new BackoffIdleStrategy(BackoffParameters.Default));
        verifier.Start();
        try
        {
            Follow(agent, verifier);
        }
        finally
        {
            verifier.RequestStop();
            verifier.Join(CatchUpTime);
        }
    }

    private void Follow(ReplicaAgent agent, AgentRunner verifier)
    {
        var invoker = new AgentInvoker(agent);
        invoker.Start();
        var idle = new BackoffIdleStrategy(BackoffParameters.Default);
        idle.Reset();
        long endedAt = 0;
        while (true)
        {
            var work = invoker.Invoke();
            if (verifier.Failure is { } failure)
            {
                throw new InvalidOperationException("signatures can be verified no more", failure.Exception);
            }

            if (end.Token.IsCancellationRequested)
            {
                endedAt = endedAt == 0 ? Stopwatch.GetTimestamp() : endedAt;
                if ((work == 0 && agent.HasNothingLeft) || Stopwatch.GetElapsedTime(endedAt) > CatchUpTime)
                {
                    break;
                }
            }

            idle.Idle(work);
        }

        invoker.Close();
    }

    private void TellStopped(ReplicaAgent agent) => events.Tell(
        "stopped",
        $"stopped after command {TextOutput.Number(agent.Applied.Value)}, {agent.CommitmentCount} commitments",
        json =>
        {
            json.WriteNumber("lastSequence", agent.Applied.Value);
            json.WriteNumber("safeSequence", agent.Safe.Value);
            json.WriteString("stateHash", agent.StateHash.ToString());
            json.WriteString("historyHash", agent.HistoryHash.ToString());
            json.WriteNumber("hashPointsCompared", agent.HashPointsCompared);
            json.WriteNumber("commitments", agent.CommitmentCount);
            json.WriteNumber("epochsUnconfirmed", agent.UnsignedCount);
        });
}

using HftDelta.Journal.Faults;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Snapshots;

namespace HftDelta.Replica;

/// <summary>What a replica tells as it goes; override what is wanted. On the agent's thread: no call may block long.</summary>
public abstract class ReplicaEvents
{
    public static readonly ReplicaEvents None = new Silent();

    /// <summary>It cannot follow yet, or no longer; told once per reason.</summary>
    /// <param name="reason">Such as <c>there is no journal in DIR yet</c>.</param>
    public virtual void OnWaiting(string reason)
    {
    }

    /// <summary>It reads this journal; the records follow.</summary>
    public virtual void OnFollowing(Guid journalId)
    {
    }

    /// <summary>The leader's records are of this term from here on.</summary>
    public virtual void OnLeaderTerm(uint term, CommandSequence first)
    {
    }

    /// <summary>It has caught up with what the leader had acknowledged.</summary>
    public virtual void OnCaughtUp(CommandSequence applied)
    {
    }

    /// <summary>The state after this command has the hash that the leader recorded, in every component.</summary>
    public virtual void OnHashPointEqual(CommandSequence sequence)
    {
    }

    /// <summary>A commitment is signed and on the device.</summary>
    /// <param name="signed">It may be told to anybody from now on.</param>
    /// <param name="isNew">False: it was signed before this start, was computed again and is the same.</param>
    public virtual void OnCommitment(SignedCommitment signed, bool isNew)
    {
    }

    /// <summary>A snapshot is written and proved, or, with its fault, could not be: the replica goes on without it.</summary>
    public virtual void OnSnapshot(SnapshotReport? written, JournalException? fault)
    {
    }

    private sealed class Silent : ReplicaEvents;
}

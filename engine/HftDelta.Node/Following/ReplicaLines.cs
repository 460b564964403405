using HftDelta.Journal.Faults;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Units;
using HftDelta.Replica;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Snapshots;

namespace HftDelta.Node.Following;

/// <summary>Tells what a replica does: a line for each commitment on stdout, words about the rest on stderr.</summary>
internal sealed class ReplicaLines(EventLines lines, CommitmentDomain domain) : ReplicaEvents
{
    public override void OnWaiting(string reason) => lines.Tell(
        "waiting", $"waiting: {reason}", json => json.WriteString("reason", reason));

    public override void OnFollowing(Guid journalId) => lines.Tell(
        "following", $"following journal {journalId}", json => json.WriteString("journalId", journalId));

    public override void OnLeaderTerm(uint term, CommandSequence first) => lines.Tell(
        "term",
        $"term {term} from command {TextOutput.Number(first.Value)} on",
        json =>
        {
            json.WriteNumber("term", term);
            json.WriteNumber("firstSequence", first.Value);
        });

    public override void OnSnapshot(SnapshotReport? written, JournalException? fault)
    {
        if (fault is not null)
        {
            lines.Tell("snapshotFailed", fault.ToOperatorText("warning"), json => json.WriteString("error", fault.Message));
        }
        else if (written is not null)
        {
            lines.Tell(
                "snapshot",
                $"snapshot of command {TextOutput.Number(written.Sequence.Value)}, {TextOutput.Number(written.FileBytes)} bytes, "
                + $"{TextOutput.Number((written.WriteTime + written.ProofTime).TotalSeconds, 2)} s",
                json =>
                {
                    json.WriteNumber("sequence", written.Sequence.Value);
                    json.WriteNumber("fileBytes", written.FileBytes);
                    json.WriteNumber("writeNanos", (long)written.WriteTime.TotalNanoseconds);
                    json.WriteNumber("proofNanos", (long)written.ProofTime.TotalNanoseconds);
                });
        }
    }

    public override void OnCommitment(SignedCommitment signed, bool isNew)
    {
        var commitment = signed.Commitment;
        lines.TellData(
            "commitment",
            $"epoch {commitment.Epoch} commands {commitment.FirstSequence}..{commitment.LastSequence} "
            + $"root {commitment.StateRoot} digest {signed.Digest}{(isNew ? "" : " (as signed before)")}",
            json =>
            {
                json.WriteBoolean("isNew", isNew);
                json.WritePropertyName("commitment");
                CommitmentJson.Write(json, signed, domain);
            });
    }
}

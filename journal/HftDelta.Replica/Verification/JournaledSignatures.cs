using System.Collections.Concurrent;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Governance;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;
using HftDelta.Runtime.Agents;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Replica.Verification;

/// <summary>What was sequenced without the signature that it needs.</summary>
/// <param name="Sequence">Of the command.</param>
/// <param name="What">In words.</param>
public sealed record ForgedCommand(CommandSequence Sequence, string What);

/// <summary>
/// Verifies again what the leader verified before it sequenced it: every word of governance against the signer that it is
/// journaled with, and every oracle report against the key of its source, as far as keys are known. The thread that applies
/// hands frames over (<see cref="Take"/>) and asks how far the verdict has come; whoever runs this agent verifies, in the order
/// of the journal, and stops at the first forgery.
/// </summary>
public sealed class JournaledSignatures : IAgent
{
    /// <summary>Frames that wait; then the replica applies nothing until some are verified.</summary>
    private const int WaitingMax = 65_536;

    private const int FramesPerCycleMax = 8;

    private readonly ConcurrentQueue<(CommandSequence Sequence, byte[] Frame, bool IsGovernance)> _waiting = new();
    private readonly GovernanceDigest _governance;
    private readonly OracleSignatures? _oracles;
    private volatile ForgedCommand? _forged;
    private long _verifiedCount;
    private long _takenCount;

    /// <param name="domain">Of the venue.</param>
    /// <param name="oracles">The keys of its oracle sources; null: they are not known, and reports not verified.</param>
    public JournaledSignatures(CommitmentDomain domain, OracleSignatures? oracles)
    {
        _governance = new GovernanceDigest(domain);
        _oracles = oracles is { HasKeys: true } ? oracles : null;
    }

    public string RoleName => "replica-signatures";

    /// <summary>The first command that is not signed as it must be; null while none was found. Any thread.</summary>
    public ForgedCommand? Forged => _forged;

    /// <summary>Frames that were handed over. The thread that applies.</summary>
    public long TakenCount => _takenCount;

    /// <summary>Frames that were found to be signed. Any thread.</summary>
    public long VerifiedCount => Volatile.Read(ref _verifiedCount);

    /// <summary>The thread that applies may go on.</summary>
    public bool HasRoom => _takenCount - VerifiedCount < WaitingMax;

    /// <summary>A command of the journal. The thread that applies.</summary>
    public void Take(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        HftDeltaSchema.TryPeekHeader(frame, out var header);
        var isGovernance = header.SchemaId == InternalSchema.Id && header.TemplateId == GovernanceActionDecoder.TemplateId;
        var isReport = header.SchemaId == HftDeltaSchema.Id && header.TemplateId == OracleReportDecoder.TemplateId;
        if (isGovernance || (isReport && _oracles is not null))
        {
            _takenCount++;
            _waiting.Enqueue((new CommandSequence(envelope.Sequence), frame.ToArray(), isGovernance));
        }
    }

    public void OnStart()
    {
    }

    public int DoWork()
    {
        var count = 0;
        while (count < FramesPerCycleMax && _forged is null && _waiting.TryDequeue(out var next))
        {
            var fault = next.IsGovernance ? FaultOfWord(next.Frame) : FaultOfReport(next.Frame);
            if (fault is not null)
            {
                _forged = new ForgedCommand(next.Sequence, fault);
                break;
            }

            Volatile.Write(ref _verifiedCount, _verifiedCount + 1);
            count++;
        }

        return count;
    }

    public void OnClose()
    {
    }

    private string? FaultOfWord(byte[] frame)
    {
        var word = GovernanceActionDecoder.Trusted(frame);
        return _governance.SignerOf(word) is { } signer && signer == EthereumAddress.From(word.Signer)
            ? null
            : $"the word {word.Sequence} of governance key {word.KeyId} is not signed by the address that it names";
    }

    private string? FaultOfReport(byte[] frame)
    {
        var code = _oracles!.Judge(frame);
        var report = OracleReportDecoder.Trusted(frame);
        return code == default
            ? null
            : $"report {report.SourceSequence} of oracle source {report.SourceId} of underlying {report.UnderlyingId} is refused "
                + $"by its signature: {code}";
    }
}

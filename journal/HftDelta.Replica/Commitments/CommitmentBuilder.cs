using System.Buffers.Binary;
using HftDelta.Engine;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Trees;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// Makes the commitments of a journal, from its first record on, while an engine applies it. What comes out depends on the
/// records, the limits and the domain alone: every replica makes the same. Owner: one thread.
/// </summary>
public sealed class CommitmentBuilder : IDisposable
{
    private readonly InputHashChain _input = new();
    private readonly InstrumentTree _instruments;
    private readonly Bytes32 _domainSeparator;
    private Bytes32 _previous;
    private CommandSequence _firstSequence = new(1);
    private ulong _epoch;

    public CommitmentBuilder(EngineLimits limits, Bytes32 domainSeparator)
    {
        ArgumentNullException.ThrowIfNull(limits);
        Accounts = new AccountTree(limits);
        Withdrawals = new WithdrawalTree(limits);
        _instruments = new InstrumentTree(limits);
        _domainSeparator = domainSeparator;
    }

    /// <summary>The accounts as of the last epoch, to prove them with.</summary>
    public AccountTree Accounts { get; }

    /// <summary>The withdrawals list of the last epoch, to prove its lines with.</summary>
    public WithdrawalTree Withdrawals { get; }

    /// <summary>Takes a record that the engine has just applied.</summary>
    /// <returns>The commitment, when the record closed an epoch; else null.</returns>
    public StateCommitment? Take(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame, in VenueView view)
    {
        _input.Append(in envelope, frame);
        if (view.Epoch == _epoch)
        {
            return null;
        }

        Check.That(view.Epoch == _epoch + 1);
        _epoch = view.Epoch;
        var root = new StateRoot
        {
            Accounts = Accounts.Update(in view),
            Instruments = _instruments.Update(in view),
        };
        var commitment = new StateCommitment
        {
            Epoch = _epoch,
            FirstSequence = _firstSequence,
            LastSequence = new CommandSequence(envelope.Sequence),
            PreviousCommitment = _previous,
            InputHash = _input.Close(),
            StateRoot = root.Hash(),
            WithdrawalsRoot = Withdrawals.Update(in view),
            OracleTime = OracleTimeOf(in view),
            EngineVersion = EngineVersionOf(view.EngineVersion),
        };
        _firstSequence = new CommandSequence(envelope.Sequence + 1);
        _previous = commitment.Digest(_domainSeparator);
        return commitment;
    }

    public void Dispose() => _input.Dispose();

    /// <summary>The version of the behaviour and the tables of the kernel, without which marks would differ.</summary>
    internal static Bytes32 EngineVersionOf(uint version)
    {
        Span<byte> bytes = stackalloc byte[5 + Hash256.LengthBytes];
        bytes[0] = TreeDomain.EngineVersion;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], version);
        KernelTables.Hash.WriteTo(bytes[5..]);
        return Keccak256.Compute(bytes);
    }

    private static TimeNanos OracleTimeOf(in VenueView view)
    {
        var oldest = default(TimeNanos);
        for (uint id = 1; id <= view.UnderlyingCount; id++)
        {
            var time = view.OraclePriceTime(new UnderlyingId(id));
            if (time != default(TimeNanos) && (oldest == default(TimeNanos) || time < oldest))
            {
                oldest = time;
            }
        }

        return oldest;
    }
}

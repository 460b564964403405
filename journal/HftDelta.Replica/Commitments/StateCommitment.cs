using System.Buffers.Binary;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// What a replica says about one epoch, and the contract believes from enough of them. docs/commitments.md derives every field.
/// What does not exist yet (messages, deposits from the chain, proofs) is zero.
/// </summary>
public sealed record StateCommitment
{
    /// <summary>The struct as EIP-712 writes it; the order of the members is that of <see cref="WriteWords"/>.</summary>
    public const string TypeText =
        "StateCommitment(uint64 epoch,uint64 firstSeq,uint64 lastSeq,bytes32 prevCommitment,bytes32 inputHash,"
        + "bytes32 stateRoot,bytes32 withdrawalsRoot,bytes32 messagesRoot,bytes32 paramsHash,uint64 depositsProcessed,"
        + "bytes32 depositAccumulator,bytes32 totalsHash,uint64 oracleTime,bytes32 engineVersion,bytes32 zkCommitment)";

    public const int MemberCount = 15;

    private static readonly string[] MemberNames =
    [
        .. TypeText[(TypeText.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(',').Select(member => member.Split(' ')[1]),
    ];

    /// <summary>The members as words, back to back: what a contract gets as the struct.</summary>
    public const int WordsLengthBytes = MemberCount * Bytes32.LengthBytes;

    /// <summary>From 1, without gaps.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>The first command of the epoch.</summary>
    public required CommandSequence FirstSequence { get; init; }

    /// <summary>Its last: the EpochClose.</summary>
    public required CommandSequence LastSequence { get; init; }

    /// <summary>The digest of the commitment of the epoch before; zero for the first.</summary>
    public required Bytes32 PreviousCommitment { get; init; }

    /// <summary>SHA-256 chained over every record through this epoch.</summary>
    public required Bytes32 InputHash { get; init; }

    public required Bytes32 StateRoot { get; init; }

    public Bytes32 WithdrawalsRoot { get; init; }

    public Bytes32 MessagesRoot { get; init; }

    public Bytes32 ParametersHash { get; init; }

    public ulong DepositsProcessed { get; init; }

    public Bytes32 DepositAccumulator { get; init; }

    public Bytes32 TotalsHash { get; init; }

    /// <summary>When the price that was confirmed longest ago was confirmed; 0 when there is no price.</summary>
    public required TimeNanos OracleTime { get; init; }

    /// <summary>The version of the engine's behaviour and of its kernel tables.</summary>
    public required Bytes32 EngineVersion { get; init; }

    public Bytes32 ZeroKnowledgeCommitment { get; init; }

    /// <summary>The struct hash of EIP-712.</summary>
    public Bytes32 StructHash()
    {
        Span<byte> words = stackalloc byte[WordsLengthBytes];
        WriteWords(words);
        var encoder = new TypedDataEncoder(TypeText, MemberCount);
        for (var member = 0; member < MemberCount; member++)
        {
            encoder.Add(Bytes32.From(words.Slice(member * Bytes32.LengthBytes, Bytes32.LengthBytes)));
        }

        return encoder.Hash();
    }

    /// <summary>What is signed.</summary>
    public Bytes32 Digest(Bytes32 domainSeparator) => TypedDataEncoder.Digest(domainSeparator, StructHash());

    /// <summary>The members in order, a word of 32 bytes each, big-endian.</summary>
    public void WriteWords(Span<byte> words)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(words.Length, WordsLengthBytes);
        Put(words, 0, Bytes32.FromNumber(Epoch));
        Put(words, 1, Bytes32.FromNumber((ulong)FirstSequence.Value));
        Put(words, 2, Bytes32.FromNumber((ulong)LastSequence.Value));
        Put(words, 3, PreviousCommitment);
        Put(words, 4, InputHash);
        Put(words, 5, StateRoot);
        Put(words, 6, WithdrawalsRoot);
        Put(words, 7, MessagesRoot);
        Put(words, 8, ParametersHash);
        Put(words, 9, Bytes32.FromNumber(DepositsProcessed));
        Put(words, 10, DepositAccumulator);
        Put(words, 11, TotalsHash);
        Put(words, 12, Bytes32.FromNumber(OracleTime.Value));
        Put(words, 13, EngineVersion);
        Put(words, 14, ZeroKnowledgeCommitment);
    }

    /// <summary>The inverse of <see cref="WriteWords"/>.</summary>
    public static StateCommitment ReadWords(ReadOnlySpan<byte> words)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(words.Length, WordsLengthBytes);
        return new StateCommitment
        {
            Epoch = Number(words, 0),
            FirstSequence = new CommandSequence((long)Number(words, 1)),
            LastSequence = new CommandSequence((long)Number(words, 2)),
            PreviousCommitment = Get(words, 3),
            InputHash = Get(words, 4),
            StateRoot = Get(words, 5),
            WithdrawalsRoot = Get(words, 6),
            MessagesRoot = Get(words, 7),
            ParametersHash = Get(words, 8),
            DepositsProcessed = Number(words, 9),
            DepositAccumulator = Get(words, 10),
            TotalsHash = Get(words, 11),
            OracleTime = new TimeNanos(Number(words, 12)),
            EngineVersion = Get(words, 13),
            ZeroKnowledgeCommitment = Get(words, 14),
        };
    }

    /// <summary>The name of the first member that differs; null when none does.</summary>
    public string? FirstDifference(StateCommitment other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Span<byte> mine = stackalloc byte[WordsLengthBytes];
        Span<byte> its = stackalloc byte[WordsLengthBytes];
        WriteWords(mine);
        other.WriteWords(its);
        var differs = mine.CommonPrefixLength(its) / Bytes32.LengthBytes;
        return differs < MemberCount ? MemberNames[differs] : null;
    }

    private static void Put(Span<byte> words, int member, Bytes32 value) =>
        value.CopyTo(words[(member * Bytes32.LengthBytes)..]);

    private static Bytes32 Get(ReadOnlySpan<byte> words, int member) =>
        Bytes32.From(words.Slice(member * Bytes32.LengthBytes, Bytes32.LengthBytes));

    private static ulong Number(ReadOnlySpan<byte> words, int member) =>
        BinaryPrimitives.ReadUInt64BigEndian(words[((member * Bytes32.LengthBytes) + 24)..]);
}

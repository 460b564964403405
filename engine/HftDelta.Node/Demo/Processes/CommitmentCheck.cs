using System.Globalization;
using System.Text.Json;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// Checks commitments as somebody would who knows for which contract they should be and has nothing else but their text: the
/// digest is computed from the fields again for that contract, and the signer recovered from the signature.
/// </summary>
internal static class CommitmentCheck
{
    /// <param name="texts">In the order in which they were told.</param>
    /// <param name="signer">Who should have signed them.</param>
    public static DemoCommitments Of(IReadOnlyList<JsonElement> texts, string signer)
    {
        var domain = CommitmentDomain.Development;
        var separator = domain.Separator();
        var isValid = texts.Count > 0;
        var isChained = true;
        var previous = Bytes32.Zero;
        CommandSequence last = default;
        for (var place = 0; place < texts.Count; place++)
        {
            var text = texts[place];
            var commitment = Read(text);
            var digest = commitment.Digest(separator);
            isValid &= DomainOf(text) == domain && digest == Bytes32.Parse(Text(text, "digest"))
                && IsSignedBy(digest, text, signer);
            isChained &= commitment.Epoch == (ulong)place + 1 && commitment.PreviousCommitment == previous
                && commitment.FirstSequence.Value == last.Value + 1 && commitment.LastSequence >= commitment.FirstSequence;
            previous = digest;
            last = commitment.LastSequence;
        }

        return new DemoCommitments(texts.Count, signer, isValid, isChained);
    }

    private static bool IsSignedBy(Bytes32 digest, JsonElement text, string signer)
    {
        var signature = RecoverableSignature.From(Convert.FromHexString(Text(text, "signature").AsSpan(2)));
        return Text(text, "signer") == signer && Secp256k1Signer.Recover(digest, signature)?.ToString() == signer;
    }

    private static CommitmentDomain DomainOf(JsonElement text) => new(
        text.GetProperty("chainId").GetUInt64(), EthereumAddress.Parse(Text(text, "verifyingContract")));

    private static StateCommitment Read(JsonElement text) => new()
    {
        Epoch = Number(text, "epoch"),
        FirstSequence = new CommandSequence((long)Number(text, "firstSeq")),
        LastSequence = new CommandSequence((long)Number(text, "lastSeq")),
        PreviousCommitment = Word(text, "prevCommitment"),
        InputHash = Word(text, "inputHash"),
        StateRoot = Word(text, "stateRoot"),
        WithdrawalsRoot = Word(text, "withdrawalsRoot"),
        MessagesRoot = Word(text, "messagesRoot"),
        ParametersHash = Word(text, "paramsHash"),
        DepositsProcessed = Number(text, "depositsProcessed"),
        DepositAccumulator = Word(text, "depositAccumulator"),
        TotalsHash = Word(text, "totalsHash"),
        OracleTime = new TimeNanos(Number(text, "oracleTime")),
        EngineVersion = Word(text, "engineVersion"),
        ZeroKnowledgeCommitment = Word(text, "zkCommitment"),
    };

    /// <summary>What may not fit a number of JavaScript stands as text.</summary>
    private static ulong Number(JsonElement text, string name)
    {
        var found = text.GetProperty(name);
        return found.ValueKind == JsonValueKind.String
            ? ulong.Parse(found.GetString()!, CultureInfo.InvariantCulture)
            : found.GetUInt64();
    }

    private static Bytes32 Word(JsonElement text, string name) => Bytes32.Parse(Text(text, name));

    private static string Text(JsonElement text, string name) => text.GetProperty(name).GetString()!;
}

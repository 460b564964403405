using System.Globalization;
using System.Text.Json;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// A signed commitment as one JSON object, <c>hftdelta.commitment/1</c>. Names are those of the struct on the chain; words and
/// signatures are <c>0x</c> and hexadecimal digits, the address has its EIP-55 checksum.
/// </summary>
public static class CommitmentJson
{
    public const string Schema = "hftdelta.commitment/1";

    /// <summary>One line, without its end.</summary>
    public static string ToLine(SignedCommitment signed, CommitmentDomain domain)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, signed, domain);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public static void Write(Utf8JsonWriter json, SignedCommitment signed, CommitmentDomain domain)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(signed);
        ArgumentNullException.ThrowIfNull(domain);
        var commitment = signed.Commitment;
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("epoch", commitment.Epoch);
        json.WriteNumber("firstSeq", commitment.FirstSequence.Value);
        json.WriteNumber("lastSeq", commitment.LastSequence.Value);
        json.WriteString("prevCommitment", commitment.PreviousCommitment.ToString());
        json.WriteString("inputHash", commitment.InputHash.ToString());
        json.WriteString("stateRoot", commitment.StateRoot.ToString());
        json.WriteString("withdrawalsRoot", commitment.WithdrawalsRoot.ToString());
        json.WriteString("messagesRoot", commitment.MessagesRoot.ToString());
        json.WriteString("paramsHash", commitment.ParametersHash.ToString());
        json.WriteNumber("depositsProcessed", commitment.DepositsProcessed);
        json.WriteString("depositAccumulator", commitment.DepositAccumulator.ToString());
        json.WriteString("totalsHash", commitment.TotalsHash.ToString());
        json.WriteString("oracleTime", commitment.OracleTime.Value.ToString(CultureInfo.InvariantCulture));
        json.WriteString("engineVersion", commitment.EngineVersion.ToString());
        json.WriteString("zkCommitment", commitment.ZeroKnowledgeCommitment.ToString());
        json.WriteNumber("chainId", domain.ChainId);
        json.WriteString("verifyingContract", domain.VerifyingContract.ToString());
        json.WriteString("digest", signed.Digest.ToString());
        json.WriteString("signer", signed.Signer.ToString());
        json.WriteString("signature", signed.Signature.ToString());
        json.WriteEndObject();
    }
}

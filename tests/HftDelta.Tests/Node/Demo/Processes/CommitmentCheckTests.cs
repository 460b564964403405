using System.Text.Json;
using System.Text.Json.Nodes;
using HftDelta.Node.Demo;
using HftDelta.Node.Demo.Processes;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Demo.Processes;

/// <summary>
/// The demonstration's check of commitments holds for what a signer wrote, and for nothing that was changed since.
/// </summary>
[CancelAfter(30_000)]
internal sealed class CommitmentCheckTests
{
    private static readonly Secp256k1Signer Signer = Secp256k1Signer.Create(Enumerable.Repeat((byte)7, 32).ToArray());

    [OneTimeTearDown]
    public void ForgetKey() => Signer.Dispose();

    [Test]
    public void What_was_signed_in_one_chain_holds()
    {
        var found = CommitmentCheck.Of(Signed(3), Signer.Address.ToString());
        var expected = new DemoCommitments(3, Signer.Address.ToString(), IsSignatureValid: true, IsChained: true);
        Assert.That(found, Is.EqualTo(expected));
    }

    [TestCase("epoch")]
    [TestCase("lastSeq")]
    [TestCase("oracleTime")]
    [TestCase("chainId")]
    [TestCase("stateRoot")]
    [TestCase("inputHash")]
    [TestCase("engineVersion")]
    [TestCase("zkCommitment")]
    [TestCase("verifyingContract")]
    [TestCase("digest")]
    public void A_changed_field_is_noticed(string name)
    {
        var texts = Signed(2);
        var changed = JsonNode.Parse(texts[1].GetRawText())!;
        changed[name] = changed[name]!.GetValueKind() == JsonValueKind.Number
            ? JsonValue.Create(changed[name]!.GetValue<ulong>() + 1)
            : JsonValue.Create(Flip(changed[name]!.GetValue<string>()));
        Assert.That(CommitmentCheck.Of([texts[0], Element(changed)], Signer.Address.ToString()).IsSignatureValid, Is.False);
    }

    [Test]
    public void Somebody_elses_signature_is_noticed()
    {
        using var other = Secp256k1Signer.Create(Enumerable.Repeat((byte)8, 32).ToArray());
        Assert.That(CommitmentCheck.Of(Signed(2), other.Address.ToString()).IsSignatureValid, Is.False);
    }

    [Test]
    public void What_was_signed_for_another_contract_is_noticed_though_it_agrees_with_itself()
    {
        var development = CommitmentDomain.Development;
        foreach (var other in new[]
        {
            development with { ChainId = development.ChainId + 1 },
            development with { VerifyingContract = Signer.Address },
        })
        {
            var found = CommitmentCheck.Of(Signed(2, other), Signer.Address.ToString());
            Assert.That(found.IsSignatureValid, Is.False, other.ToString());
        }
    }

    [Test]
    public void A_missing_epoch_breaks_the_chain()
    {
        var texts = Signed(3);
        Assert.That(CommitmentCheck.Of([texts[0], texts[2]], Signer.Address.ToString()).IsChained, Is.False);
        Assert.That(CommitmentCheck.Of([texts[1], texts[2]], Signer.Address.ToString()).IsChained, Is.False);
    }

    [Test]
    public void No_commitment_is_no_valid_one() =>
        Assert.That(CommitmentCheck.Of([], Signer.Address.ToString()).IsSignatureValid, Is.False);

    private static string Flip(string text)
    {
        var last = text[^1] == '1' ? '2' : '1';
        return text[..^1] + last;
    }

    private static List<JsonElement> Signed(int count, CommitmentDomain? given = null)
    {
        var domain = given ?? CommitmentDomain.Development;
        var texts = new List<JsonElement>();
        var previous = Bytes32.Zero;
        for (var epoch = 1; epoch <= count; epoch++)
        {
            var commitment = new StateCommitment
            {
                Epoch = (ulong)epoch,
                FirstSequence = new CommandSequence((epoch * 10) - 9),
                LastSequence = new CommandSequence(epoch * 10),
                PreviousCommitment = previous,
                InputHash = Bytes32.FromNumber(3),
                StateRoot = Bytes32.FromNumber(4),
                OracleTime = new TimeNanos(5),
                EngineVersion = Bytes32.FromNumber(1),
            };
            var digest = commitment.Digest(domain.Separator());
            var line = CommitmentJson.ToLine(
                new SignedCommitment(commitment, digest, Signer.Address, Signer.Sign(digest)), domain);
            texts.Add(Element(JsonNode.Parse(line)!));
            previous = digest;
        }

        return texts;
    }

    private static JsonElement Element(JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToJsonString());
        return document.RootElement.Clone();
    }
}

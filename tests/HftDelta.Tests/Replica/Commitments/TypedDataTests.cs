using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Commitments;

/// <summary>The example that EIP-712 publishes, number by number; and the form of our own struct.</summary>
[TestFixture]
[CancelAfter(10_000)]
public sealed class TypedDataTests
{
    private const string PersonType = "Person(string name,address wallet)";
    private const string MailType = "Mail(Person from,Person to,string contents)" + PersonType;

    private const string DomainType =
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

    [Test]
    public void The_mail_of_EIP_712_has_the_published_digest_and_signature()
    {
        var domain = new TypedDataEncoder(DomainType, 4).Add("Ether Mail").Add("1").Add(System.Numerics.BigInteger.One)
            .Add(EthereumAddress.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC")).Hash();
        var mail = new TypedDataEncoder(MailType, 3)
            .Add(Person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"))
            .Add(Person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"))
            .Add("Hello, Bob!").Hash();
        var digest = TypedDataEncoder.Digest(domain, mail);
        Assert.That(domain.ToString(), Is.EqualTo("0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"));
        Assert.That(mail.ToString(), Is.EqualTo("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e"));
        Assert.That(digest.ToString(), Is.EqualTo("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"));

        using var cow = new ManagedSigner(Keccak256.Compute("cow"u8).ToArray());
        var signature = cow.Sign(digest);
        Assert.That(signature.R.ToString(), Is.EqualTo("0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"));
        Assert.That(signature.S.ToString(), Is.EqualTo("0x07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562"));
        Assert.That(signature.V, Is.EqualTo(28));
    }

    [Test]
    public void A_commitment_survives_its_words_and_every_member_changes_the_digest()
    {
        var random = new SplitMix64(1);
        var commitment = Some(ref random);
        var words = new byte[StateCommitment.WordsLengthBytes];
        commitment.WriteWords(words);
        Assert.That(StateCommitment.ReadWords(words), Is.EqualTo(commitment));

        var digest = commitment.Digest(CommitmentDomain.Development.Separator());
        for (var member = 0; member < StateCommitment.MemberCount; member++)
        {
            var changed = (byte[])words.Clone();
            changed[(member * 32) + 31] ^= 1;
            var other = StateCommitment.ReadWords(changed);
            Assert.That(other.Digest(CommitmentDomain.Development.Separator()), Is.Not.EqualTo(digest), $"member {member}");
            Assert.That(commitment.FirstDifference(other), Is.EqualTo(Names[member]));
        }

        Assert.That(commitment.FirstDifference(commitment), Is.Null);
    }

    [Test]
    public void Another_chain_or_contract_gives_another_digest()
    {
        var random = new SplitMix64(2);
        var commitment = Some(ref random);
        var contract = EthereumAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        var digests = new[]
        {
            commitment.Digest(new CommitmentDomain(1, EthereumAddress.Zero).Separator()),
            commitment.Digest(new CommitmentDomain(2, EthereumAddress.Zero).Separator()),
            commitment.Digest(new CommitmentDomain(1, contract).Separator()),
        };
        Assert.That(digests, Is.Unique);
    }

    [Test]
    public void The_line_of_a_commitment_holds_what_a_verifier_needs()
    {
        var random = new SplitMix64(3);
        var commitment = Some(ref random);
        var digest = commitment.Digest(CommitmentDomain.Development.Separator());
        using var signer = new ManagedSigner(Bytes32.FromNumber(1).ToArray());
        var signed = new SignedCommitment(commitment, digest, signer.Address, signer.Sign(digest));
        Assert.That(signed.IsValid(CommitmentDomain.Development), Is.True);
        Assert.That((signed with { Digest = Bytes32.Zero }).IsValid(CommitmentDomain.Development), Is.False);
        Assert.That(signed.IsValid(new CommitmentDomain(1, EthereumAddress.Zero)), Is.False);

        var line = CommitmentJson.ToLine(signed, CommitmentDomain.Development);
        Assert.That(line, Does.Not.Contain("\n"));
        using var json = System.Text.Json.JsonDocument.Parse(line);
        var root = json.RootElement;
        Assert.That(root.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.commitment/1"));
        Assert.That(root.GetProperty("epoch").GetUInt64(), Is.EqualTo(commitment.Epoch));
        Assert.That(root.GetProperty("signer").GetString(), Is.EqualTo("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"));
        Assert.That(root.GetProperty("digest").GetString(), Is.EqualTo(digest.ToString()));
        var signature = Convert.FromHexString(root.GetProperty("signature").GetString()![2..]);
        Assert.That(RecoverableSignature.From(signature), Is.EqualTo(signed.Signature));
        Assert.That(
            Names, Is.SubsetOf(root.EnumerateObject().Select(member => member.Name)), "the names of the struct on the chain");
    }

    internal static StateCommitment Some(ref SplitMix64 random) => new()
    {
        Epoch = random.Next(),
        FirstSequence = new CommandSequence((long)(random.Next() >> 2)),
        LastSequence = new CommandSequence((long)(random.Next() >> 2)),
        PreviousCommitment = Word(ref random),
        InputHash = Word(ref random),
        StateRoot = Word(ref random),
        WithdrawalsRoot = Word(ref random),
        MessagesRoot = Word(ref random),
        ParametersHash = Word(ref random),
        DepositsProcessed = random.Next(),
        DepositAccumulator = Word(ref random),
        TotalsHash = Word(ref random),
        OracleTime = new TimeNanos(random.Next()),
        EngineVersion = Word(ref random),
        ZeroKnowledgeCommitment = Word(ref random),
    };

    private static readonly string[] Names =
    [
        "epoch", "firstSeq", "lastSeq", "prevCommitment", "inputHash", "stateRoot", "withdrawalsRoot", "messagesRoot",
        "paramsHash", "depositsProcessed", "depositAccumulator", "totalsHash", "oracleTime", "engineVersion", "zkCommitment",
    ];

    private static Bytes32 Word(ref SplitMix64 random) =>
        new(random.Next(), random.Next(), random.Next(), random.Next());

    private static Bytes32 Person(string name, string wallet) =>
        new TypedDataEncoder(PersonType, 2).Add(name).Add(EthereumAddress.Parse(wallet)).Hash();
}

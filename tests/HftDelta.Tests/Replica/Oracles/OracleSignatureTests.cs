using System.Buffers.Binary;
using System.Text;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Oracles;

/// <summary>What a source signs, and which signatures are taken.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class OracleSignatureTests
{
    private static readonly CommitmentDomain _domain = CommitmentDomain.Development;
    private readonly ManagedSigner _one = new(Key(1));
    private readonly ManagedSigner _two = new(Key(2));

    [OneTimeTearDown]
    public void Forget()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [TestCase(6_000_000L)]
    [TestCase(-6_000_000L)]
    public void The_digest_is_that_of_EIP_712_written_out_by_hand(long price)
    {
        var words = new byte[6 * 32];
        Hash("OracleReport(uint32 underlyingId,uint32 sourceId,uint64 sourceSequence,uint64 sourceTime,int64 price)")
            .CopyTo(words, 0);
        words[63] = 7;
        words[95] = 3;
        BinaryPrimitives.WriteUInt64BigEndian(words.AsSpan(120), 42);
        BinaryPrimitives.WriteUInt64BigEndian(words.AsSpan(152), 1_700_000_000_000_000_000);
        words.AsSpan(160, 24).Fill(price < 0 ? (byte)0xFF : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(words.AsSpan(184), price);
        byte[] signed = [0x19, 0x01, .. _domain.Separator().ToArray(), .. Keccak256.Compute(words).ToArray()];

        var digest = new OracleReportDigest(_domain).Of(
            new UnderlyingId(7), 3, 42, new TimeNanos(1_700_000_000_000_000_000), new PriceTicks(price));
        Assert.That(digest, Is.EqualTo(Keccak256.Compute(signed)));
    }

    [Test]
    public void A_report_that_its_source_signed_is_taken()
    {
        Assert.That(Judge(Report(source: 1, signer: _one)), Is.EqualTo(default(RejectCode)));
        Assert.That(Judge(Report(source: 2, signer: _two)), Is.EqualTo(default(RejectCode)));
        Assert.That(Judge(Report(source: 1, signer: _one, price: -1)), Is.EqualTo(default(RejectCode)), "the core refuses that");
    }

    [Test]
    public void A_signature_of_another_source_is_invalid() =>
        Assert.That(Judge(Report(source: 1, signer: _two)), Is.EqualTo(RejectCode.OracleSignatureInvalid));

    [TestCase(1u, 1u, 10ul, 1_000ul, 5_000L)]
    [TestCase(1u, 2u, 10ul, 1_000ul, 5_000L)]
    [TestCase(1u, 1u, 11ul, 1_000ul, 5_000L)]
    [TestCase(1u, 1u, 10ul, 1_001ul, 5_000L)]
    [TestCase(1u, 1u, 10ul, 1_000ul, 5_001L)]
    public void A_signature_of_other_values_is_invalid(
        uint underlying, uint source, ulong sequence, ulong time, long price)
    {
        var isSame = (underlying, source, sequence, time, price) == (1u, 1u, 10ul, 1_000ul, 5_000L);
        var stolen = OracleReportDecoder.Trusted(Report(1, _one)).Signature.ToArray();
        Assert.That(
            Judge(Frame(underlying, source, sequence, time, price, stolen)),
            Is.EqualTo(isSame ? default : RejectCode.OracleSignatureInvalid));
    }

    [Test]
    public void Every_flipped_bit_of_a_signature_makes_it_invalid()
    {
        var good = OracleReportDecoder.Trusted(Report(1, _one)).Signature.ToArray();
        for (var place = 0; place < good.Length; place += 4)
        {
            var bad = (byte[])good.Clone();
            bad[place] ^= 1;
            Assert.That(
                Judge(Frame(1, 1, 10, 1_000, 5_000, bad)), Is.EqualTo(RejectCode.OracleSignatureInvalid), $"byte {place}");
        }

        Assert.That(Judge(Frame(1, 1, 10, 1_000, 5_000, good[..64])), Is.EqualTo(RejectCode.OracleSignatureInvalid));
        Assert.That(Judge(Frame(1, 1, 10, 1_000, 5_000, new byte[65])), Is.EqualTo(RejectCode.OracleSignatureInvalid));
    }

    [Test]
    public void A_report_for_another_chain_is_invalid_here()
    {
        var digest = new OracleReportDigest(_domain with { ChainId = 1 });
        var signature = _one.Sign(digest.Of(new UnderlyingId(1), 1, 10, new TimeNanos(1_000), new PriceTicks(5_000)));
        Assert.That(Judge(Frame(1, 1, 10, 1_000, 5_000, signature.ToArray())), Is.EqualTo(RejectCode.OracleSignatureInvalid));
    }

    [Test]
    public void An_underlying_with_a_key_takes_no_unsigned_report_and_no_source_without_a_key()
    {
        Assert.That(Judge(Frame(1, 1, 10, 1_000, 5_000, [])), Is.EqualTo(RejectCode.OracleSignatureMissing));
        Assert.That(Judge(Report(source: 3, signer: _one)), Is.EqualTo(RejectCode.OracleSourceWithoutKey));
        Assert.That(Judge(Frame(2, 1, 10, 1_000, 5_000, [])), Is.EqualTo(default(RejectCode)), "the other has no keys");
    }

    private static byte[] Key(byte number) => [.. new byte[31], number];

    private static byte[] Hash(string text) => Keccak256.Compute(Encoding.ASCII.GetBytes(text)).ToArray();

    private static byte[] Frame(uint underlying, uint source, ulong sequence, ulong time, long price, byte[] signature)
    {
        var frame = new byte[256];
        var length = OracleReportEncoder.Wrap(frame).SetSourceId(source).SetUnderlyingId(underlying)
            .SetSourceSequence(sequence).SetSourceTime(time).SetPrice(price).SetSignature(signature).EncodedLength;
        return frame[..length];
    }

    private static byte[] Report(uint source, ManagedSigner signer, long price = 5_000)
    {
        var digest = new OracleReportDigest(_domain)
            .Of(new UnderlyingId(1), source, 10, new TimeNanos(1_000), new PriceTicks(price));
        return Frame(1, source, 10, 1_000, price, signer.Sign(digest).ToArray());
    }

    private RejectCode Judge(byte[] frame) => new OracleSignatures(
        _domain,
        [
            new(new OracleSourceId(new UnderlyingId(1), 1), _one.Address),
            new(new OracleSourceId(new UnderlyingId(1), 2), _two.Address),
        ]).Judge(frame);
}

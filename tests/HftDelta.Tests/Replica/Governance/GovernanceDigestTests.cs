using HftDelta.Replica.Commitments;
using HftDelta.Replica.Governance;
using HftDelta.Replica.Signing;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Governance;

/// <summary>What a wallet of another make signs is what we verify: digest, address and signature are those of ethers 6.</summary>
[TestFixture]
[CancelAfter(10_000)]
public sealed class GovernanceDigestTests
{
    private const string Digest = "0xcd9f7fad61d3a20a2ab597af605c124faf7b5d02969e3d31f6a46e8eb1eb1f46";

    private const string Signature =
        "0x77dec142d7bc60da4eed4ed60c380390e4893f7d8a7782146a93594044bc79266cc1f24672a75bcd41af8f02fe308301b0b484d255ab78a94081"
        + "fd468152d17b1c";

    private static readonly EthereumAddress _signer = EthereumAddress.Parse("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A");

    [Test]
    public void The_digest_is_that_of_another_implementation()
    {
        var digest = new GovernanceDigest(CommitmentDomain.Development).Of(GovernanceActionDecoder.Trusted(Frame()));
        Assert.That(digest.ToString(), Is.EqualTo(Digest));
        using var signer = new ManagedSigner(Enumerable.Repeat((byte)0x11, 32).ToArray());
        Assert.That(signer.Address, Is.EqualTo(_signer));
        Assert.That(signer.Sign(digest).ToString(), Is.EqualTo(Signature));
    }

    [Test]
    public void Every_field_is_signed()
    {
        var digest = new GovernanceDigest(CommitmentDomain.Development);
        var frame = Frame();
        Assert.That(digest.SignerOf(GovernanceActionDecoder.Trusted(frame)), Is.EqualTo(_signer));

        // All bytes between header and signature but the reserved ones: 8 fields' worth of words, no gap unlooked at.
        var reserved = new HashSet<int>();
        reserved.UnionWith(Enumerable.Range(8 + 22, 2));
        reserved.UnionWith(Enumerable.Range(8 + 100, 4));
        reserved.UnionWith(Enumerable.Range(8 + 140, 4));
        for (var place = 8; place < 8 + 144; place++)
        {
            var changed = (byte[])frame.Clone();
            changed[place] ^= 1;
            var signer = digest.SignerOf(GovernanceActionDecoder.Trusted(changed));
            Assert.That(signer == _signer, Is.EqualTo(reserved.Contains(place)), $"byte {place}");
        }
    }

    [Test]
    public void A_word_for_one_venue_is_worth_nothing_at_another()
    {
        var otherChain = CommitmentDomain.Development with { ChainId = 1 };
        var otherContract = CommitmentDomain.Development with { VerifyingContract = _signer };
        var action = GovernanceActionDecoder.Trusted(Frame());
        Assert.That(new GovernanceDigest(otherChain).SignerOf(action), Is.Not.EqualTo(_signer));
        Assert.That(new GovernanceDigest(otherContract).SignerOf(action), Is.Not.EqualTo(_signer));
    }

    [Test]
    public void Bytes_that_are_no_signature_are_nobodys()
    {
        var digest = new GovernanceDigest(CommitmentDomain.Development);
        foreach (var filling in new byte[] { 0, 0xFF })
        {
            var frame = Frame();
            frame.AsSpan(8 + 144, 65).Fill(filling);
            Assert.That(digest.SignerOf(GovernanceActionDecoder.Trusted(frame)), Is.Null);
        }
    }

    private static byte[] Frame()
    {
        var frame = new byte[GovernanceActionDecoder.FrameLength];
        GovernanceActionEncoder.Wrap(frame).SetKeyId(2).SetSequence(7).SetAction(GovernanceActionKind.SetValue)
            .SetRole(GovernanceRole.None).SetParameter(1).SetScope(3).SetRow(4).SetValue(-5).SetMinimum(-6)
            .SetMaximum(long.MaxValue).SetStepMax(8).SetCooldownNanos(9).SetTimeLockNanos(10)
            .SetActivationTime(1_700_000_000_000_000_000).SetActivationSequence(12).SetDeadline(ulong.MaxValue).SetSubject(14)
            .SetParametersLow(15).SetParametersHigh(16)
            .SetAddress(Convert.FromHexString("CD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"))
            .SetSignature(Convert.FromHexString(Signature.AsSpan(2)));
        return frame;
    }
}

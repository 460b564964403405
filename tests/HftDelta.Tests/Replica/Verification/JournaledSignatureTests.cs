using HftDelta.Node.Control;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Faults;
using HftDelta.Replica.Governance;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Verification;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Replica.Following;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Verification;

/// <summary>
/// What a leader sequences without the signature that it needs, its core cannot tell. A replica can: it signs no epoch that holds
/// such a command.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class JournaledSignatureTests
{
    private const uint Key = 1;

    private static readonly CommitmentDomain _domain = CommitmentDomain.Development;
    private static readonly ManagedSigner _holder = new(Bytes32.FromNumber(7).ToArray());
    private static readonly ManagedSigner _thief = new(Bytes32.FromNumber(8).ToArray());

    [Test]
    public void Words_of_governance_that_are_signed_are_verified_and_their_epochs_signed()
    {
        using var rig = Governed();
        Send(rig, Word(1, 50).Sign(new GovernanceDigest(_domain), _holder));
        rig.CloseEpoch();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), new Recorder());
        LeaderRig.Catch(replica);
        Assert.That(replica.View.Parameter(ParameterId.SettlementThresholdTicks, 1), Is.EqualTo(50), "it came into force");
        Assert.That(replica.CommitmentCount, Is.EqualTo(2));
        Assert.That((replica.Signatures.TakenCount, replica.Signatures.VerifiedCount), Is.EqualTo((1L, 1L)));
        Assert.That(replica.HasNothingLeft, Is.True);
    }

    [TestCase("another key")]
    [TestCase("another value")]
    [TestCase("another venue")]
    [TestCase("unsigned")]
    public void An_epoch_with_a_word_that_nobody_signed_is_not_signed_and_those_before_it_are(string how)
    {
        using var rig = Governed();
        Send(rig, Word(1, 50).Sign(new GovernanceDigest(_domain), _holder));
        var good = Word(2, 60).Sign(new GovernanceDigest(_domain), _holder);
        var before = rig.LastSequence;
        Send(rig, how switch
        {
            "another key" => Word(2, 60).Sign(new GovernanceDigest(_domain), _thief),
            "another value" => good with { Value = 61 },
            "another venue" => Word(2, 60).Sign(new GovernanceDigest(_domain with { ChainId = 1 }), _holder),
            _ => Word(2, 60),
        });
        var after = rig.LastSequence;
        rig.Trade();
        rig.CloseEpoch();
        Assert.That(
            rig.Leader.Venue.Processor.View.Parameter(ParameterId.SettlementThresholdTicks, 1), Is.InRange(60, 61),
            "the core takes its verifier's word");

        var recorder = new Recorder();
        using var replica = LeaderRig.Replica(rig.Journal, new VirtualStorage(), recorder);
        var fault = Assert.Throws<ReplicaException>(() => LeaderRig.Catch(replica))!;
        Assert.That(fault.Fault, Is.EqualTo(ReplicaFault.SignatureForged));
        Assert.That(fault.ExitCode, Is.EqualTo(30));
        Assert.That(fault.Sequence.Value, Is.InRange(before + 1, after));
        Assert.That(fault.Message, Does.Contain("the word 2 of governance key 1"));
        Assert.That(recorder.Commitments.Select(each => each.Signed.Commitment.Epoch), Is.EqualTo(new[] { 1UL }));
    }

    [Test]
    public void A_report_that_its_source_has_not_signed_is_found_where_its_key_is_known()
    {
        using var rig = Governed();
        rig.Trade();
        rig.CloseEpoch();
        var recorder = new Recorder();
        using var replica = Open(rig, recorder, KeysOf(underlying: 1));
        var fault = Assert.Throws<ReplicaException>(() => LeaderRig.Catch(replica))!;
        Assert.That(fault.Fault, Is.EqualTo(ReplicaFault.SignatureForged));
        Assert.That(fault.Message, Does.Contain("oracle source 1 of underlying 1").And.Contain("OracleSignatureMissing"));
        Assert.That(recorder.Commitments, Is.Empty, "the first report was in the first epoch");
    }

    [Test]
    public void Reports_of_an_underlying_without_keys_are_as_they_are()
    {
        using var rig = Governed();
        using var replica = Open(rig, new Recorder(), KeysOf(underlying: 2));
        LeaderRig.Catch(replica);
        Assert.That(replica.CommitmentCount, Is.EqualTo(1));
        Assert.That(replica.Signatures.TakenCount, Is.Positive);
    }

    [Test]
    public void Signed_reports_are_verified_in_order_up_to_the_first_forgery()
    {
        var signatures = new JournaledSignatures(_domain, KeysOf(underlying: 1));
        for (ulong number = 1; number <= 5; number++)
        {
            var digest = new OracleReportDigest(_domain)
                .Of(new UnderlyingId(1), 1, number, new TimeNanos(1_000), new PriceTicks(5_000));
            var signer = number == 4 ? _thief : _holder;
            var frame = new byte[256];
            var length = OracleReportEncoder.Wrap(frame).SetSourceId(1).SetUnderlyingId(1).SetSourceSequence(number)
                .SetSourceTime(1_000).SetPrice(5_000).SetSignature(signer.Sign(digest).ToArray()).EncodedLength;
            var envelope = new RecordEnvelope { Sequence = (long)number };
            signatures.Take(in envelope, frame.AsSpan(0, length));
        }

        while (signatures.DoWork() > 0)
        {
        }

        Assert.That((signatures.TakenCount, signatures.VerifiedCount), Is.EqualTo((5L, 3L)));
        Assert.That(signatures.Forged!.Sequence.Value, Is.EqualTo(4));
    }

    private static OracleSignatures KeysOf(uint underlying) => new(
        _domain, [new(new OracleSourceId(new UnderlyingId(underlying), 1), _holder.Address)]);

    private static ReplicaAgent Open(LeaderRig rig, Recorder recorder, OracleSignatures oracles)
    {
        var replica = ReplicaAgent.Open(new ReplicaOptions
        {
            Journal = rig.Journal,
            Output = new VirtualStorage(),
            Signer = new CountingSigner(),
            Events = recorder,
            Oracles = oracles,
        });
        replica.OnStart();
        return replica;
    }

    private static GovernanceWord Word(ulong sequence, long threshold) => new()
    {
        KeyId = Key,
        Sequence = sequence,
        Action = GovernanceActionKind.SetValue,
        Parameter = (ushort)ParameterId.SettlementThresholdTicks,
        Scope = 1,
        Value = threshold,
    };

    /// <summary>A venue that the holder governs, with one epoch behind it.</summary>
    private static LeaderRig Governed()
    {
        var rig = new LeaderRig();
        var address = new byte[EthereumAddress.LengthBytes];
        _holder.Address.CopyTo(address);
        var buffer = new byte[256];
        Send(rig, buffer.AsSpan(0, GovernanceKeyEncoder.Wrap(buffer).SetKeyId(Key).SetRole(GovernanceRole.Governance)
            .SetAddress(address).EncodedLength));
        Send(rig, buffer.AsSpan(0, GovernanceSealEncoder.Wrap(buffer).SetTimeLockNanos(0).EncodedLength));
        rig.Trade();
        rig.CloseEpoch();
        return rig;
    }

    /// <summary>Past the operator's verifier, as a leader that does not verify would sequence it.</summary>
    private static void Send(LeaderRig rig, GovernanceWord word)
    {
        var frame = new byte[GovernanceActionDecoder.FrameLength];
        word.Encode(frame, _holder.Address);
        Send(rig, frame);
    }

    private static void Send(LeaderRig rig, ReadOnlySpan<byte> frame)
    {
        Assert.That(rig.Leader.Venue.Operator.TrySend(frame), Is.True);
        rig.Leader.Idle();
    }
}

using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;
using HftDelta.Tests.Node.Network;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Tests.Node.Oracles;

/// <summary>Signed reports through a whole venue: verified by their own agent before anything is sequenced.</summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class VerifiedReportTests
{
    private const uint Session = 3;

    private static readonly UnderlyingId _underlying = new(1);
    private readonly ManagedSigner _signer = new([.. new byte[31], 1]);
    private readonly byte[] _buffer = new byte[512];
    private ulong _sourceSequence;

    [OneTimeTearDown]
    public void Forget() => _signer.Dispose();

    [Test]
    public void A_signed_report_sets_the_price_and_a_forged_one_is_told_why_and_moves_nothing([Values] bool isLockstep)
    {
        using var driver = Open(isLockstep);
        Send(driver, 1_000, isForged: false);
        Assert.That(driver.Venue.Processor.View.OraclePrice(_underlying).Value, Is.EqualTo(1_000));
        Send(driver, 5_000, isForged: true);
        Send(driver, 1_001, isForged: false);
        Assert.That(driver.Venue.Processor.View.OraclePrice(_underlying).Value, Is.EqualTo(1_001));
        var refused = driver.Received(Session).Single(one => one.TemplateId == OracleReportRefusedDecoder.TemplateId);
        Assert.That(OracleReportRefusedDecoder.Trusted(refused.Frame).Code, Is.EqualTo(RejectCode.OracleSignatureInvalid));
        Assert.That(OracleReportRefusedDecoder.Trusted(refused.Frame).SourceSequence, Is.EqualTo(2), "which one");
        Assert.That(driver.Venue.Agents.OracleVerifier!.Verified, Is.EqualTo(2));
        Assert.That(driver.Venue.Agents.OracleVerifier.Invalid, Is.EqualTo(1));
        Assert.That(
            driver.Venue.EgressCounters.OracleRefusals(RejectCode.OracleSignatureInvalid).Value, Is.EqualTo(1), "counted");
    }

    [Test]
    public void Nothing_of_a_report_is_sequenced_before_its_verifier_has_seen_it()
    {
        using var driver = Open(isLockstep: false);
        var before = driver.Venue.LastSequence;
        Write(driver, 1_000, isForged: false);
        for (var round = 0; round < 10; round++)
        {
            driver.Venue.Agents.Ingress.DoWork();
        }

        Assert.That(driver.Venue.LastSequence, Is.EqualTo(before));
        driver.Venue.Agents.OracleVerifier!.DoWork();
        driver.Venue.Agents.Ingress.DoWork();
        Assert.That(driver.Venue.LastSequence.Value, Is.EqualTo(before.Value + 1));
    }

    [Test]
    public void A_journal_with_refused_reports_replays_to_the_same_state()
    {
        using var driver = Open(isLockstep: true);
        Send(driver, 1_000, isForged: false);
        Send(driver, 2_000, isForged: true);
        driver.Venue.Settle();
        var state = driver.Venue.Processor.StateHash();
        var history = driver.Venue.LastSequence;
        driver.Venue.Stop();
        driver.Dispose();
        using var again = new VenueDriver(driver.Options, driver.Storage);
        Assert.That(again.Venue.Recovered.LastSequence, Is.EqualTo(history));
        Assert.That(again.Venue.Processor.StateHash(), Is.EqualTo(state));
    }

    [Test]
    public void Over_the_network_a_forged_report_takes_its_number_and_its_session_goes_on()
    {
        using var rig = new NetworkRig(options => options with { OracleVerifier = Signatures().Judge });
        rig.Driver.ListUnderlying(1);
        rig.Venue.Settle();
        var client = rig.Established(NetworkRig.OracleKey, 9);
        client.Send(Frame(client.Handle, client.NextRequest++, 1_000, isForged: false));
        client.Send(Frame(client.Handle, client.NextRequest++, 7_000, isForged: true));
        client.Send(Frame(client.Handle, client.NextRequest++, 1_002, isForged: false));
        rig.Until(() => client.Has(OracleReportRefusedDecoder.TemplateId), "the refusal");
        rig.Until(() => rig.Venue.Processor.View.OraclePrice(_underlying).Value == 1_002, "the report behind it");
        Assert.That(
            OracleReportRefusedDecoder.Trusted(client.Last(OracleReportRefusedDecoder.TemplateId)).Code,
            Is.EqualTo(RejectCode.OracleSignatureInvalid));
        Assert.That(client.CountOf(NotAppliedDecoder.TemplateId), Is.Zero, "no gap");
    }

    private OracleSignatures Signatures() => new(
        CommitmentDomain.Development, [new(new OracleSourceId(_underlying, 1), _signer.Address)]);

    private VenueDriver Open(bool isLockstep)
    {
        _sourceSequence = 0;
        var driver = new VenueDriver(
            VenueDriver.SmallOptions() with { IsLockstep = isLockstep, OracleVerifier = Signatures().Judge });
        driver.Venue.StartByHand();
        driver.ListUnderlying(1);
        driver.OpenSession(Session, 0, SessionRoles.OracleSource);
        driver.Venue.Settle();
        return driver;
    }

    private void Send(VenueDriver driver, long price, bool isForged)
    {
        Write(driver, price, isForged);
        driver.Idle();
    }

    private void Write(VenueDriver driver, long price, bool isForged) =>
        driver.SendRaw(Session, Frame(Session, _sourceSequence + 1, price, isForged));

    private byte[] Frame(uint session, ulong request, long price, bool isForged)
    {
        var sequence = ++_sourceSequence;
        var time = new TimeNanos(VenueDriver.Begin + sequence);
        var digest = new OracleReportDigest(CommitmentDomain.Development)
            .Of(_underlying, 1, sequence, time, new PriceTicks(isForged ? price + 1 : price));
        var length = OracleReportEncoder.Wrap(_buffer).SetSourceId(1).SetUnderlyingId(1).SetSourceSequence(sequence)
            .SetSourceTime(time.Value).SetPrice(price).SetSignature(_signer.Sign(digest).ToArray()).EncodedLength;
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(8)).SetSessionHandle(session).SetSequence(request)
            .SetSendingTime(time.Value).SetDeadline(0);
        return _buffer[..length];
    }
}

using HftDelta.Engine;
using HftDelta.Node.Config;
using HftDelta.Node.Control;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Control;

/// <summary>An operator switches the engine's behaviour after an upgrade.</summary>
[CancelAfter(60_000)]
internal sealed class EngineVersionDeskTests
{
    private OperatedVenue _venue = null!;

    [SetUp]
    public void OpenVenue() => _venue = new OperatedVenue(new MarketSettings { Underlyings = [], Instruments = [] });

    [TearDown]
    public void CloseVenue() => _venue.Dispose();

    [Test]
    public void A_version_that_the_program_knows_is_applied_and_answered_with_its_command()
    {
        var answer = Switch(EngineVersions.Newest);
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Applied), answer.What);
        Assert.That(answer.Commands!.Single().Message, Is.EqualTo("EngineVersion"));
        Assert.That(answer.Commands!.Single().Reference, Is.EqualTo(EngineVersions.Newest));
        Assert.That(answer.Commands!.Single().Sequence, Is.Positive);
        Assert.That(_venue.Driver.Venue.Processor.View.EngineVersion, Is.EqualTo(EngineVersions.Newest));
    }

    [Test]
    public void It_never_goes_back()
    {
        var answer = Switch(EngineVersions.First - 1);
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Rejected));
        Assert.That(answer.What, Does.Contain("EngineVersion").And.Contain("BadParameter"));
        Assert.That(answer.Next, Does.Contain("never goes back"));
    }

    [Test]
    public void A_version_that_the_program_does_not_know_is_not_sequenced()
    {
        var before = _venue.Driver.Venue.LastSequence;
        var answer = Switch(EngineVersions.Newest + 1);
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Invalid));
        Assert.That(answer.What, Does.Contain($"knows engine versions 1 to {EngineVersions.Newest}"));
        Assert.That(_venue.Driver.Venue.LastSequence, Is.EqualTo(before));
    }

    private ControlAnswer Switch(uint version) =>
        _venue.Ask(new ControlRequest { Verb = ControlVerb.EngineVersion, Version = version });
}

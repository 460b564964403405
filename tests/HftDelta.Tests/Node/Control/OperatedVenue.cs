using HftDelta.Node.Config;
using HftDelta.Node.Control;
using HftDelta.Node.Development;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Tests.Node.Control;

/// <summary>A venue with its operator, stepped by hand: listed from a market, with a price of its underlying.</summary>
internal sealed class OperatedVenue : IDisposable
{
    private const int RoundsMax = 1_000;
    private readonly MarketSettings _market;

    public OperatedVenue(MarketSettings market)
    {
        _market = market;
        Folder = Directory.CreateTempSubdirectory("hftdelta-operated-").FullName;
        Driver = new VenueDriver();
        Operator = Operate();
        Driver.OpenSession(VenueDriver.OracleSession, 0, SessionRoles.OracleSource);
        Settle();
        Driver.Oracle(100_000);
        Settle();
        Assert.That(Operator.IsListed, Is.True);
        Settle();
    }

    public string Folder { get; }

    /// <summary>Where the market's settings would stand.</summary>
    public string MarketPath => Path.Combine(Folder, MarketSettings.FileName);

    public VenueDriver Driver { get; private set; }

    public VenueOperator Operator { get; private set; }

    /// <summary>The same journal and clock, read by a venue without an operator.</summary>
    public void Reopen()
    {
        Driver.Venue.Dispose();
        Driver = new VenueDriver(storage: Driver.Storage, clock: Driver.Clock);
    }

    /// <summary>The venue ends and starts again, with the market that it began with.</summary>
    public void Restart()
    {
        Reopen();
        Operator = Operate();
    }

    public ControlAnswer Ask(ControlRequest request)
    {
        var work = Operator.Desk.Begin(request);
        for (var round = 0; work.Answer is null; round++)
        {
            Assert.That(round, Is.LessThan(RoundsMax), "no answer");
            Settle();
        }

        return work.Answer;
    }

    public void Settle() => Settle(Operator);

    public void Dispose()
    {
        Driver.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private VenueOperator Operate()
    {
        var begun = new VenueOperator(Driver.Venue, _market, MarketPath);
        Driver.Venue.StartByHand();
        begun.Begin();
        Settle(begun);
        return begun;
    }

    private void Settle(VenueOperator stepped)
    {
        stepped.Step(Driver.Clock.Now);
        Driver.Idle();
        stepped.Step(Driver.Clock.Now);
        Driver.Idle();
    }
}

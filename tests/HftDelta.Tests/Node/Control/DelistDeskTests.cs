using HftDelta.Node.Config;
using HftDelta.Node.Control;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Control;

/// <summary>An operator announces the end of a perpetual kind.</summary>
[CancelAfter(60_000)]
internal sealed class DelistDeskTests
{
    private const ulong Day = 86_400 * VenueDriver.Second;
    private static readonly InstrumentId _perpetual = new(1);

    private OperatedVenue _venue = null!;

    private static ulong End => VenueDriver.Begin + (10 * Day);

    [SetUp]
    public void OpenVenue() => _venue = new OperatedVenue(Market());

    [TearDown]
    public void CloseVenue() => _venue.Dispose();

    [Test]
    public void An_end_is_announced_once_and_stands()
    {
        var answer = Delist("BTC-PERP", End);
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Applied));
        Assert.That(answer.Instruments!.Select(instrument => instrument.InstrumentId), Is.EqualTo(new[] { 1U }));
        Assert.That(ExpiryTime(), Is.EqualTo(End));

        answer = Delist("1", End + Day);
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Rejected));
        Assert.That(answer.What, Does.Contain("AlreadyExists"));
        Assert.That(answer.Next, Does.Contain("an announcement stands"));
        Assert.That(ExpiryTime(), Is.EqualTo(End));
    }

    [Test]
    public void What_ends_by_itself_and_a_time_that_is_over_are_refused_with_what_to_do()
    {
        var answer = Delist("BTC-F", End);
        Assert.That((answer.Result, answer.What.Contains("BadParameter", StringComparison.Ordinal)),
            Is.EqualTo((ControlResult.Rejected, true)));
        Assert.That(answer.Next, Does.Contain("only perpetual kinds"));

        answer = Delist("BTC-PERP", VenueDriver.Begin - Day);
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Rejected));
        Assert.That(answer.What, Does.Contain("NoticeTooShort"));
        Assert.That(answer.Next, Does.Contain("name a later time"));
        Assert.That(ExpiryTime(), Is.Zero);
    }

    [Test]
    public void Nothing_named_and_nothing_listed_are_not_sent()
    {
        var before = _venue.Driver.Venue.LastSequence;
        var answer = _venue.Ask(new ControlRequest { Verb = ControlVerb.Delist, SettleTimeNanos = End });
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Invalid));
        Assert.That(answer.What, Does.Contain("no instrument was named"));
        answer = Delist("DOGE-PERP", End);
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Invalid));
        Assert.That(answer.What, Does.Contain("no instrument DOGE-PERP is listed"));
        Assert.That(_venue.Driver.Venue.LastSequence, Is.EqualTo(before));
    }

    private static MarketSettings Market() => new()
    {
        Underlyings =
        [
            new MarketUnderlying { UnderlyingId = 1, Symbol = "BTC", SettlementIntervalNanos = 0, OracleMaxAgeNanos = Day },
        ],
        Instruments =
        [
            new MarketInstrument
            {
                InstrumentId = 1, UnderlyingId = 1, Kind = MarketInstrumentKind.Perpetual, Symbol = "BTC-PERP",
            },
            new MarketInstrument
            {
                InstrumentId = 2, UnderlyingId = 1, Kind = MarketInstrumentKind.Future, Symbol = "BTC-F",
                ExpiresAfterNanos = 30 * Day,
            },
        ],
    };

    private ulong ExpiryTime() => _venue.Driver.Venue.Processor.View.Instrument(_perpetual).ExpiryTime.Value;

    private ControlAnswer Delist(string instrument, ulong time) =>
        _venue.Ask(new ControlRequest { Verb = ControlVerb.Delist, Instruments = [instrument], SettleTimeNanos = time });
}

using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Control;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Control;

/// <summary>Volatilities of expiries, from market.json and from an operator, on their way into a running venue.</summary>
[CancelAfter(60_000)]
internal sealed class SurfaceDeskTests
{
    private const ulong Day = 86_400 * VenueDriver.Second;
    private const long One = 1L << 48;
    private static readonly InstrumentId _call = new(1);

    private OperatedVenue _venue = null!;

    private static ulong Expiry => VenueDriver.Begin + (30 * Day);

    [SetUp]
    public void OpenVenue() => _venue = new OperatedVenue(Market());

    [TearDown]
    public void CloseVenue() => _venue.Dispose();

    [Test]
    public void A_market_gives_an_expiry_its_volatilities_at_listing_and_a_restart_leaves_them_alone()
    {
        Assert.That(Volatility(), Is.EqualTo(One * 8 / 10).Within(1));
        Assert.That(_venue.Ask(Slices(new MarketVolatilities
        {
            ExpiryTimeNanos = Expiry,
            Strikes = [new MarketStrike { StrikeTicks = 100_000, VolatilityQ48 = One * 9 / 10 }],
        })).Result, Is.EqualTo(ControlResult.Applied));
        Assert.That(Volatility(), Is.EqualTo(One * 9 / 10).Within(1));

        _venue.Restart();
        Assert.That(Volatility(), Is.EqualTo(One * 9 / 10).Within(1));
    }

    [Test]
    public void What_holds_an_arbitrage_is_refused_with_its_name_and_what_comes_behind_it_is_not_sent()
    {
        var strikes = new MarketStrike[]
        {
            new() { StrikeTicks = 100_000, VolatilityQ48 = One * 2 / 10 },
            new() { StrikeTicks = 101_000, VolatilityQ48 = One * 15 / 10 },
        };
        var answer = _venue.Ask(Slices(
            new MarketVolatilities { ExpiryTimeNanos = Expiry, Strikes = strikes },
            new MarketVolatilities { ExpiryTimeNanos = Expiry }));
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Rejected));
        Assert.That(answer.What, Does.Contain("SurfaceButterfly").And.Contain("VerticalSpread").And.Contain($"expiry {Expiry}"));
        Assert.That(answer.Next, Does.Contain("docs/risk.md"));
        Assert.That(Volatility(), Is.EqualTo(One * 8 / 10).Within(1));
    }

    [Test]
    public void An_entry_without_svi_and_strikes_takes_volatilities_back()
    {
        Assert.That(
            _venue.Ask(Slices(new MarketVolatilities { ExpiryTimeNanos = Expiry })).Result, Is.EqualTo(ControlResult.Applied));
        Assert.That(Volatility(), Is.EqualTo(One * 7 / 10), "its own");
    }

    [Test]
    public void What_makes_no_sense_is_not_sent()
    {
        var before = _venue.Driver.Venue.LastSequence;
        Assert.That(_venue.Ask(Slices()).Result, Is.EqualTo(ControlResult.Invalid));
        Assert.That(
            _venue.Ask(Slices(new MarketVolatilities { ExpiresAfterNanos = Day })).What, Does.Contain("must be a moment"));
        Assert.That(
            _venue.Ask(Slices(new MarketVolatilities { ExpiryTimeNanos = Expiry, Strikes = [] })).What,
            Does.Contain("1 to 80 strikes"));
        Assert.That(
            _venue.Ask(Slices(new MarketVolatilities { ExpiryTimeNanos = Expiry }) with { Underlyings = ["DOGE"] }).What,
            Does.Contain("no underlying DOGE"));
        Assert.That(_venue.Driver.Venue.LastSequence, Is.EqualTo(before));
    }

    [TestCase("""[{"expiryTimeNanos":5,"svi":{"levelQ48":1,"slopeQ48":2,"correlationQ48":-3,"centreQ48":4,"widthQ48":5}}]""", "")]
    [TestCase("""[{"expiryTimeNanos":5,"strikes":[{"strikeTicks":1,"volatilityQ48":2}]}]""", "")]
    [TestCase("""[{"expiryTimeNanos":5}]""", "")]
    [TestCase("""[{"expiryTimeNanos":5,"sabr":{}}]""", "sabr")]
    [TestCase("""null""", "null")]
    public void A_file_of_volatilities_is_read_or_refused(string text, string wrong)
    {
        var path = Path.Combine(_venue.Folder, "slices.json");
        File.WriteAllText(path, text);
        if (wrong.Length == 0)
        {
            Assert.That(SurfaceFile.Read(path).Single().ExpiryTimeNanos, Is.EqualTo(5));
        }
        else
        {
            Assert.That(
                () => SurfaceFile.Read(path), Throws.TypeOf<OperatorException>().With.Message.Contains(wrong));
        }
    }

    [Test]
    public void Volatilities_of_a_market_file_are_read_and_wrong_ones_named()
    {
        Market().Write(Path.Combine(_venue.Folder, "a.json"));
        var read = MarketSettings.Read(Path.Combine(_venue.Folder, "a.json")).Underlyings[0].Volatilities!;
        Assert.That(read.Single().Strikes!.Single().VolatilityQ48, Is.EqualTo(One * 8 / 10));
        var wrong = Market().Underlyings[0] with { Volatilities = [new MarketVolatilities()] };
        (Market() with { Underlyings = [wrong] }).Write(Path.Combine(_venue.Folder, "b.json"));
        Assert.That(
            () => MarketSettings.Read(Path.Combine(_venue.Folder, "b.json")),
            Throws.TypeOf<OperatorException>().With.Message.Contains("an expiry of its volatilities needs either"));
    }

    private static MarketSettings Market() => new()
    {
        Underlyings =
        [
            new MarketUnderlying
            {
                UnderlyingId = 1,
                Symbol = "BTC",
                SettlementIntervalNanos = 0,
                OracleMaxAgeNanos = Day,
                Volatilities =
                [
                    new MarketVolatilities
                    {
                        ExpiresAfterNanos = 30 * Day,
                        Strikes = [new MarketStrike { StrikeTicks = 100_000, VolatilityQ48 = One * 8 / 10 }],
                    },
                ],
            },
        ],
        Instruments =
        [
            new MarketInstrument
            {
                InstrumentId = 1,
                UnderlyingId = 1,
                Kind = MarketInstrumentKind.Call,
                Symbol = "BTC-C",
                StrikeTicks = 100_000,
                VolatilityQ48 = One * 7 / 10,
                ExpiresAfterNanos = 30 * Day,
            },
        ],
    };

    private static ControlRequest Slices(params MarketVolatilities[] slices) =>
        new() { Verb = ControlVerb.Surface, Underlyings = ["BTC"], Volatilities = slices };

    private long Volatility() => _venue.Driver.Venue.Processor.View.Volatility(_call).Value;
}

using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Config;

/// <summary>The settlement pool in a market's file.</summary>
[CancelAfter(20_000)]
internal sealed class MarketPoolTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("hftdelta-market-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void All_terms_are_read()
    {
        var pool = Read(
            "\"shareOfClaimPpm\":800000,\"capAtoms\":1000000000000,\"kinkPpm\":700000,"
            + "\"idleRatePpm\":1,\"kinkRatePpm\":2,\"fullRatePpm\":3");
        Assert.That(pool, Is.EqualTo(new MarketPool
        {
            ShareOfClaimPpm = 800_000, CapAtoms = 1_000_000_000_000, KinkPpm = 700_000, IdleRatePpm = 1, KinkRatePpm = 2,
            FullRatePpm = 3,
        }));
    }

    [Test]
    public void Share_and_cap_are_enough()
    {
        var pool = Read("\"shareOfClaimPpm\":0,\"capAtoms\":1");
        Assert.That(pool, Is.EqualTo(new MarketPool { ShareOfClaimPpm = 0, CapAtoms = 1 }));
        Assert.That(pool!.KinkPpm, Is.EqualTo(800_000), "said in the documentation");
    }

    [TestCase("\"capAtoms\":1", "shareOfClaimPpm")]
    [TestCase("\"shareOfClaimPpm\":1", "capAtoms")]
    [TestCase("\"shareOfClaimPpm\":800001,\"capAtoms\":1", "shareOfClaimPpm must be at most 800000")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":0", "capAtoms must be from 1 to")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":9223372036854775807", "capAtoms must be from 1 to")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":1,\"kinkPpm\":0", "kinkPpm must be from 1 to 999999")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":1,\"kinkPpm\":1000000", "kinkPpm must be from 1 to 999999")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":1,\"idleRatePpm\":1", "rates must rise")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":1,\"kinkRatePpm\":2,\"fullRatePpm\":1", "rates must rise")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":1,\"fullRatePpm\":4294967295", "rates must rise")]
    [TestCase("\"shareOfClaimPpm\":1,\"capAtoms\":1,\"limit\":1", "limit")]
    public void What_makes_no_sense_is_refused_with_its_name(string terms, string reason) =>
        Assert.That(() => Read(terms), Throws.TypeOf<OperatorException>().With.Message.Contains(reason));

    private MarketPool? Read(string terms)
    {
        var path = Path.Combine(_folder, MarketSettings.FileName);
        File.WriteAllText(path, $$"""
            {"schema":"hftdelta.market/1","underlyings":[{"underlyingId":1,"symbol":"BTC"}],
            "instruments":[{"instrumentId":1,"underlyingId":1,"symbol":"P","kind":"perpetual"}],
            "settlementPool":{{{terms}}} }
            """);
        return MarketSettings.Read(path).SettlementPool;
    }
}

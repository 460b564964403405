using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Development;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Config;

/// <summary>The oracle of an underlying in a market's file: it becomes the operator's commands, or is refused.</summary>
[CancelAfter(20_000)]
internal sealed class MarketOracleTests
{
    private const string Whole = """
        "keys":[{"source":1,"address":"0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"},
        {"source":8,"address":"0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"}],
        "reportJumpPpm":20000,"medianDeviationPpm":30000,"disabledSources":[3,5],"clockSkewMaxNanos":5000000000,
        "reportAgeMaxNanos":1000000000,"lateAfterNanos":3000000000,"staleAfterNanos":20000000000,
        "deadAfterNanos":60000000000,"recoveryNanos":10000000000,"settlementWindowNanos":1800000000000,
        "forwards":[{"expiryTimeNanos":1893456000000000000,"basisTicks":-1250}]
        """;

    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("hftdelta-market-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void All_of_it_becomes_the_operators_commands_and_the_engine_takes_them()
    {
        var oracle = Read(Whole).Underlyings[0].Oracle!;
        using var engine = new EngineHarness();
        new VenueScript(engine).ListUnderlying();
        var length = OperatorFrames.OracleRules(engine.Buffer, new UnderlyingId(1), oracle);
        var rules = OracleRulesDecoder.Trusted(engine.Buffer[..length]);
        Assert.That(
            (rules.UnderlyingId, rules.ReportJumpPpm, rules.MedianDeviationPpm, rules.DisabledSources, rules.ClockSkewMaxNanos,
                rules.ReportAgeMaxNanos),
            Is.EqualTo((1U, 20_000U, 30_000U, (byte)0b10100, 5_000_000_000UL, 1_000_000_000UL)));
        Assert.That(
            (rules.LateAfterNanos, rules.StaleAfterNanos, rules.DeadAfterNanos, rules.RecoveryNanos, rules.SettlementWindowNanos),
            Is.EqualTo((3_000_000_000UL, 20_000_000_000UL, 60_000_000_000UL, 10_000_000_000UL, 1_800_000_000_000UL)));
        engine.SendInternal(length);
        Assert.That(IsRefused(engine), Is.False);
        Assert.That((oracle.Forwards[0].ExpiryTimeNanos, oracle.Forwards[0].BasisTicks), Is.EqualTo(
            (1_893_456_000_000_000_000UL, -1_250L)));
    }

    [Test]
    public void Its_keys_are_those_that_reports_must_be_signed_with()
    {
        Assert.That(OracleKeys.VerifierOf(Read(Whole)), Is.Not.Null);
        Assert.That(OracleKeys.VerifierOf(Read("\"reportJumpPpm\":1")), Is.Null, "without keys nobody looks at signatures");
    }

    [TestCase("\"reportJumpPpm\":1000001", "reportJumpPpm is 1000001")]
    [TestCase("\"medianDeviationPpm\":1000001", "medianDeviationPpm is 1000001")]
    [TestCase("\"disabledSources\":[9]", "a source of its oracle is not from 1 to 8")]
    [TestCase("\"disabledSources\":[0]", "a source of its oracle is not from 1 to 8")]
    [TestCase("\"keys\":[{\"source\":9,\"address\":\"0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\"}]", "not from 1 to 8")]
    [TestCase("\"keys\":[{\"source\":1,\"address\":\"0x7E5F\"}]", "0x7E5F")]
    [TestCase("\"keys\":[{\"source\":1}]", "address")]
    [TestCase("\"reportAgeMaxNanos\":1", "reportAgeMaxNanos needs clockSkewMaxNanos")]
    [TestCase("\"clockSkewMaxNanos\":4611686018427387905", "a duration")]
    [TestCase("\"settlementWindowNanos\":140737488355329", "settlementWindowNanos is 140737488355329")]
    [TestCase("\"staleAfterNanos\":5", "go together")]
    [TestCase("\"deadAfterNanos\":5", "go together")]
    [TestCase("\"recoveryNanos\":5", "recoveryNanos needs")]
    [TestCase("\"lateAfterNanos\":5", "must ascend")]
    [TestCase("\"lateAfterNanos\":5,\"staleAfterNanos\":5,\"deadAfterNanos\":6", "must ascend")]
    [TestCase("\"lateAfterNanos\":5,\"staleAfterNanos\":6,\"deadAfterNanos\":6", "must ascend")]
    [TestCase("\"lateAfterNanos\":-1", "lateAfterNanos")]
    [TestCase("\"forwards\":[{\"expiryTimeNanos\":7,\"basisTicks\":1},{\"expiryTimeNanos\":7,\"basisTicks\":2}]", "one expiry")]
    [TestCase("\"noSuchRule\":1", "noSuchRule")]
    public void What_makes_no_sense_is_refused_with_its_reason(string oracle, string reason) =>
        Assert.That(() => Read(oracle), Throws.TypeOf<OperatorException>().With.Message.Contains(reason));

    [Test]
    public void Two_keys_of_a_source_are_refused()
    {
        const string Key = """{"source":2,"address":"0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"}""";
        Assert.That(
            () => Read($"\"keys\":[{Key},{Key}]"), Throws.TypeOf<OperatorException>().With.Message.Contains("has two keys"));
    }

    /// <summary>The bounds that stand in the file's checks are the engine's.</summary>
    [TestCase("\"reportJumpPpm\":1000000,\"medianDeviationPpm\":1000000")]
    [TestCase("\"clockSkewMaxNanos\":4611686018427387904,\"reportAgeMaxNanos\":4611686018427387904")]
    [TestCase("\"lateAfterNanos\":1,\"staleAfterNanos\":2,\"deadAfterNanos\":4611686018427387904,\"recoveryNanos\":1")]
    [TestCase("\"settlementWindowNanos\":140737488355328")]
    [TestCase("")]
    public void The_largest_that_is_read_is_taken_by_the_engine(string oracle)
    {
        var read = Read(oracle).Underlyings[0].Oracle!;
        using var engine = new EngineHarness();
        new VenueScript(engine).ListUnderlying();
        engine.SendInternal(OperatorFrames.OracleRules(engine.Buffer, new UnderlyingId(1), read));
        Assert.That(IsRefused(engine), Is.False);
    }

    private static bool IsRefused(EngineHarness engine) => engine.Events.Any(record =>
        record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId);

    private MarketSettings Read(string oracle)
    {
        var path = Path.Combine(_folder, MarketSettings.FileName);
        File.WriteAllText(path, $$"""
            {"schema":"hftdelta.market/1","underlyings":[{"underlyingId":1,"symbol":"BTC","oracle":{ {{oracle}} } } ],
            "instruments":[]}
            """);
        return MarketSettings.Read(path);
    }
}

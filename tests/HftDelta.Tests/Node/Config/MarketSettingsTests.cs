using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Development;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Config;

/// <summary>A market's file: what is written is read, and what makes no sense is refused with its name.</summary>
[CancelAfter(20_000)]
internal sealed class MarketSettingsTests
{
    private const string Underlying = """{"underlyingId":1,"symbol":"BTC"}""";

    private const string Money = """{"underlyings":[],"instruments":[],""";
    private const string Governor =
        """{"keyId":1,"role":"governance","address":"0x0000000000000000000000000000000000000001"}""";

    private string _folder = "";

    private string FilePath => Path.Combine(_folder, MarketSettings.FileName);

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("hftdelta-market-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_was_written_is_read()
    {
        var market = DevelopmentMarket.Create();
        market.Write(FilePath);
        var read = MarketSettings.Read(FilePath);
        Assert.That(read.Instruments, Is.EqualTo(market.Instruments));
        Assert.That(read.Underlyings, Is.EqualTo(market.Underlyings));
        Assert.That(read.Accounts, Is.EqualTo(market.Accounts));
        Assert.That(read.Participants, Is.EqualTo(market.Participants));
    }

    [Test]
    public void Rules_of_an_instrument_are_read_and_become_the_operators_command()
    {
        File.WriteAllText(FilePath, $$"""
            {"schema":"hftdelta.market/1","underlyings":[{{Underlying}}],"instruments":[
            {"instrumentId":1,"underlyingId":1,"kind":"perpetual","symbol":"P","rules":{"staticBandPpm":1,"dynamicBandPpm":2,
            "bandMinimumTicks":3,"lotSize":4,"orderLotsMax":5,"positionLotsMax":6,"accountOrdersMax":7,
            "openingAuctionNanos":8,"volatilityAuctionNanos":9,
            "increments":[{"fromPrice":1,"increment":10},{"fromPrice":100,"increment":20}] } } ] }
            """);
        var rules = MarketSettings.Read(FilePath).Instruments[0].Rules!;
        var buffer = new byte[512];
        var length = OperatorFrames.Rules(buffer, new InstrumentId(1), rules);
        Assert.That(InternalSchema.Validate(buffer.AsSpan(0, length), out _), Is.EqualTo(ValidationCode.Valid));
        var message = InstrumentRulesDecoder.Trusted(buffer.AsSpan(0, length));
        Assert.That(message.InstrumentId, Is.EqualTo(1));
        Assert.That(
            new long[]
            {
                message.StaticBandPpm, message.DynamicBandPpm, message.BandMinimumTicks, message.LotSize, message.OrderLotsMax,
                message.PositionLotsMax, message.AccountOrdersMax, (long)message.OpeningAuctionNanos,
                (long)message.VolatilityAuctionNanos,
            },
            Is.EqualTo(new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }));
        var rows = new List<(long, long)>();
        foreach (var row in message.Increments)
        {
            rows.Add((row.FromPrice, row.Increment));
        }

        Assert.That(rows, Is.EqualTo(new[] { (1L, 10L), (100L, 20L) }));
    }

    [Test]
    public void A_strategy_is_read_and_written_and_becomes_the_operators_command()
    {
        File.WriteAllText(FilePath, Strategy("""[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-2}]"""));
        var read = MarketSettings.Read(FilePath);
        read.Write(FilePath);
        var strategy = MarketSettings.Read(FilePath).Instruments[3];
        var buffer = new byte[512];
        var length = OperatorFrames.List(buffer, strategy, read.Underlyings[0], new PriceTicks(5));
        Assert.That(InternalSchema.Validate(buffer.AsSpan(0, length), out var template), Is.EqualTo(ValidationCode.Valid));
        Assert.That(template, Is.EqualTo(ListStrategyDecoder.TemplateId));
        var message = ListStrategyDecoder.Trusted(buffer.AsSpan(0, length));
        Assert.That((message.InstrumentId, message.UnderlyingId), Is.EqualTo((4u, 1u)));
        var legs = new List<(uint, int)>();
        foreach (var leg in message.Legs)
        {
            legs.Add((leg.InstrumentId, leg.Ratio));
        }

        Assert.That(legs, Is.EqualTo(new[] { (1u, 1), (2u, -2) }));
    }

    [TestCase("[]", "0 legs")]
    [TestCase("""[{"instrumentId":1,"ratio":1}]""", "1 legs")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":5,"ratio":1}]""", "leg 2, instrument 5, is not listed before it")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":4,"ratio":1}]""", "leg 2, instrument 4, is not listed before it")]
    [TestCase("""[{"instrumentId":0,"ratio":1},{"instrumentId":1,"ratio":1}]""", "leg 1, instrument 0, is not listed before it")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":1,"ratio":-1}]""", "leg 2, instrument 1, stands there twice")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":0}]""", "leg 2, instrument 2, has the ratio 0")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-9}]""", "leg 2, instrument 2, has the ratio -9")]
    [TestCase("""[{"instrumentId":1,"ratio":2},{"instrumentId":2,"ratio":-2}]""", "ratio of 1 or -1")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":3,"ratio":-1}]""", "is on underlying 2")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-1}],"strikeTicks":5""", "no strike")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-1}],"expiryTimeNanos":5""", "no expiry of its own")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-1}],"rules":{"lotSize":5}""", "orderLotsMax only")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-1}],"feeScheduleId":1""", "no feeScheduleId")]
    [TestCase("""[{"instrumentId":1,"ratio":1},{"instrumentId":2}]""", "ratio")]
    public void A_strategy_that_cannot_be_is_refused_with_its_reason(string legs, string words)
    {
        File.WriteAllText(FilePath, Strategy(legs));
        Assert.That(
            () => MarketSettings.Read(FilePath),
            Throws.TypeOf<OperatorException>().With.Message.Contains(words).And.Message.Contains(FilePath)
                .And.Property(nameof(OperatorException.ExitCode)).EqualTo(ExitCode.Usage));
    }

    [Test]
    public void Legs_and_their_uses_are_bounded()
    {
        var strategies = Enumerable.Range(4, 17).Select(id => OfStrategy(
            id, """[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-1}]"""));
        File.WriteAllText(FilePath, Market(strategies));
        Assert.That(() => MarketSettings.Read(FilePath), Throws.TypeOf<OperatorException>().With.Message.Contains(
            "instrument 1 is a leg of more than 16 strategies"));
        File.WriteAllText(FilePath, Market(
            [OfStrategy(4, """[{"instrumentId":1,"ratio":1},{"instrumentId":2,"ratio":-1}]"""),
                OfStrategy(5, """[{"instrumentId":1,"ratio":1},{"instrumentId":4,"ratio":-1}]""")]));
        Assert.That(() => MarketSettings.Read(FilePath), Throws.TypeOf<OperatorException>().With.Message.Contains(
            "instrument 5 S5: leg 2, instrument 4, is a strategy itself"));
        File.WriteAllText(
            FilePath,
            Strategy("""[{"instrumentId":1,"ratio":1}]""").Replace("strategy", "future", StringComparison.Ordinal));
        Assert.That(() => MarketSettings.Read(FilePath), Throws.TypeOf<OperatorException>().With.Message.Contains(
            "only a strategy has"));
    }

    [TestCase("""{"lotSize":-1}""", "lotSize -1 is not from 0 to")]
    [TestCase("""{"lotSize":10,"orderLotsMax":5}""", "orderLotsMax 5 is below lotSize 10")]
    [TestCase("""{"increments":[{"fromPrice":2,"increment":1}]}""", "must be from 1 on")]
    [TestCase("""{"increments":[{"fromPrice":1,"increment":0}]}""", "increment 1 is 0")]
    [TestCase("""{"increments":[{"fromPrice":1,"increment":1},{"fromPrice":1,"increment":2}]}""", "above the one before")]
    public void Rules_that_the_engine_would_refuse_are_refused_with_their_reason(string rules, string words)
    {
        File.WriteAllText(FilePath, $$"""
            {"underlyings":[{{Underlying}}],"instruments":[
            {"instrumentId":1,"underlyingId":1,"kind":"future","symbol":"A","rules":{{rules}} } ] }
            """);
        Assert.That(
            () => MarketSettings.Read(FilePath),
            Throws.TypeOf<OperatorException>().With.Message.Contains("instrument 1 A").And.Message.Contains(words));
    }

    [Test]
    public void Fees_assets_and_owners_are_read_and_become_the_operators_commands()
    {
        File.WriteAllText(FilePath, $$"""
            {"underlyings":[{{Underlying}}],
            "feeSchedules":[{"scheduleId":3,"basis":"underlyingValue","tradedMultiple":400,
              "tiers":[{"makerPpm":-20,"takerPpm":50,"auctionPpm":30,"settlementPpm":7,"fundingPpm":8},{"takerPpm":40}]}],
            "assets":[{"assetId":1,"symbol":"BTC","underlyingId":1,"atomsPerUnit":100000000,"quoteAtomsPerTick":10000,
              "haircutPpm":150000,"venueMaxAtoms":500,"accountMaxAtoms":50}],
            "accounts":[{"accountId":16,"depositAtoms":5,"owner":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed","feeTier":1,
              "deposits":[{"assetId":1,"atoms":25}]},{"accountId":17}],
            "instruments":[{"instrumentId":1,"underlyingId":1,"kind":"perpetual","symbol":"P","feeScheduleId":3}]}
            """);
        var market = MarketSettings.Read(FilePath);
        using var engine = new EngineHarness();
        var buffer = new byte[1_376];
        void Send(int length)
        {
            Assert.That(InternalSchema.Validate(buffer.AsSpan(0, length), out _), Is.EqualTo(ValidationCode.Valid));
            buffer.AsSpan(0, length).CopyTo(engine.Buffer);
            engine.SendInternal(length);
            Assert.That(
                engine.Events.Any(told => told.SchemaId == InternalSchema.Id
                    && told.TemplateId == CommandRefusedDecoder.TemplateId),
                Is.False);
        }

        foreach (var account in market.Accounts)
        {
            Send(OperatorFrames.OpenAccount(buffer, account));
        }

        Send(OperatorFrames.List(buffer, market.Underlyings[0]));
        foreach (var encode in MoneyFrames.Of(market, engine.View, buffer).ToArray())
        {
            Send(encode());
        }

        Assert.That(engine.View.Balance(new AccountId(16), new AssetId(1)).Value, Is.EqualTo(25));
        var owner = new byte[20];
        engine.View.AsApplied(new AccountId(16), new HftDelta.Engine.Accounts.AppliedPosition[256]).CopyOwnerTo(owner);
        Assert.That(Convert.ToHexStringLower(owner), Is.EqualTo("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"));
        engine.View.AsApplied(new AccountId(17), new HftDelta.Engine.Accounts.AppliedPosition[256]).CopyOwnerTo(owner);
        Assert.That(owner[19], Is.EqualTo(17));

        // A venue that has it already is told only what may have changed, and refuses the deposit that it had.
        var again = MoneyFrames.Of(market, engine.View, buffer).Select(encode =>
        {
            encode();
            return BitConverter.ToUInt16(buffer, 2);
        }).ToArray();
        Assert.That(again, Is.EqualTo(new[]
        {
            AssetTermsDecoder.TemplateId, FeeScheduleDecoder.TemplateId, AccountTierDecoder.TemplateId,
            DepositDecoder.TemplateId, AccountTierDecoder.TemplateId,
        }));

        var length = MoneyFrames.Schedule(buffer, market.FeeSchedules[0]);
        var message = FeeScheduleDecoder.Trusted(buffer.AsSpan(0, length));
        Assert.That(
            (message.ScheduleId, message.Basis, message.TradedMultiple), Is.EqualTo((3, FeeBasis.UnderlyingValue, 400)));
        var rows = new List<(int, int, uint, uint, uint)>();
        foreach (var tier in message.Tiers)
        {
            rows.Add((tier.MakerPpm, tier.TakerPpm, tier.AuctionPpm, tier.SettlementPpm, tier.FundingPpm));
        }

        Assert.That(rows, Is.EqualTo(new[] { (-20, 50, 30U, 7U, 8U), (0, 40, 0U, 0U, 0U) }));
    }

    [Test]
    public void The_development_market_has_money_and_a_key_for_sixteen_accounts_and_three_sources()
    {
        var market = DevelopmentMarket.Create();
        Assert.That(market.Accounts, Has.Count.EqualTo(16));
        Assert.That(market.Accounts.Select(account => account.AccountId), Is.All.GreaterThanOrEqualTo(AccountId.FirstClient));
        Assert.That(market.Accounts.Select(account => account.DepositAtoms), Is.All.Positive);
        foreach (var account in market.Accounts)
        {
            Assert.That(
                market.Participants.Single(participant => participant.KeyId == account.AccountId).AccountId,
                Is.EqualTo(account.AccountId));
        }

        Assert.That(
            market.Participants.Where(participant => participant.AccountId == 0).Select(participant => participant.KeyId),
            Is.EqualTo(new ulong[] { 101, 102, 103 }));
        Assert.That(market.Instruments[0].Kind, Is.EqualTo(MarketInstrumentKind.Perpetual));
        Assert.That(market.Instruments.Count(instrument => instrument.Kind == MarketInstrumentKind.Call), Is.GreaterThan(5));
    }

    [Test]
    public void Listing_turns_times_after_it_into_moments()
    {
        var listed = DevelopmentMarket.Create().ListedAt(5_000);
        Assert.That(listed.Instruments.Select(instrument => instrument.ExpiresAfterNanos), Is.All.Zero);
        foreach (var (before, after) in DevelopmentMarket.Create().Instruments.Zip(listed.Instruments))
        {
            Assert.That(
                after.ExpiryTimeNanos, Is.EqualTo(before.ExpiresAfterNanos == 0 ? 0 : before.ExpiresAfterNanos + 5_000));
        }

        Assert.That(listed.ListedAt(9_000).Instruments, Is.EqualTo(listed.Instruments), "moments stay");
    }

    [Test]
    public void An_instrument_that_expired_before_it_is_listed_is_refused() =>
        Assert.That(
            () => DevelopmentMarket.Create().ListedAt(1).ListedAt(ulong.MaxValue / 2),
            Throws.TypeOf<OperatorException>().With.Message.Contains("expired"));

    [TestCase("""{"underlyings":[],"instruments":[],"shoes":1}""", "shoes")]
    [TestCase("""{"schema":"hftdelta.market/9","underlyings":[],"instruments":[]}""", "hftdelta.market/9")]
    [TestCase("""{"instruments":[]}""", "underlyings")]
    [TestCase("""{"underlyings":[{"underlyingId":2,"symbol":"BTC"}],"instruments":[]}""", "underlying 1")]
    [TestCase($$"""{"underlyings":[{{Underlying}}],"instruments":[{"instrumentId":1,"underlyingId":1,"symbol":"A"}]}""", "kind")]
    [TestCase(
        $$"""{"underlyings":[{{Underlying}}],"instruments":[{"instrumentId":1,"underlyingId":2,"kind":"future","symbol":"A"}]}""",
        "instrument 1")]
    [TestCase(
        $$"""
        {"underlyings":[{{Underlying}}],"instruments":[
          {"instrumentId":1,"underlyingId":1,"kind":"future","symbol":"A","expiryTimeNanos":5,"expiresAfterNanos":6}]}
        """,
        "both")]
    [TestCase("""{"underlyings":[],"instruments":[],"participants":[{"keyId":7},{"keyId":7}]}""", "key 7")]
    [TestCase(Money + """ "feeSchedules":[{"scheduleId":16,"tiers":[{}]}]}""", "fee schedule 16 must have an id")]
    [TestCase(Money + """ "feeSchedules":[{"scheduleId":1,"tiers":[]}]}""", "fee schedule 1 must have 1 to 8 tiers")]
    [TestCase(
        Money + """ "feeSchedules":[{"scheduleId":1,"tiers":[{"takerPpm":5}]},{"scheduleId":1,"tiers":[{}]}]}""",
        "fee schedule 1 stands there twice")]
    [TestCase(
        Money + """ "feeSchedules":[{"scheduleId":1,"tiers":[{"makerPpm":-9,"takerPpm":8}]}]}""",
        "pays a maker 9 ppm and takes 8 ppm")]
    [TestCase(Money + """ "feeSchedules":[{"scheduleId":1,"tiers":[{"takerPpm":100001}]}]}""", "tier 0: no rate may be above")]
    [TestCase(Money + """ "feeSchedules":[{"scheduleId":1,"tradedMultiple":2,"tiers":[{}]}]}""", "tradedMultiple")]
    [TestCase(
        Money + """
             "feeSchedules":[{"scheduleId":1,"basis":"underlyingValue","tradedMultiple":3334,"tiers":[{"takerPpm":300}]}]}
            """,
        "more than it")]
    [TestCase(
        $$"""
        {"underlyings":[{{Underlying}}],"instruments":[
          {"instrumentId":1,"underlyingId":1,"kind":"perpetual","symbol":"A","feeScheduleId":2}]}
        """,
        "instrument A has fee schedule 2, which is not there")]
    [TestCase(
        Money + """
             "assets":[{"assetId":2,"symbol":"A","underlyingId":1,"atomsPerUnit":1,"quoteAtomsPerTick":1,"venueMaxAtoms":1,
            "accountMaxAtoms":1}]}
            """,
        "asset 1 must have this id")]
    [TestCase(
        $$"""
        {"underlyings":[{{Underlying}}],"instruments":[],"assets":[{"assetId":1,"symbol":"A","underlyingId":1,"atomsPerUnit":0,
        "quoteAtomsPerTick":1,"venueMaxAtoms":1,"accountMaxAtoms":1}]}
        """,
        "asset A must have atomsPerUnit")]
    [TestCase(Money + """ "accounts":[{"accountId":16,"owner":"0x12"}]}""", "account 16 has the owner '0x12'")]
    [TestCase(Money + """ "accounts":[{"accountId":16,"feeTier":8}]}""", "account 16 has fee tier 8")]
    [TestCase(
        Money + """ "accounts":[{"accountId":16,"deposits":[{"assetId":1,"atoms":5}]}]}""",
        "account 16 has a deposit of 5 of asset 1")]
    [TestCase("not json", "cannot be read")]
    public void What_makes_no_sense_is_refused_by_name(string text, string word)
    {
        File.WriteAllText(FilePath, text);
        Assert.That(
            () => MarketSettings.Read(FilePath),
            Throws.TypeOf<OperatorException>()
                .With.Message.Contains(word).And.Message.Contains(FilePath)
                .And.Property(nameof(OperatorException.ExitCode)).EqualTo(ExitCode.Usage));
    }

    [TestCase("""{"keys":[]}""", "no key of role 'governance'")]
    [TestCase($$"""{"keys":[{{Governor}},{"keyId":1,"role":"governance","address":"ADDRESS1"}]}""",
        "twice")]
    [TestCase("""{"keys":[{"keyId":64,"role":"governance","address":"ADDRESS1"}]}""", "1 to 63")]
    [TestCase("""{"keys":[{"keyId":1,"role":"governance","address":"0x01"}]}""", "key 1: an address")]
    [TestCase("""{"keys":[{"keyId":1,"role":"governance","address":"ADDRESS0"}]}""", "nobody's")]
    [TestCase($$"""{"keys":[{{Governor}},{"keyId":2,"role":"module","address":"ADDRESS1"}]}""",
        "no parameters")]
    [TestCase($$"""{"timeLockNanos":2592000000000001,"keys":[{{Governor}}]}""", "30 days")]
    [TestCase($$"""{"contract":"0x1","keys":[{{Governor}}]}""", "governance.contract is said once")]
    [TestCase($$"""{"chainId":7,"keys":[{{Governor}}]}""", "governance.chainId is said once")]
    [TestCase($$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"feeTakerPpm","scope":1,"minimum":0,"maximum":5}]}""",
        "not listed")]
    [TestCase(
        $$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"oracleLateAfterNanos","minimum":1,"maximum":5}]}""",
        "underlying 1 starts with OracleLateAfterNanos 0, outside")]
    [TestCase($$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"orderLotsMax","scope":2,"minimum":0,"maximum":5}]}""",
        "there are 0 to 0")]
    [TestCase($$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"oracleQuorum","row":1,"minimum":1,"maximum":5}]}""",
        "no parameter")]
    [TestCase($$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"oracleQuorum","minimum":1,"maximum":9}]}""", "1 to 8")]
    [TestCase($$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"oracleQuorum","minimum":5,"maximum":4}]}""", "1 to 8")]
    [TestCase($$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"oracleQuorum","minimum":2,"maximum":4}]}""",
        "starts with OracleQuorum 1, outside")]
    [TestCase(
        $$"""{"keys":[{{Governor}}],"envelopes":[{"parameter":"shoes","minimum":2,"maximum":4}]}""", "envelopes[0].parameter")]
    public void Governance_that_makes_no_sense_is_refused_by_name(string governance, string word)
    {
        var written = governance.Replace("ADDRESS", "0x" + new string('0', 39), StringComparison.Ordinal);
        File.WriteAllText(FilePath, $$"""{"underlyings":[{{Underlying}}],"instruments":[],"governance":{{written}} }""");
        Assert.That(
            () => MarketSettings.Read(FilePath),
            Throws.TypeOf<OperatorException>().With.Message.Contains(word).And.Message.Contains(FilePath));
    }

    [TestCase("""{"oracleChainId":5,"underlyings":[],"instruments":[]}""", "oracleChainId is said once")]
    [TestCase("""{"domain":{"chainId":1,"contract":"0x12"},"underlyings":[],"instruments":[]}""", "the domain's contract")]
    public void The_domain_is_said_once_and_in_one_place(string text, string word)
    {
        File.WriteAllText(FilePath, text);
        Assert.That(
            () => MarketSettings.Read(FilePath),
            Throws.TypeOf<OperatorException>().With.Message.Contains(word).And.Message.Contains(FilePath));
    }

    [Test]
    public void Governance_is_read_and_written()
    {
        File.WriteAllText(FilePath, $$"""
            {"underlyings":[{{Underlying}}],"instruments":[],"domain":{"chainId":5},
            "governance":{"timeLockNanos":6,"keys":[{{Governor}},
            {"keyId":2,"role":"module","address":"0x0000000000000000000000000000000000000002","parameters":["oracleQuorum"]}],
            "envelopes":[{"parameter":"oracleQuorum","scope":1,"minimum":1,"maximum":4,"stepMax":2,"cooldownNanos":3}]} }
            """);
        MarketSettings.Read(FilePath).Write(FilePath);
        var market = MarketSettings.Read(FilePath);
        var read = market.Governance!;
        Assert.That((market.Domain!.ChainId, read.TimeLockNanos, read.Keys.Count), Is.EqualTo((5UL, 6UL, 2)));
        Assert.That(read.Keys[1].Parameters, Is.EqualTo(new[] { ParameterId.OracleQuorum }));
        Assert.That(read.Envelopes.Single(), Is.EqualTo(new MarketEnvelope
        {
            Parameter = ParameterId.OracleQuorum,
            Scope = 1,
            Minimum = 1,
            Maximum = 4,
            StepMax = 2,
            CooldownNanos = 3,
        }));
    }

    [Test]
    public void A_file_that_is_not_there_is_said() =>
        Assert.That(() => MarketSettings.Read(FilePath), Throws.TypeOf<OperatorException>().With.Message.Contains(FilePath));

    private static string Strategy(string legs) => Market([OfStrategy(4, legs)]);

    private static string OfStrategy(int id, string legs) =>
        $$"""{"instrumentId":{{id}},"underlyingId":1,"kind":"strategy","symbol":"S{{id}}","legs":{{legs}} }""";

    /// <summary>Two futures on one underlying, one on another, and what is given.</summary>
    private static string Market(IEnumerable<string> instruments) => $$"""
        {"underlyings":[{{Underlying}},{"underlyingId":2,"symbol":"ETH"}],"instruments":[
        {"instrumentId":1,"underlyingId":1,"kind":"future","symbol":"A"},
        {"instrumentId":2,"underlyingId":1,"kind":"future","symbol":"B"},
        {"instrumentId":3,"underlyingId":2,"kind":"future","symbol":"C"},{{string.Join(',', instruments)}} ] }
        """;
}

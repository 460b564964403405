using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Control;
using HftDelta.Node.Development;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Governance;
using HftDelta.Replica.Signing;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Control;

/// <summary>
/// From market.json to a change that is in force, through the operator's line of a running venue: what is signed is sequenced,
/// and nothing else is.
/// </summary>
[CancelAfter(60_000)]
internal sealed class GovernanceDeskTests
{
    private const uint Governor = 1;
    private const uint Module = 2;
    private const ulong Hour = 3_600 * VenueDriver.Second;

    private static readonly CommitmentDomain _domain = new(7, EthereumAddress.Zero);

    private OperatedVenue _venue = null!;

    [SetUp]
    public void OpenVenue() => _venue = new OperatedVenue(Market());

    [TearDown]
    public void CloseVenue() => _venue.Dispose();

    [Test]
    public void A_market_with_governance_is_sealed_with_its_start_values_once_it_is_listed()
    {
        var view = _venue.Driver.Venue.Processor.View;
        Assert.That(view.AreParametersGoverned, Is.True);
        Assert.That(view.Parameter(ParameterId.SettlementThresholdTicks, 1), Is.EqualTo(20));
        Assert.That(view.Parameter(ParameterId.MarginBufferPpm, 1), Is.EqualTo(5_000));
        Assert.That(view.Parameter(ParameterId.OrderLotsMax, 1), Is.EqualTo(500));
        Assert.That(view.Parameter(ParameterId.GovernanceTimeLockNanos), Is.EqualTo((long)Hour));
    }

    [Test]
    public void A_signed_word_of_a_module_comes_into_force_and_every_step_is_told()
    {
        var steps = new List<string>();
        _venue.Operator.Desk.StepHeard = (_, step) => steps.Add($"{step.Outcome} {step.Previous} {step.Value}");
        var answer = Say(Signed(Proposal(Module, 25), Module));
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Applied), answer.What);
        Assert.That(answer.Step!.Outcome, Is.EqualTo("Proposed"));
        _venue.Settle();
        Assert.That(_venue.Driver.Venue.Processor.View.Parameter(ParameterId.SettlementThresholdTicks, 1), Is.EqualTo(25));
        Assert.That(steps, Is.EqualTo(new[] { "Proposed 0 25", "Activated 20 25" }));
    }

    [Test]
    public void A_word_that_its_key_has_not_signed_is_not_sequenced()
    {
        var word = Proposal(Module, 25);
        var forged = new (string What, GovernanceWord Word)[]
        {
            ("unsigned", word),
            ("another key", Signed(word, Governor)),
            ("another value", Signed(word, Module) with { Value = 26 }),
            ("another number", Signed(word, Module) with { Sequence = 2 }),
            ("another venue", word.Sign(new GovernanceDigest(CommitmentDomain.Development), Signer(Module))),
            ("no such key", Signed(word with { KeyId = 9 }, Module)),
            ("half a signature", word with { Signature = "0x12" }),
            ("no digits", word with { Signature = "0x" + new string('g', 130) }),
        };
        foreach (var (what, each) in forged)
        {
            var before = _venue.Driver.Venue.LastSequence;
            var answer = Say(each);
            Assert.That(answer.Result, Is.EqualTo(ControlResult.Invalid), what);
            Assert.That(answer.What, Is.Not.Empty, what);
            Assert.That(_venue.Driver.Venue.LastSequence, Is.EqualTo(before), what);
        }

        Assert.That(Say(Signed(word, Module)).Result, Is.EqualTo(ControlResult.Applied), "its number was not used up");
    }

    [Test]
    public void A_refused_word_is_answered_with_the_reason_and_what_it_ran_against()
    {
        var answer = Say(Signed(Proposal(Module, 31), Module));
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Rejected));
        Assert.That(answer.Step!.Code, Is.EqualTo("ParameterOutsideEnvelope"));
        Assert.That(answer.Step.Bound, Is.EqualTo(30));
        Assert.That(answer.What, Does.Contain("ParameterOutsideEnvelope, 30"));
        answer = Say(Signed(Proposal(Module, 25), Module));
        Assert.That(answer.Step!.Code, Is.EqualTo("GovernanceSequenceUsed"));
    }

    [Test]
    public void The_listing_tells_values_envelopes_keys_and_what_waits()
    {
        Assert.That(Say(Signed(Proposal(Governor, 99), Governor)).Result, Is.EqualTo(ControlResult.Applied));
        var answer = _venue.Ask(new ControlRequest { Verb = ControlVerb.Parameters });
        var governance = answer.Governance!;
        Assert.That(governance.IsSealed, Is.True);
        var threshold = governance.Parameters.Single(each => each.Parameter == "SettlementThresholdTicks");
        Assert.That(
            (threshold.Value, threshold.Minimum, threshold.Maximum, threshold.StepMax, threshold.HasEnvelope),
            Is.EqualTo((20L, 10L, 30L, 10L, true)));
        Assert.That((threshold.Owner, threshold.Unit, threshold.Scope), Is.EqualTo(("underlying", "ticks", 1u)));
        var share = governance.Parameters.Single(each => each.Parameter == "PoolShareOfClaimPpm");
        Assert.That((share.Owner, share.Unit, share.Maximum, share.HasEnvelope), Is.EqualTo(("venue", "ppm", 800_000L, false)));
        Assert.That(governance.ChainId, Is.EqualTo(_domain.ChainId), "whoever signs takes the venue's domain");
        Assert.That(governance.Keys.Select(key => (key.KeyId, key.LastSequence)), Is.EqualTo(new[] { (1u, 1UL), (2u, 0UL) }));
        Assert.That(governance.Keys[1].Parameters, Is.EqualTo(new[] { "SettlementThresholdTicks" }));
        var proposal = governance.Proposals.Single();
        Assert.That(
            (proposal.Value, proposal.ActivationTimeNanos),
            Is.EqualTo((99L, _venue.Driver.Clock.Now.Value + (2 * Hour))));
        var cancel = Word(Governor, 2, GovernanceActionKind.Cancel) with { Subject = proposal.Proposal };
        Assert.That(Say(Signed(cancel, Governor)).Step!.Outcome, Is.EqualTo("Canceled"));
        Assert.That(Say(Signed(Word(Governor, 3, GovernanceActionKind.Freeze), Governor)).Governance!.IsFrozen, Is.True);
    }

    [Test]
    public void The_operators_own_ways_are_closed_and_he_is_told_where_to_go()
    {
        var answer = _venue.Ask(new ControlRequest
        {
            Verb = ControlVerb.Rules,
            Instruments = ["1"],
            Rules = new RulesChange { OrderLotsMax = 5 },
        });
        Assert.That(answer.Result, Is.EqualTo(ControlResult.Rejected));
        Assert.That(answer.What, Does.Contain("ParametersGoverned"));
        Assert.That(answer.Next, Does.Contain("hftdelta params propose"));
    }

    [Test]
    public void After_a_restart_keys_are_known_and_nothing_is_set_up_again()
    {
        Assert.That(Say(Signed(Proposal(Module, 25), Module)).Result, Is.EqualTo(ControlResult.Applied));
        _venue.Settle();
        _venue.Restart();
        var view = _venue.Driver.Venue.Processor.View;
        Assert.That(view.Parameter(ParameterId.SettlementThresholdTicks, 1), Is.EqualTo(25), "not the market's start value");
        Assert.That(view.Parameter(ParameterId.OrderLotsMax, 1), Is.EqualTo(500));
        Assert.That(Say(Signed(Proposal(Module, 24) with { Sequence = 2 }, Module)).Result, Is.EqualTo(ControlResult.Applied));
    }

    [Test]
    public void A_restart_with_another_domain_is_refused()
    {
        _venue.Reopen();
        var other = Market() with { Domain = new MarketDomain { ChainId = _domain.ChainId + 1 } };
        Assert.That(
            () => new VenueOperator(_venue.Driver.Venue, other, _venue.MarketPath),
            Throws.TypeOf<OperatorException>().With.Message.Contains("another domain"));
    }

    private static MarketSettings Market() => new()
    {
        Underlyings =
        [
            new MarketUnderlying
            {
                UnderlyingId = 1,
                Symbol = "BTC",
                SettlementThresholdTicks = 20,
                SettlementThresholdPpm = 0,
                SettlementIntervalNanos = 0,
                OracleMaxAgeNanos = 24 * Hour,
                MarginBufferPpm = 5_000,
            },
        ],
        Instruments =
        [
            new MarketInstrument
            {
                InstrumentId = 1,
                UnderlyingId = 1,
                Kind = MarketInstrumentKind.Perpetual,
                Symbol = "BTC-PERP",
                Rules = new MarketRules { OrderLotsMax = 500 },
            },
        ],
        Domain = new MarketDomain { ChainId = _domain.ChainId },
        Governance = new MarketGovernance
        {
            TimeLockNanos = Hour,
            Keys =
            [
                new MarketGovernanceKey
                {
                    KeyId = Governor,
                    Role = GovernanceRole.Governance,
                    Address = Signer(Governor).Address.ToString(),
                },
                new MarketGovernanceKey
                {
                    KeyId = Module,
                    Role = GovernanceRole.Module,
                    Address = Signer(Module).Address.ToString(),
                    Parameters = [ParameterId.SettlementThresholdTicks],
                },
            ],
            Envelopes =
            [
                new MarketEnvelope
                {
                    Parameter = ParameterId.SettlementThresholdTicks,
                    Scope = 1,
                    Minimum = 10,
                    Maximum = 30,
                    StepMax = 10,
                    TimeLockNanos = 2 * Hour,
                },
            ],
        },
    };

    private static ManagedSigner Signer(uint key) => new(Enumerable.Repeat((byte)key, Bytes32.LengthBytes).ToArray());

    private static GovernanceWord Word(uint key, ulong sequence, GovernanceActionKind action) =>
        new() { KeyId = key, Sequence = sequence, Action = action };

    private static GovernanceWord Proposal(uint key, long threshold) => Word(key, 1, GovernanceActionKind.SetValue) with
    {
        Parameter = (ushort)ParameterId.SettlementThresholdTicks,
        Scope = 1,
        Value = threshold,
    };

    private static GovernanceWord Signed(GovernanceWord word, uint key) => word.Sign(new GovernanceDigest(_domain), Signer(key));

    private ControlAnswer Say(GovernanceWord word) => _venue.Ask(new ControlRequest { Verb = ControlVerb.Govern, Word = word });
}

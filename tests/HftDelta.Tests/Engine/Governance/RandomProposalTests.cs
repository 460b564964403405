using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Replica.Snapshots;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>
/// Random words of random keys against a slow model: after every command the same steps with the same reasons, the same values
/// and as many proposals that wait; and a replay of all of it has the same state and the same events.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class RandomProposalTests
{
    private const ulong Second = VenueScript.Second;
    private const uint KeysUsed = 6;
    private const uint Buyer = 20;
    private const uint Seller = 21;

    private const uint Funded = 4;

    private static readonly (ParameterId Parameter, long Minimum, long Maximum, uint[] Scopes)[] _parameters =
    [
        (ParameterId.SettlementThresholdTicks, 1, 1L << 40, [1, 2]),
        (ParameterId.ShortOptionMarginPpm, 1_000, 1_000_000, [1, 2]),
        (ParameterId.ShortOptionMinimumPpm, 1_000, 1_000_000, [1, 2]),
        (ParameterId.OracleQuorum, 1, 8, [1, 2]),
        (ParameterId.MarginBufferPpm, 0, 10_000_000, [1, 2]),
        (ParameterId.LotSize, 0, 1L << 32, [1, 2, 3, Funded]),
        (ParameterId.OrderLotsMax, 0, 1L << 32, [1, 2, 3, Funded]),
        (ParameterId.FundingBasePpb, -1_000_000_000, 1_000_000_000, [Funded]),
        (ParameterId.FundingCapPpb, 1, 1_000_000_000, [Funded]),
        (ParameterId.FundingImpactLots, 0, 1L << 40, [Funded]),
        (ParameterId.InstrumentFeeSchedule, 0, 15, [1, 2, 3, Funded]),
        (ParameterId.OracleReportJumpPpm, 0, 1_000_000, [1, 2]),
        (ParameterId.OracleMedianDeviationPpm, 0, 1_000_000, [1, 2]),
        (ParameterId.OracleDisabledSources, 0, 255, [1, 2]),
        (ParameterId.OracleClockSkewMaxNanos, 0, 1L << 62, [1, 2]),
        (ParameterId.OracleReportAgeMaxNanos, 0, 1L << 62, [1, 2]),
        (ParameterId.OracleLateAfterNanos, 0, 1L << 62, [1, 2]),
        (ParameterId.OracleStaleAfterNanos, 0, 1L << 62, [1, 2]),
        (ParameterId.OracleDeadAfterNanos, 0, 1L << 62, [1, 2]),
        (ParameterId.OracleRecoveryNanos, 0, 1L << 62, [1, 2]),
        (ParameterId.SettlementWindowNanos, 0, 1L << 47, [1, 2]),
        (ParameterId.FeeMakerPpm, -100_000, 100_000, [1, 2]),
        (ParameterId.FeeTakerPpm, -100_000, 100_000, [1, 2]),
        (ParameterId.FeeAuctionPpm, 0, 100_000, [1, 2]),
        (ParameterId.FeeSettlementPpm, 0, 100_000, [1, 2]),
        (ParameterId.FeeFundingPpm, 0, 100_000, [1, 2]),
        (ParameterId.FeeTradedMultiple, 0, 1_000_000, [1, 2]),
        (ParameterId.AssetHaircutPpm, 0, 1_000_000, [1]),
        (ParameterId.AssetAccountMaxAtoms, 0, 1L << 60, [1]),
        (ParameterId.PoolShareOfClaimPpm, 0, 800_000, [0]),
        (ParameterId.PoolCapAtoms, 0, 1L << 60, [0]),
        (ParameterId.PoolKinkPpm, 0, 999_999, [0]),
        (ParameterId.PoolIdleRatePpm, 0, 10_000_000, [0]),
        (ParameterId.PoolKinkRatePpm, 0, 10_000_000, [0]),
        (ParameterId.PoolFullRatePpm, 0, 10_000_000, [0]),
    ];

    [Test]
    public void Random_words_of_random_keys_do_what_the_model_says()
    {
        var seed = LongSuite.Seed(20_261_124);
        var outcomes = new Dictionary<(GovernanceOutcome, RejectCode), int>();
        for (var life = 0; life < LongSuite.Volume(150, 10_000); life++)
        {
            var own = SplitMix64.Mix(seed + (ulong)life);
            try
            {
                using var random = new Life(own, outcomes);
                random.Run(commands: 400);
            }
            catch (Exception fault)
            {
                Assert.Fail($"life with seed {own}: {fault}");
            }
        }

        RejectCode[] expected =
        [
            RejectCode.UnknownGovernanceKey, RejectCode.GovernanceSequenceUsed, RejectCode.GovernanceFrozen,
            RejectCode.UnknownParameter, RejectCode.ParameterNotOfModule, RejectCode.ParameterOutsideEnvelope,
            RejectCode.ParameterStepTooLarge, RejectCode.ParameterCoolingDown, RejectCode.ActivationTooEarly,
            RejectCode.ParameterConflict, RejectCode.ProposalOutstanding, RejectCode.UnknownProposal,
            RejectCode.ParameterHasNoEnvelope, RejectCode.NotGovernance, RejectCode.DeadlinePassed, RejectCode.BadParameter,
        ];
        Assert.That(expected.Where(code => !outcomes.ContainsKey((GovernanceOutcome.Refused, code))), Is.Empty, "never met");
        Assert.That(outcomes[(GovernanceOutcome.Activated, default)], Is.GreaterThan(500));
        Assert.That(outcomes[(GovernanceOutcome.Canceled, default)], Is.GreaterThan(20));
    }

    /// <summary>One engine and one model.</summary>
    private sealed class Life : IDisposable
    {
        private readonly Dictionary<(GovernanceOutcome, RejectCode), int> _outcomes;
        private readonly EngineHarness _engine =
            new(EngineLimits.Small with { Accounts = 64, Orders = 1_024, EventSlotsPerCommand = 4_096 });

        private readonly VenueScript _venue;
        private readonly GovernanceScript _script;
        private readonly ModelGovernance _model = new();
        private SplitMix64 _random;

        public Life(ulong seed, Dictionary<(GovernanceOutcome, RejectCode), int> outcomes)
        {
            _outcomes = outcomes;
            _random = new SplitMix64(seed);
            _venue = new VenueScript(_engine);
            _script = new GovernanceScript(_engine);
            _venue.ListUnderlying(1, thresholdTicks: 100, intervalNanos: 10 * Second);
            _venue.ListUnderlying(2, thresholdTicks: 50);
            _venue.Oracle(100_000);
            _venue.ListPerpetual(1);
            _venue.ListPerpetual(2);
            _venue.ListPerpetual(3);
            SetUpMoney();
            foreach (var (parameter, minimum, maximum, scopes) in _parameters)
            {
                _model.Bounds[parameter] = (minimum, maximum);
                foreach (var scope in scopes)
                {
                    _model.Values[(parameter, scope)] = _engine.View.Parameter(parameter, scope);
                }
            }

            _model.Bounds[ParameterId.GovernanceTimeLockNanos] = (0, 30L * 86_400 * (long)Second);
            _model.Values[(ParameterId.GovernanceTimeLockNanos, 0)] = 100 * (long)Second;
            SetKey(1, GovernanceRole.Governance);
            SetKey(2, GovernanceRole.Module, ParameterId.SettlementThresholdTicks, ParameterId.OracleQuorum);
            SetKey(3, GovernanceRole.Module, ParameterId.LotSize, ParameterId.OrderLotsMax, ParameterId.MarginBufferPpm);
            SetKey(4, GovernanceRole.Module, ParameterId.FeeTakerPpm, ParameterId.FundingBasePpb, ParameterId.PoolFullRatePpm);
            SetEnvelope(ParameterId.FeeTakerPpm, 0, new ParameterLimits(-50, 300, 40, 5 * Second, 10 * Second));
            SetEnvelope(ParameterId.FundingBasePpb, Funded, new ParameterLimits(-200, 200, 60, 5 * Second, 10 * Second));
            SetEnvelope(ParameterId.PoolFullRatePpm, 0, new ParameterLimits(0, 500, 100, 5 * Second, 10 * Second));
            SetEnvelope(ParameterId.SettlementThresholdTicks, 1, new ParameterLimits(10, 300, 40, 20 * Second, 30 * Second));
            SetEnvelope(ParameterId.OracleQuorum, 0, new ParameterLimits(1, 4, 1, 5 * Second, 10 * Second));
            SetEnvelope(ParameterId.OrderLotsMax, 0, new ParameterLimits(0, 200, 0, 0, 10 * Second));
            _script.Seal(100 * Second);
        }

        public void Run(int commands)
        {
            for (var command = 0; command < commands; command++)
            {
                Step();
                Compare();
            }

            _engine.View.Audit();
            using var replay = _engine.Replay();
            Assert.That(replay.Processor.StateHash(), Is.EqualTo(_engine.Processor.StateHash()), "replayed state");
            Assert.That(replay.Processor.HistoryHash, Is.EqualTo(_engine.Processor.HistoryHash), "replayed events");
            Assert.That(replay.Processor.RecomputeStateHash(), Is.EqualTo(_engine.Processor.StateHash()), "recomputed state");
            SnapshotLife.Prove(_engine);
        }

        public void Dispose() => _engine.Dispose();

        /// <summary>Whatever changes, somebody gains and loses by it: two hold the most that they can of everything.</summary>
        private void SetUpMoney()
        {
            _venue.List(new ListingWords
            {
                Instrument = Funded,
                Kind = InstrumentKind.Perpetual,
                FundingPeriod = 3_600 * Second,
                BasePpb = 100,
                CapPpb = 1_000,
            });
            for (ushort schedule = 1; schedule <= 2; schedule++)
            {
                _venue.SetFees(
                    schedule, FeeBasis.TradedValue, 0, new TierRates(Maker: -10, Taker: 60, Settlement: 100, Funding: 1_000));
            }

            _venue.SetInstrumentFees(1, 1);
            _venue.SetInstrumentFees(Funded, 2);
            _venue.ListAsset(1, haircutPpm: 100);
            _engine.SendInternal(SettlementPoolTermsEncoder.Wrap(_engine.Buffer).SetShareOfClaimPpm(100).SetCapAtoms(200)
                .SetKinkPpm(100).SetIdleRatePpm(10).SetKinkRatePpm(100).SetFullRatePpm(300).EncodedLength);
            _venue.OpenTrader(Buyer, 1L << 40);
            _venue.OpenTrader(Seller, 1L << 40);
            _venue.DepositAsset(Buyer, 1, 1_000, 2);
            foreach (var instrument in new[] { 1u, 2u, 3u, Funded })
            {
                _venue.Order(Seller, instrument, Side.Sell, 100_000, 7);
                _venue.Order(Buyer, instrument, Side.Buy, 100_000, 5);
            }
        }

        private void SetKey(uint key, GovernanceRole role, params ParameterId[] parameters)
        {
            _script.SetKey(key, role, parameters);
            _model.SetKey(key, role, parameters);
        }

        private void SetEnvelope(ParameterId parameter, uint scope, ParameterLimits limits)
        {
            _script.SetEnvelope(parameter, scope, limits);
            _model.SetEnvelope(parameter, scope, limits);
        }

        private void Step()
        {
            _engine.TimeNanos += Below(4) switch
            {
                0 => 0,
                1 => (ulong)Below(3),
                2 => (ulong)Below(10) * Second,
                _ => (ulong)Below(60) * Second,
            };
            _engine.AnswerRisk = false;
            _model.Begin(_engine.TimeNanos, (ulong)_engine.Processor.LastSequence.Value + 1);
            switch (Below(11))
            {
                case 0:
                    _engine.Tick();
                    break;
                case 1:
                    _venue.Oracle(100_000 + Below(500));
                    break;
                case 2:
                    _venue.Deposit(Below(2) == 0 ? Buyer : Seller, 1);
                    break;
                default:
                    var words = Words();
                    _script.Say(words);
                    _model.Say(words, _engine.TimeNanos);
                    break;
            }
        }

        private GovernanceWords Words()
        {
            var key = (uint)Below(8) switch { 0 => (uint)Below((int)KeysUsed + 1), 1 or 2 or 3 => 1u, 4 => 2u, 5 => 3u, _ => 4u };
            var action = Below(16) switch
            {
                0 => GovernanceActionKind.SetEnvelope,
                1 => GovernanceActionKind.SetKey,
                2 => GovernanceActionKind.Cancel,
                3 => Below(3) == 0 ? GovernanceActionKind.Freeze : GovernanceActionKind.Unfreeze,
                4 => _model.IsFrozen ? GovernanceActionKind.Unfreeze : (GovernanceActionKind)Below(9),
                _ => GovernanceActionKind.SetValue,
            };
            var (parameter, scope) = key switch
            {
                2 when Below(4) != 0 => (ParameterId.SettlementThresholdTicks, 1u),
                3 when Below(4) != 0 => (ParameterId.OrderLotsMax, 1u + (uint)Below(3)),
                4 when Below(4) != 0 => Below(3) switch
                {
                    0 => (ParameterId.FeeTakerPpm, 1u + (uint)Below(2)),
                    1 => (ParameterId.FundingBasePpb, Funded),
                    _ => (ParameterId.PoolFullRatePpm, 0u),
                },
                _ => Parameter(),
            };
            var next = _model.NextSequence(key);
            return new GovernanceWords
            {
                KeyId = key,
                Sequence = Below(12) == 0 ? (ulong)Below((int)next + 1) + 1 : next + (ulong)Below(2),
                Action = action,
                Parameter = parameter,
                Scope = scope,
                Value = Value(parameter, scope),
                Limits = Limits(),
                ActivationTime = Below(3) == 0 ? _engine.TimeNanos + ((ulong)Below(150) * Second) : 0,
                ActivationSequence = Below(6) == 0
                    ? (ulong)_engine.Processor.LastSequence.Value + (ulong)Below(12)
                    : 0,
                Deadline = Below(10) == 0 ? _engine.TimeNanos + (ulong)Below(2) : 0,
                Subject = action == GovernanceActionKind.SetKey ? (uint)Below((int)KeysUsed + 1) : Waiting(),
                Role = (GovernanceRole)Below(3),
                Parameters = [.. _parameters.Where(_ => Below(2) == 0).Select(each => each.Parameter)],
                Address = (byte)(1 + Below(3)),
                Signer = Below(20) == 0 ? (byte)99 : byte.Max(_model.HolderOf(key), 1),
            };
        }

        private uint Waiting()
        {
            var waiting = _model.WaitingNumbers.ToList();
            return waiting.Count == 0 || Below(5) == 0 ? (uint)Below(100) : waiting[Below(waiting.Count)];
        }

        private (ParameterId Parameter, uint Scope) Parameter()
        {
            var place = Below(_parameters.Length + 2);
            return place == _parameters.Length ? (ParameterId.GovernanceTimeLockNanos, (uint)(Below(8) == 0 ? 1 : 0))
                : place > _parameters.Length ? ((ParameterId)(110 + Below(30)), 1u)
                : (_parameters[place].Parameter, Below(8) == 0
                    ? (uint)Below(6)
                    : _parameters[place].Scopes[Below(_parameters[place].Scopes.Length)]);
        }

        private long Value(ParameterId parameter, uint scope)
        {
            if (parameter == ParameterId.GovernanceTimeLockNanos)
            {
                return (Below(300) - 2) * (long)Second;
            }

            var present = _model.Values.GetValueOrDefault((parameter, scope));
            return Below(4) switch
            {
                0 => Below(400) - 3,
                1 => present + Below(300) - 150,
                _ => present + Below(5) - 2,
            };
        }

        private ParameterLimits Limits()
        {
            var minimum = Below(60) - 1;
            return new ParameterLimits(
                minimum, minimum + Below(400) - 2, Below(60) - 1, (ulong)Below(30) * Second, (ulong)Below(60) * Second);
        }

        private int Below(int limit) => (int)(_random.Next() % (ulong)limit);

        private void Compare()
        {
            var told = _engine.Events
                .Where(record => record.SchemaId == InternalSchema.Id && record.TemplateId == GovernanceReportDecoder.TemplateId)
                .Select(record => GovernanceFixture.Told.Of(GovernanceReportDecoder.Trusted(record.Frame)))
                .Select(report => new GovernanceStep(report.Outcome, report.Proposal, report.Code, report.Bound)).ToList();
            Assert.That(told, Is.EqualTo(_model.Steps));
            foreach (var step in told)
            {
                _outcomes[(step.Outcome, step.Code)] = _outcomes.GetValueOrDefault((step.Outcome, step.Code)) + 1;
            }

            Assert.That(_engine.View.WaitingProposals, Is.EqualTo(_model.WaitingCount));
            Assert.That(_engine.View.IsGovernanceFrozen, Is.EqualTo(_model.IsFrozen));
            foreach (var (key, value) in _model.Values)
            {
                Assert.That(_engine.View.Parameter(key.Parameter, key.Scope), Is.EqualTo(value), $"{key}");
            }
        }
    }
}

using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>
/// Random lives of an oracle whose sources lie, repeat themselves, come late, have wrong clocks and fall silent, against the
/// plain model: every verdict, every price and class is the same, and settlement follows the confirmed price and nothing else.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class OracleHistoryTests
{
    private const ulong Second = VenueScript.Second;
    private const uint Sources = 5;

    private static readonly InstrumentId _perpetual = new(1);
    private static readonly UnderlyingId _underlying = new(1);

    [Test]
    public void Verdict_price_and_class_are_those_of_the_model_and_settlement_follows_the_confirmed_price_alone()
    {
        var seed = LongSuite.Seed(20_261_125);
        var histories = LongSuite.Volume(150, 20_000);
        var codes = new SortedDictionary<RejectCode, long>();
        var classes = new SortedDictionary<StalenessClass, long>();
        for (var history = 0; history < histories; history++)
        {
            var own = SplitMix64.Mix(seed + (ulong)history);
            try
            {
                using var life = new Life(own);
                life.Run(200, codes, classes);
            }
            catch (Exception fault)
            {
                Assert.Fail($"history with seed {own}: {fault}");
            }
        }

        TestContext.Out.WriteLine(string.Join(", ", codes.Select(entry => $"{entry.Key} {entry.Value:N0}")));
        foreach (var code in new[]
        {
            default, RejectCode.OracleReportOutOfRange, RejectCode.OracleReportStale, RejectCode.OracleClockSkew,
            RejectCode.OracleReportTooOld, RejectCode.OracleReportJumps, RejectCode.OracleReportDeviates,
            RejectCode.OracleSourceDisabled,
        })
        {
            Assert.That(codes.GetValueOrDefault(code), Is.GreaterThan(histories), $"{code}: histories without it prove nothing");
        }

        Assert.That(classes.Keys, Is.EquivalentTo(Enum.GetValues<StalenessClass>().Take(5)));
    }

    private sealed class Life : IDisposable
    {
        private readonly SeededRandom _random;
        private readonly EngineHarness _engine = new(EngineLimits.Small with { Accounts = 64, Orders = 1_024 });
        private readonly OracleScript _oracle;
        private readonly OracleModel _model;
        private readonly OracleRulesWords _rules;
        private readonly int _liars;
        private readonly ulong[] _numbers = new ulong[Sources + 1];
        private readonly long[] _clocks = new long[Sources + 1];
        private long _truth = 100_000;

        public Life(ulong seed)
        {
            _random = new SeededRandom(seed);
            _oracle = new OracleScript(_engine);
            var quorum = (int)_random.NextInRange(1L, 4);
            var maxAge = (ulong)_random.NextInRange(1L, 6) * Second;
            _liars = (int)_random.NextInRange(0L, 4);
            _rules = Rules();
            for (var source = 1; source <= Sources; source++)
            {
                _clocks[source] = _random.NextInRange(-2_000_000_000L, 2_000_000_000);
            }

            var venue = new VenueScript(_engine);
            venue.ListUnderlying(thresholdTicks: 1, quorum: (byte)quorum);
            venue.Activate(ParameterId.OracleMaxAgeNanos, (long)maxAge);
            _oracle.Rules(_rules);
            _model = new OracleModel(_rules, quorum, maxAge);
            while (_model.Price == 0)
            {
                Honest((uint)_random.NextInRange(1L, Sources));
            }

            venue.ListPerpetual(_perpetual.Value);
        }

        public void Run(
            int steps, SortedDictionary<RejectCode, long> codes, SortedDictionary<StalenessClass, long> classes)
        {
            for (var step = 0; step < steps; step++)
            {
                _truth = Math.Max(50_000, _truth + _random.NextInRange(-200L, 200));
                if (_random.Chance(1, 4))
                {
                    Pass(_random.Chance(1, 12) ? _random.NextBelow(90 * Second) : _random.NextBelow(3 * Second));
                }
                else if (_random.Chance(1, 40))
                {
                    Silence();
                }
                else
                {
                    var code = Say((uint)_random.NextInRange(1L, Sources));
                    codes[code] = codes.TryGetValue(code, out var seen) ? seen + 1 : 1;
                }

                var now = _engine.View.Staleness(_underlying);
                classes[now] = classes.TryGetValue(now, out var count) ? count + 1 : 1;
            }

            _engine.View.Audit();
            Assert.That(_engine.Processor.RecomputeStateHash(), Is.EqualTo(_engine.Processor.StateHash()));
        }

        public void Dispose() => _engine.Dispose();

        private OracleRulesWords Rules()
        {
            var isAged = _random.Chance(3, 4);
            var isTimed = _random.Chance(3, 4);
            return new OracleRulesWords
            {
                JumpPpm = _random.Chance(3, 4) ? (uint)_random.NextInRange(2_000L, 40_000) : 0,
                DeviationPpm = _random.Chance(3, 4) ? (uint)_random.NextInRange(2_000L, 60_000) : 0,
                SkewMaxNanos = isTimed ? 3 * Second : 0,
                AgeMaxNanos = isTimed && _random.Chance(3, 4) ? Second / 2 : 0,
                LateNanos = isAged ? 2 * Second : 0,
                StaleNanos = isAged ? 10 * Second : 0,
                DeadNanos = isAged ? 40 * Second : 0,
                RecoveryNanos = isAged && _random.Chance(2, 3) ? 5 * Second : 0,
            };
        }

        private void Pass(ulong nanos)
        {
            var before = Settled();
            _oracle.Wait(nanos);
            Assert.That(Settled(), Is.EqualTo(before), "time settles nothing");
            Compare("time");
        }

        private void Silence()
        {
            var mask = (byte)(_random.Chance(1, 2) ? 0 : 1 << (int)_random.NextBelow(Sources));
            var before = Settled();
            _oracle.Rules(_rules with { DisabledSources = mask });
            _model.Silence([.. Enumerable.Range(1, (int)Sources).Where(source => (mask >> (source - 1) & 1) != 0)
                .Select(source => (uint)source)]);
            Assert.That(Settled(), Is.EqualTo(before));
            Compare("silenced");
        }

        /// <summary>An honest report, or one of everything that can be wrong.</summary>
        private RejectCode Say(uint source)
        {
            var now = _engine.TimeNanos;
            var clock = (ulong)((long)now + _clocks[source]);
            return _random.PickWeighted([30, source <= _liars ? 30U : 0, 3, 3, 3, 3, 3, 3]) switch
            {
                0 => Honest(source),
                1 => Report(source, Lie(), clock, ++_numbers[source]),
                2 => Report(source, -_random.NextInRange(0L, 100_000), clock, ++_numbers[source]),
                3 => Report(source, _truth, clock, _numbers[source]),
                4 => Report(source, _truth, clock, _numbers[source] - _random.NextBelow(_numbers[source] + 1)),
                5 => Report(source, _truth, clock - _random.NextBelow(4 * Second), ++_numbers[source]),
                6 => Report(source, _truth, clock + _random.NextBelow(4 * Second), ++_numbers[source]),
                _ => Report(source, (1L << 38) + _random.NextInRange(1L, 1L << 40), clock, ++_numbers[source]),
            };
        }

        private RejectCode Honest(uint source)
        {
            var clock = (ulong)((long)_engine.TimeNanos + _clocks[source]);
            return Report(source, _truth + _random.NextInRange(-20L, 20), clock, ++_numbers[source]);
        }

        private long Lie() => _random.PickWeighted([1, 1, 1]) switch
        {
            0 => _truth * 3 / 2,
            1 => Math.Max(1, _truth / 3),
            _ => Math.Max(1, _truth + _random.NextInRange(-4_000L, 4_000)),
        };

        private RejectCode Report(uint source, long price, ulong sourceTime, ulong number)
        {
            var (before, told) = (Settled(), _model.Price);
            var code = _oracle.Report(source, price, sourceTime, number);
            Assert.That(
                code, Is.EqualTo(_model.Report(source, price, sourceTime, number, _engine.TimeNanos)),
                $"source {source} number {number} says {price}");
            if (code != default)
            {
                Assert.That(Settled(), Is.EqualTo(before), $"{code} settles nothing");
                Assert.That(_engine.Count(DeltaSettlementDecoder.TemplateId), Is.Zero);
                Assert.That(_engine.Count(OracleReportRefusedDecoder.TemplateId), Is.EqualTo(1));
            }

            Compare($"{code}");
            if (told != _model.Price)
            {
                HeldByTheHonest();
            }

            return code;
        }

        /// <summary>While more than twice as many count as lie, the price is between what honest sources say.</summary>
        private void HeldByTheHonest()
        {
            var counting = _model.Counting(_engine.TimeNanos).ToList();
            var honest = counting.Where(entry => entry.Source > _liars).Select(entry => entry.Price).ToList();
            if (counting.Count > 2 * (counting.Count - honest.Count))
            {
                Assert.That(_model.Price, Is.InRange(honest.Min(), honest.Max()));
            }
        }

        private void Compare(string after)
        {
            Assert.That(_engine.View.OraclePrice(_underlying).Value, Is.EqualTo(_model.Price), $"price after {after}");
            Assert.That(
                _engine.View.Staleness(_underlying), Is.EqualTo(_model.Class(_engine.TimeNanos)), $"class after {after}");
            if (_engine.View.InstrumentCount != 0)
            {
                Assert.That(_engine.View.SettlementPrice(_perpetual).Value, Is.EqualTo(_model.Price), "S*");
                Assert.That(
                    _engine.View.DeltaIndex(_perpetual).Value, Is.EqualTo((Int128)_model.Price << 32), "D of delta 1 is S*");
            }
        }

        private (Int128 Index, long Price, Int128 Mark) Settled() => _engine.View.InstrumentCount == 0
            ? default
            : (_engine.View.DeltaIndex(_perpetual).Value, _engine.View.SettlementPrice(_perpetual).Value,
                _engine.View.Mark(_perpetual).Value);
    }
}

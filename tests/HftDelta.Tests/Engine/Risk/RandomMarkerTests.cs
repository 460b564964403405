using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Replica.Snapshots;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Risk;

/// <summary>
/// Ticks, late workers, dirty inputs, listings, expiries, parameters, surfaces and restarts in random order: the venue that was
/// restarted, one that was not, and replays hold the same bits. The property knows no model.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class RandomMarkerTests
{
    private const int Steps = 160;

    [Test]
    public void Any_order_of_ticks_workers_changes_and_restarts_replays_to_the_same_state([Range(1, 12)] int seed)
    {
        var words = new SeededWords((ulong)seed);
        using var history = new History(words);
        for (var step = 0; step < Steps; step++)
        {
            history.Step();
            if (step % 40 == 39)
            {
                history.AssertReplayed($"seed {seed}, step {step}");
            }
        }

        history.AssertGoesOnFromSnapshots((ulong)seed);
        Assert.That(history.Restarts, Is.GreaterThan(0), $"seed {seed}");
        Assert.That(history.Installed, Is.GreaterThan(10), $"seed {seed}");
    }

    [Test]
    public void The_random_histories_meet_what_they_are_for()
    {
        var (slices, ignored, expired) = (0, 0, 0);
        for (ulong seed = 1; seed <= 6; seed++)
        {
            using var history = new History(new SeededWords(seed));
            for (var step = 0; step < Steps; step++)
            {
                history.Step();
            }

            slices += history.Slices;
            ignored += history.Ignored;
            expired += history.Expired;
        }

        Assert.That((slices > 20, ignored > 5, expired > 5), Is.EqualTo((true, true, true)), $"{slices}, {ignored}, {expired}");
    }

    private sealed class History : IDisposable
    {
        private readonly SeededWords _words;
        private readonly RiskFixture _fixture = new();
        private readonly long[] _prices = [0, RiskFixture.Price, 50_000];
        private readonly ulong[] _asked = new ulong[3];

        public History(SeededWords words)
        {
            _words = words;
            Venue.ListUnderlying(2, intervalNanos: 7 * VenueScript.Second);
            Venue.Oracle(_prices[2], 2, through: OracleOfTwo, sourceSequence: 1);
            Venue.ListPerpetual(8, underlying: 2);
            Venue.ListOption(9, isCall: true, 51_000, _fixture.Near, underlying: 2);
            Venue.OpenTrader(20, 1L << 52);
            Venue.OpenTrader(21, 1L << 52);
            Engine.AnswerRisk = false;
        }

        private const uint OracleOfTwo = 12;

        public int Restarts { get; private set; }

        public int Installed { get; private set; }

        /// <summary>Markers of another list of instruments or other parameters.</summary>
        public int Ignored { get; private set; }

        public int Slices { get; private set; }

        public int Expired => Enumerable.Range(1, (int)Engine.View.InstrumentCount).Count(id =>
            Engine.View.InstrumentState(new InstrumentId((uint)id)) is HftDelta.Wire.InstrumentState.Expired
                or HftDelta.Wire.InstrumentState.Removed);

        private EngineHarness Engine => _fixture.Engine;

        private VenueScript Venue => _fixture.Venue;

        public void Step()
        {
            var underlying = (uint)(1 + _words.Below(2));
            switch (_words.Below(16))
            {
                case 0 or 1 or 2 or 3:
                    Report(underlying);
                    break;
                case 4 or 5 or 6:
                    Answer(underlying);
                    break;
                case 7:
                    Engine.TimeNanos += (ulong)_words.LogUniform(50);
                    Engine.Tick();
                    break;
                case 8:
                    Venue.SetVolatility((uint)(underlying == 1 ? 3 : 9), (ulong)_words.LogUniform(50), underlying);
                    break;
                case 9 or 10:
                    SetSlice(underlying);
                    break;
                case 11:
                    List(underlying);
                    break;
                case 12:
                    Venue.Activate(ParameterId.InitialMarginPpm, 50_000 + _words.Below(50_000), underlying);
                    break;
                case 13:
                    new OracleScript(Engine, underlying).Forward(Expiry(), _words.Below(2_000) - 1_000);
                    break;
                case 14:
                    Trade();
                    break;
                default:
                    Restart();
                    break;
            }

            NoteAsked();
        }

        public void AssertReplayed(string where)
        {
            Engine.View.Audit();
            using var replay = Engine.Replay();
            Assert.That(replay.Processor.StateHash(), Is.EqualTo(Engine.Processor.StateHash()), where);
            Assert.That(replay.Processor.RecomputeStateHash(), Is.EqualTo(Engine.Processor.StateHash()), where);
            Assert.That(replay.Processor.HistoryHash, Is.EqualTo(Engine.Processor.HistoryHash), where);
        }

        /// <summary>From any point: the state that was kept there goes on as the one that never stopped.</summary>
        public void AssertGoesOnFromSnapshots(ulong seed) => SnapshotLife.Prove(Engine, seed, places: 3);

        public void Dispose() => _fixture.Dispose();

        private void Report(uint underlying)
        {
            var price = _prices[underlying];
            _prices[underlying] = Math.Max(1_000, price + _words.Below((int)(price / 20)) - (price / 40));
            Venue.Oracle(_prices[underlying], underlying, through: underlying == 1 ? null : OracleOfTwo);
        }

        /// <summary>The worker was slow: it answers now.</summary>
        private void Answer(uint underlying)
        {
            if (_asked[underlying] == 0)
            {
                return;
            }

            var before = Engine.View.Mark(new InstrumentId(RiskFixture.EverlastingPut));
            var sequence = _asked[underlying];
            _asked[underlying] = 0;
            Engine.Events.Clear();
            Engine.SendGreeksReady(underlying, sequence);
            Installed++;
            Ignored += underlying == 1 && Engine.View.Mark(new InstrumentId(RiskFixture.EverlastingPut)) == before ? 1 : 0;
        }

        private void SetSlice(uint underlying)
        {
            var expiry = Expiry();
            switch (_words.Below(4))
            {
                case 0:
                    Venue.TakeVolatilitiesBack(expiry, underlying);
                    break;
                case 1:
                    var strikes = new (long Strike, ulong Volatility)[1 + _words.Below(12)];
                    for (var index = 0; index < strikes.Length; index++)
                    {
                        strikes[index] = (
                            (_prices[underlying] / 2) + (index * _prices[underlying] / 10),
                            RiskFixture.Volatility(0.5 + (_words.Below(100) / 1_000.0)));
                    }

                    Venue.SetStrikes(expiry, strikes, underlying);
                    break;
                default:
                    var level = _words.Below(200) / 10_000.0;
                    Venue.SetSvi(expiry, RiskFixture.Svi(level, 0.1, -0.3, 0.02, 0.2), underlying: underlying);
                    break;
            }

            Slices += Engine.SliceOutcome().Code == default ? 1 : 0;
        }

        private void List(uint underlying)
        {
            var id = Engine.View.InstrumentCount + 1;
            if (id > 60)
            {
                return;
            }

            Venue.ListOption(
                id, _words.Below(2) == 0, Math.Max(1, _prices[underlying] / 2 + _words.Below((int)_prices[underlying])), Expiry(),
                RiskFixture.Volatility(0.6), underlying);
        }

        private void Trade()
        {
            var instrument = (uint)(1 + _words.Below((int)Engine.View.InstrumentCount));
            var price = _prices[1] / 10;
            Venue.Order(20, instrument, Side.Sell, price, 1 + _words.Below(3));
            NoteAsked();
            Venue.Order(21, instrument, Side.Buy, price, 1 + _words.Below(3));
        }

        /// <summary>Of the venue's expiries and some days after now.</summary>
        private ulong Expiry() => _words.Below(4) switch
        {
            0 => _fixture.Near,
            1 => _fixture.Far,
            _ => ((Engine.TimeNanos / RiskFixture.Day) + 1 + (ulong)_words.Below(5)) * RiskFixture.Day,
        };

        /// <summary>Nobody knows of what was being computed: the new term asks again.</summary>
        private void Restart()
        {
            var (state, told) = (Engine.Processor.StateHash(), Engine.Processor.HistoryHash);
            Engine.Restart();
            Assert.That(Engine.Processor.StateHash(), Is.EqualTo(state));
            Assert.That(Engine.Processor.HistoryHash, Is.EqualTo(told));
            Array.Clear(_asked);
            Engine.SendInternal(LeaderTermEncoder.Wrap(Engine.Buffer).SetTerm(1)
                .SetFirstSequence((ulong)Engine.Processor.LastSequence.Value + 1).EncodedLength);
            Restarts++;
        }

        private void NoteAsked()
        {
            foreach (var record in Engine.Events.Where(record => record.SchemaId == RiskInputsDecoder.SchemaId
                && record.TemplateId == RiskInputsDecoder.TemplateId))
            {
                var inputs = RiskInputsDecoder.Trusted(record.Frame);
                _asked[inputs.UnderlyingId] = inputs.InputSequence;
            }
        }
    }
}

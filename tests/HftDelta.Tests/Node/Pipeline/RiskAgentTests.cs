using HftDelta.Engine.State;
using HftDelta.Gateway.Rings;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;
using HftDelta.Tests.Engine;
using HftDelta.Tests.Engine.Risk;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>Risk workers that share computations: one marker for each, the same however many they are.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class RiskAgentTests
{
    private static readonly long[] _prices = [1_020_000, 1_005_000, 1_031_000, 990_000];

    [Test]
    public void Markers_are_the_same_for_any_number_of_workers_in_any_order()
    {
        var alone = Markers(1, seed: 0);
        Assert.That(alone.Distinct().Count(), Is.EqualTo(_prices.Length));
        foreach (var workers in (int[])[2, 3, 5])
        {
            for (ulong seed = 1; seed <= 5; seed++)
            {
                Assert.That(Markers(workers, seed), Is.EqualTo(alone), $"{workers} workers, seed {seed}");
            }
        }
    }

    [Test]
    public void Markers_are_the_same_on_threads()
    {
        using var rig = new Rig(3);
        var isEnded = false;
        var threads = rig.Agents.Skip(1).Select(agent => new Thread(() =>
        {
            while (!Volatile.Read(ref isEnded))
            {
                if (agent.DoWork() == 0)
                {
                    Thread.Yield();
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        var markers = new List<Hash256>();
        foreach (var price in _prices)
        {
            rig.Ask(price);
            while (!rig.TryTake(markers))
            {
                rig.Agents[0].DoWork();
                Thread.Yield();
            }
        }

        Volatile.Write(ref isEnded, true);
        threads.ForEach(thread => thread.Join());
        Assert.That(markers, Is.EqualTo(Markers(1, seed: 0)));
    }

    [Test]
    public void No_marker_is_sent_before_every_part_is_computed()
    {
        using var rig = new Rig(3);
        var markers = new List<Hash256>();
        rig.Ask(_prices[0]);
        for (var round = 0; round < 10; round++)
        {
            rig.Agents[0].DoWork();
            rig.Agents[2].DoWork();
        }

        Assert.That(rig.TryTake(markers), Is.False);
        Assert.That(rig.Agents[0].DoWork(), Is.Zero, "it waits and does nothing");
        Assert.That(rig.Agents[1].DoWork(), Is.EqualTo(1));
        Assert.That(rig.Agents[1].DoWork(), Is.Zero, "its part is done once");
        Assert.That(rig.Agents[0].DoWork(), Is.EqualTo(1));
        Assert.That(rig.TryTake(markers), Is.True);
    }

    [Test]
    public void A_full_ring_delays_the_marker_and_computes_nothing_again()
    {
        using var rig = new Rig(2);
        var filled = rig.FillMarkers();
        rig.Ask(_prices[0]);
        rig.Agents[0].DoWork();
        rig.Agents[1].DoWork();
        Assert.That(rig.Agents[0].DoWork(), Is.Zero);
        Assert.That(rig.Agents[1].DoWork(), Is.Zero);
        rig.DropMarkers(filled);
        Assert.That(rig.Agents[0].DoWork(), Is.EqualTo(1));
        Assert.That(rig.TryTake([]), Is.True);
    }

    [Test]
    public void Workers_allocate_nothing()
    {
        using var rig = new Rig(2);
        rig.Ask(_prices[0]);
        Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            rig.AskAgain();
            Step();
            rig.DropMarkers(1);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Step()
        {
            rig.Agents[0].DoWork();
            rig.Agents[1].DoWork();
            rig.Agents[0].DoWork();
        }
    }

    private static List<Hash256> Markers(int workers, ulong seed)
    {
        using var rig = new Rig(workers);
        var words = new SeededWords(seed);
        var markers = new List<Hash256>();
        foreach (var price in _prices)
        {
            rig.Ask(price);
            for (var round = 0; !rig.TryTake(markers); round++)
            {
                Assert.That(round, Is.LessThan(10_000), $"{workers} workers, seed {seed}");
                rig.Agents[words.Below(workers)].DoWork();
            }
        }

        return markers;
    }

    /// <summary>An engine by hand, and workers between its events and its commands.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly RiskFixture _fixture = new();
        private readonly FrameRing _inputs = new(64);
        private readonly FrameRing _markers = new(64);
        private readonly byte[] _asked = new byte[RiskInputsDecoder.FrameLength];

        public Rig(int workers)
        {
            _fixture.Engine.AnswerRisk = false;
            var team = new RiskTeam(workers);
            var risk = _fixture.Engine.Processor.Risk;
            Agents =
            [
                new RiskAgent(
                    risk, team, _inputs, _markers, (name, label, unit) => Counter.Detached(name, label, unit)),
                .. Enumerable.Range(1, workers - 1).Select(place => new RiskHelperAgent(risk, team, place)),
            ];
        }

        public IReadOnlyList<IAgent> Agents { get; }

        public void Ask(long price)
        {
            _fixture.Venue.Oracle(price);
            _fixture.Engine.Events.Last(record => record.SchemaId == RiskInputsDecoder.SchemaId
                && record.TemplateId == RiskInputsDecoder.TemplateId).Frame.CopyTo(_asked, 0);
            AskAgain();
        }

        public void AskAgain() =>
            Check.That(_inputs.TryWrite(RecordSource.Internal, SessionHandle.None, _asked));

        /// <summary>Applies the marker if there is one.</summary>
        public bool TryTake(List<Hash256> markers)
        {
            if (!_markers.Reader.TryPeek(out var record))
            {
                return false;
            }

            var hash = GreeksReadyDecoder.Trusted(record.Frame).ResultHash;
            markers.Add(new Hash256(hash.Word0, hash.Word1, hash.Word2, hash.Word3));
            record.Frame.CopyTo(_fixture.Engine.Buffer);
            var length = record.Frame.Length;
            DropMarkers(1);
            _fixture.Engine.SendInternal(length, RecordSource.Risk);
            Assert.That(_fixture.Engine.Processor.IsRiskOutstanding, Is.False);
            return true;
        }

        public int FillMarkers()
        {
            var count = 0;
            while (_markers.TryWrite(RecordSource.Risk, SessionHandle.None, _asked))
            {
                count++;
            }

            return count;
        }

        public void DropMarkers(int count)
        {
            for (; count > 0 && _markers.Reader.TryPeek(out _); count--)
            {
                _markers.Reader.Advance();
            }

            _markers.Reader.Release();
        }

        public void Dispose()
        {
            _fixture.Dispose();
            _inputs.Dispose();
            _markers.Dispose();
        }
    }
}

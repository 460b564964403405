using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Randomness;
using HftDelta.Simulation.Transport;

namespace HftDelta.Simulation.Hostile;

/// <summary>What a run that broke no rule threw, and what became of it.</summary>
public sealed record HostileOutcome(
    long Thrown, long Honest, ulong Nanos, long GrownBytes, IReadOnlyList<(string Name, long Value)> Reasons);

/// <summary>
/// A pair of drivers on a virtual clock that talk over unicast, a group and destinations, while others throw frames at them:
/// first what is of no use to anybody, of which each is dropped for a reason and counted; then whatever strangers can send; then
/// forgers as well. Honest streams lose nothing, nothing grows beyond its limit, and in the end everything is as before. Throws
/// <see cref="BrokenRuleException"/> for the first rule that is broken. Owner: one thread.
/// </summary>
public sealed class HostileRun : IDisposable
{
    private const ulong Millisecond = 1_000_000;
    private const ulong Second = 1_000 * Millisecond;

    // Longer than images live without being heard, say goodbye and linger, and than destinations do.
    private const ulong RestNanos = 20 * Second;
    private const ulong SettleNanosMax = 10 * Second;
    private const int FramesPerTurnMax = 32;
    private const int TurnsBetweenLooks = 2_048;
    private const int TurnsBetweenFloods = 16_384;
    private const int FloodFrames = 16_384;
    private const int PendingSetupsMax = 1_024;
    private const long GrownBytesMax = 4 * 1024 * 1024;

    private readonly SeededRandom _random;
    private readonly VirtualNanoClock _clock = new(new TimeNanos(Second));
    private readonly SimulatedNetwork _network;
    private readonly Eavesdropper _observer = new();
    private readonly HostileMachine _publisher;
    private readonly HostileMachine _reader;
    private readonly HonestTraffic _traffic;
    private readonly HostileFrames _frames;
    private readonly HostileThrower _thrower;
    private readonly long _imageLogs;
    private readonly int _publisherSockets;
    private readonly int _readerSockets;

    /// <param name="seed">Of everything.</param>
    /// <param name="directory">Where the drivers may make their folders.</param>
    public HostileRun(ulong seed, string directory)
    {
        _random = new SeededRandom(SplitMix64.Mix(seed));
        _network = new SimulatedNetwork(_clock, seed) { Observer = _observer };
        _publisher = Machine(HonestTraffic.PublisherAddress, directory, "publisher");
        _reader = Machine(HonestTraffic.ReaderAddress, directory, "reader");
        _traffic = new HonestTraffic(_publisher.Driver, _reader.Driver);
        _frames = new HostileFrames(_random.Fork(), _observer.Data, _observer.Control);
        _frames.Know(_traffic.Names);
        _thrower = new HostileThrower(_network, _traffic, _frames, _random.Fork());
        TurnUntil("the honest pair connects", () => _traffic.AreConnected);
        TurnFor(Second, talks: true);
        _imageLogs = _reader.ImageLogs.Length;
        _publisherSockets = _publisher.Host.OpenCount;
        _readerSockets = _reader.Host.OpenCount;
        Require(_imageLogs == _traffic.Streams.Count, "every honest stream is one image", () => $"{_imageLogs}");
    }

    /// <summary>Frames that were thrown so far: where a failure happened.</summary>
    public long ThrownCount => _thrower.ThrownCount;

    /// <exception cref="BrokenRuleException">A rule was broken.</exception>
    public HostileOutcome Run(long frames)
    {
        // A short storm of every kind first, so that what grows once has grown.
        var before = frames / 10;
        Storms(before);
        var settledBytes = SettledBytes();
        Storms(frames - before);
        var grown = SettledBytes() - settledBytes;
        Require(grown < GrownBytesMax, "memory does not grow", () => $"by {grown} bytes in {frames - before} frames");
        return new HostileOutcome(
            ThrownCount,
            _traffic.SentCount,
            _clock.Now.Value - Second,
            grown,
            [.. _publisher.Reasons.Concat(_reader.Reasons).GroupBy(each => each.Name).Select(
                group => (group.Key, group.Sum(each => each.Value)))]);
    }

    public void Dispose()
    {
        _traffic.Dispose();
        _publisher.Dispose();
        _reader.Dispose();
    }

    private static void Require(bool holds, string rule, Func<string> details)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule, details());
        }
    }

    private HostileMachine Machine(string address, string directory, string name) =>
        new(_network.Host(address), _clock, _random.NextUInt64(), Path.Combine(directory, name));

    private void Storms(long frames)
    {
        StormOfUselessFrames(frames / 4);
        Storm(HostilePower.Stranger, frames / 4);
        Storm(HostilePower.Forger, frames - (frames / 4 * 2));
        Rest();
    }

    // Honest frames alone lose nothing on this network: whatever is dropped is hostile, and all that is hostile is dropped.
    private void StormOfUselessFrames(long frames)
    {
        var thrown = ThrownCount;
        var dropped = _publisher.Dropped + _reader.Dropped;
        Storm(HostilePower.Useless, frames);
        TurnFor(5 * Millisecond, talks: false);
        var counted = _publisher.Dropped + _reader.Dropped - dropped;
        Require(
            counted == ThrownCount - thrown, "every frame is dropped for one reason",
            () => $"{ThrownCount - thrown} thrown, {counted} counted: {Reasons()}");
    }

    private void Storm(HostilePower power, long frames)
    {
        _thrower.Power = power;
        var begun = _clock.Now.Value;
        var elicited = Elicited();
        var usedBefore = Used();
        var target = ThrownCount + frames;
        for (var turn = 0; ThrownCount < target; turn++)
        {
            _observer.IsDeaf = true;
            if (power != HostilePower.Useless && turn % TurnsBetweenFloods == 0)
            {
                _thrower.Flood(FloodFrames);
            }

            for (var count = _random.NextInRange(1, FramesPerTurnMax); count > 0; count--)
            {
                _thrower.Throw();
            }

            _observer.IsDeaf = false;
            Turn(talks: true);
            if (turn % TurnsBetweenLooks == 0)
            {
                Look();
                var seconds = (long)((_clock.Now.Value - begun) / Second) + 2;
                Require(
                    Elicited() - elicited <= seconds * PendingSetupsMax * HonestTraffic.DataTargets.Length,
                    "setups are asked for by measure", () => $"{Elicited() - elicited} in {seconds} s");
            }
        }

        RequireAccount(usedBefore);
    }

    // Whatever the reader's machine took was put to use or dropped. A frame of data may be several in one datagram.
    private void RequireAccount((long Took, long Dropped, long Used) before)
    {
        var (took, dropped, used) = Used();
        took -= before.Took;
        dropped -= before.Dropped;
        used -= before.Used;
        Require(
            dropped <= took && took <= dropped + used, "a frame is put to use or dropped",
            () => $"{took} taken, {dropped} dropped, at most {used} put to use");
    }

    private (long Took, long Dropped, long Used) Used() => (
        _observer.ReaderTook,
        _reader.Dropped,
        _reader.Counter("hftdelta_aeron_frames_total", "direction=received")
            + _reader.Counter("hftdelta_aeron_heartbeats_total", "direction=received")
            + _reader.Counter("hftdelta_aeron_setups_total", "direction=received")
            + Elicited());

    private long Elicited() => _reader.Counter("hftdelta_aeron_setups_elicited_total");

    // What is there at any moment stays within what the limits say.
    private void Look()
    {
        const int lingering = 8 * HostileMachine.ImagesPerEndpointMax;
        var images = _reader.Counter("hftdelta_aeron_images");
        var imagesMax = HonestTraffic.DataTargets.Length * HostileMachine.ImagesPerEndpointMax;
        Require(images <= imagesMax, "images are bounded", () => $"{images}");
        var logs = _reader.ImageLogs.Length;
        Require(logs <= imagesMax + lingering, "logs are bounded", () => $"{logs}");
        Require(
            _reader.Host.OpenCount == _readerSockets && _publisher.Host.OpenCount == _publisherSockets,
            "no socket opens or closes",
            () => $"{_publisher.Host.OpenCount} and {_reader.Host.OpenCount}");
        Require(
            _publisher.ImageLogs.Length == 0 && _publisher.Counter("hftdelta_aeron_images") == 0, "who sends makes no image",
            () => $"{_publisher.ImageLogs.Length}");
    }

    // The storm is over: honest streams have everything, what strangers left behind is gone, who comes now is served.
    private void Rest()
    {
        TurnUntil("honest streams arrive", () => _traffic.AreComplete);
        for (var end = _clock.Now.Value + RestNanos; _clock.Now.Value < end;)
        {
            _clock.Advance(Millisecond);
            Turn(talks: _random.Chance(1, 10));
        }

        _traffic.CloseForged();
        var late = _traffic.OpenLate();
        TurnUntil("who comes late connects", () => late.IsConnected);
        for (var count = 0; count < 100; count++)
        {
            late.Offer();
            Turn(talks: true);
        }

        TurnUntil("honest streams arrive", () => _traffic.AreComplete && late.ReadCount >= 100);
        ReplaceForged(late);
    }

    private void ReplaceForged(HonestStream late)
    {
        _traffic.Close(late);
        _traffic.OpenForged();
        TurnUntil("the streams that forgers write into connect again", () => _traffic.AreConnected);
        TurnUntil("logs are given back", () => _reader.ImageLogs.Length == _imageLogs);
        Require(
            _reader.Counter("hftdelta_aeron_images") == _imageLogs, "only honest images stay",
            () => $"{_reader.Counter("hftdelta_aeron_images")}");
        Require(
            _reader.MappedCount == 0 || _reader.MappedCount <= _imageLogs, "only honest logs stay mapped",
            () => $"{_reader.MappedCount}");
        TurnUntil("publications are given back", () => _publisher.PublicationLogs.Length == _imageLogs);
        _frames.Know(_traffic.Names);
        Look();
    }

    private static long SettledBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private void TurnUntil(string aim, Func<bool> holds)
    {
        var end = _clock.Now.Value + SettleNanosMax;
        while (!holds())
        {
            Require(_clock.Now.Value < end, aim, () => $"{Missing()}; {_network.Statistics}");
            Turn(talks: false);
        }
    }

    private void TurnFor(ulong nanos, bool talks)
    {
        for (var end = _clock.Now.Value + nanos; _clock.Now.Value < end;)
        {
            Turn(talks);
        }
    }

    private void Turn(bool talks)
    {
        foreach (var stream in _traffic.Streams)
        {
            if (talks && _random.Chance(1, 4))
            {
                stream.Offer();
            }

            stream.Read();
        }

        // All that was thrown is taken, some turns a little later.
        for (var cycle = 0; cycle < 8; cycle++)
        {
            _clock.Advance(10_000);
            if (_publisher.DoWork() + _reader.DoWork() == 0)
            {
                break;
            }
        }

        _clock.Advance(_random.NextBelow(100_000));
    }

    private string Missing() => string.Join(
        "; ", _traffic.Streams.Select(stream =>
            $"stream {stream.Name.StreamId}: {stream.ReadCount} of {stream.SentCount}"
            + (stream.IsConnected ? "" : ", not connected")));

    private string Reasons() => string.Join(", ", _publisher.Reasons.Concat(_reader.Reasons).Where(each => each.Value > 0));
}

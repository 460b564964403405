using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Transport;

/// <summary>What a run that broke no rule did.</summary>
public sealed record ScenarioOutcome(ulong Seed, long Messages, ulong Nanos, long Turns, NetworkStatistics Network);

/// <summary>
/// Runs a scenario on a virtual clock: the part with faults, then rest until every reader has everything, then the proper end of
/// every stream, then the return of every resource. Throws <see cref="BrokenRuleException"/> for the first rule that is broken.
/// Owner: one thread; runs share nothing.
/// </summary>
public sealed class ScenarioRun : IDisposable
{
    private const ulong Millisecond = 1_000_000;
    private const ulong Second = 1_000 * Millisecond;
    private const ulong StartNanos = Second;

    // Longer than all timeouts of a driver, so that who was gone is known to be gone.
    private const ulong RecoveryNanos = 16 * Second;
    private const ulong IdleTurnNanosMax = 2 * Millisecond;
    private const ulong StallNanos = 60 * Second;
    private const ulong EndNanos = 60 * Second;
    private const int TurnsBetweenLooks = 32;

    private readonly TransportScenario _scenario;
    private readonly VirtualNanoClock _clock = new(new TimeNanos(StartNanos));
    private readonly SimulatedNetwork _network;
    private readonly WireAudit _audit;
    private readonly ScenarioStreams _streams;
    private readonly List<TransportMachine> _machines = [];
    private readonly List<Publisher> _publishers = [];
    private readonly List<Reader> _readers = [];
    private readonly ScenarioFaults _faults;
    private readonly SeededRandom _random;
    private readonly HashSet<long> _disturbed = [];
    private ulong _idleNanos = 1;
    private long _turns;
    private long _sentNumber;

    private ScenarioRun(TransportScenario scenario)
    {
        _scenario = scenario;
        _random = new SeededRandom(SplitMix64.Mix(scenario.Seed ^ 0x7041));
        _network = new SimulatedNetwork(_clock, scenario.Seed) { Conditions = scenario.Weather };
        _audit = new WireAudit(scenario, _clock, _disturbed);
        _network.Observer = _audit;
        if (scenario.DisturbedOnly is { } only)
        {
            _network.Wish = (in from, in to, datagram) =>
                only.Contains(_sentNumber++) ? DatagramFate.AsConditionsSay : DatagramFate.Deliver;
        }

        _streams = new ScenarioStreams(scenario);
        for (var number = 0; number < scenario.MachineCount; number++)
        {
            var host = _network.Host(ScenarioStreams.AddressOf(number));
            _machines.Add(new TransportMachine(scenario, number, host, _clock));
        }

        foreach (var plan in scenario.Publications)
        {
            var machine = _machines[plan.Machine];
            _publishers.Add(new Publisher(plan, () => machine.Driver, _streams, _random.NextUInt64()));
            machine.Add(_publishers[^1]);
        }

        foreach (var plan in scenario.Subscriptions)
        {
            var machine = _machines[plan.Machine];
            _readers.Add(new Reader(plan, () => machine.Driver, _streams));
            machine.Add(_readers[^1]);
        }

        _faults = new ScenarioFaults(scenario, _network, _machines, _audit);
    }

    private ulong NowNanos => _clock.Now.Value - StartNanos;

    /// <exception cref="BrokenRuleException">A rule was broken.</exception>
    public static ScenarioOutcome Run(TransportScenario scenario)
    {
        using var run = new ScenarioRun(scenario);
        run.RunAll();
        return new ScenarioOutcome(
            scenario.Seed, run._readers.Sum(reader => reader.Count), run.NowNanos, run._turns, run._network.Statistics);
    }

    /// <summary>The failure of a run, or null; whatever the drivers throw is a failure too.</summary>
    public static BrokenRuleException? FailureOf(TransportScenario scenario, ICollection<long>? disturbed = null)
    {
        using var run = new ScenarioRun(scenario);
        try
        {
            run.RunAll();
            return null;
        }
        catch (BrokenRuleException failure)
        {
            return failure;
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            return new BrokenRuleException($"no {thrown.GetType().Name}", thrown);
        }
        finally
        {
            foreach (var number in run._disturbed)
            {
                disturbed?.Add(number);
            }
        }
    }

    public void Dispose()
    {
        foreach (var machine in _machines)
        {
            machine.Dispose();
        }
    }

    private void RunAll()
    {
        var lastFault = _scenario.FaultsEndNanos;
        var calmNanos = _scenario.IsUnbroken ? lastFault : lastFault + RecoveryNanos;
        StepUntil(
            "everything is offered",
            () => NowNanos >= calmNanos && _publishers.TrueForAll(publisher => publisher.HasOffered),
            isResting: false,
            Progress);
        StepUntil("everything arrives", HasEverythingArrived, isResting: true, Progress);
        foreach (var publisher in _publishers)
        {
            publisher.Close();
        }

        StepUntil("every stream ends", HasEverythingEnded, isResting: true, () => 0);
        ScenarioChecks.Ended(_scenario, _streams, _readers);
        foreach (var reader in _readers)
        {
            reader.Close();
        }

        StepUntil("everything is given back", IsEverythingReturned, isResting: true, () => 0);
    }

    // A measure of how far the run is: when it stands still for long the run is stuck.
    private long Progress() => _readers.Sum(reader => reader.Count) + _streams.All.Sum(stream => stream.EndPosition);

    private bool HasEverythingArrived() =>
        _publishers.TrueForAll(publisher => publisher.HasOfferedAll)
        && ScenarioChecks.Missing(_scenario, _streams, _readers) is null;

    private bool HasEverythingEnded() =>
        _readers.TrueForAll(reader => !reader.IsOpen || reader.Subscription!.Images.IsEmpty);

    private bool IsEverythingReturned() => _machines.TrueForAll(machine =>
        machine.Host.OpenCount == 0
        && machine.Counter("hftdelta_aeron_images") == 0 && machine.Counter("hftdelta_aeron_publications") == 0);

    private void StepUntil(string aim, Func<bool> holds, bool isResting, Func<long> progress)
    {
        var measure = progress();
        var movedNanos = NowNanos;
        for (var turn = 0; ; turn++)
        {
            if (turn % TurnsBetweenLooks == 0)
            {
                if (holds())
                {
                    return;
                }

                var next = progress();
                if (next != measure)
                {
                    (measure, movedNanos) = (next, NowNanos);
                }

                var limit = progress == Progress ? StallNanos + _scenario.FaultsEndNanos : EndNanos;
                if (NowNanos - movedNanos > limit)
                {
                    throw new BrokenRuleException(aim, Stuck());
                }
            }

            Turn(isResting);
        }
    }

    private string Stuck() =>
        string.Join("; ", _publishers.Where(publisher => !publisher.HasOffered).Select(publisher =>
            $"publisher of channel {publisher.Plan.Channel} stream {publisher.Plan.StreamId} has not offered all"))
        + (ScenarioChecks.Missing(_scenario, _streams, _readers) ?? "")
        + string.Join("; ", _machines.Select(machine =>
            $" machine {machine.Number}: {machine.Host.OpenCount} sockets, {machine.Counter("hftdelta_aeron_images")} images, "
            + $"{machine.Counter("hftdelta_aeron_publications")} publications"))
        + $"; {_network.Statistics}";

    private void Turn(bool isResting)
    {
        _turns++;
        _faults.Turn(NowNanos);
        var work = 0;
        foreach (var machine in _machines)
        {
            work += machine.Turn(NowNanos, isResting);
        }

        Advance(work > 0);
    }

    // While there is nothing to do turns become longer, up to the next arrival or fault.
    private void Advance(bool hasWorked)
    {
        if (hasWorked)
        {
            _idleNanos = 1 + _random.NextBelow(_scenario.TurnNanosMax);
            _clock.Advance(_idleNanos);
            return;
        }

        _idleNanos = Math.Min(_idleNanos * 2, IdleTurnNanosMax);
        var until = _clock.Now.Value + _idleNanos;
        if (_network.NextArrivalNanos is { } arrival && arrival < until)
        {
            until = Math.Max(arrival, _clock.Now.Value + 1_000);
        }

        _clock.Set(new TimeNanos(until));
    }
}

using HftDelta.Aeron;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// A machine of a scenario: one process with a driver and its applications, stepped by hand. Owner: the run.
/// </summary>
internal sealed class TransportMachine : IDisposable
{
    private readonly TransportScenario _scenario;
    private readonly NanoClock _clock;
    private readonly SeededRandom _random;
    private readonly List<Publisher> _publishers = [];
    private readonly List<Reader> _readers = [];
    private readonly Dictionary<string, Counter> _counters = [];
    private IAgent[] _agents = [];
    private AeronDriver? _driver;

    public TransportMachine(TransportScenario scenario, int number, SimulatedHost host, NanoClock clock)
    {
        _scenario = scenario;
        _clock = clock;
        Number = number;
        Host = host;
        _random = new SeededRandom(SplitMix64.Mix(scenario.Seed ^ ((ulong)number << 32)));
        Start();
    }

    public int Number { get; }

    public SimulatedHost Host { get; }

    public AeronDriver Driver => _driver ?? throw new InvalidOperationException("the process does not run");

    public bool IsRunning => _driver is not null;

    public bool IsPaused { get; set; }

    public bool AreReadersPaused { get; set; }

    public IReadOnlyList<Publisher> Publishers => _publishers;

    public IReadOnlyList<Reader> Readers => _readers;

    public void Add(Publisher publisher) => _publishers.Add(publisher);

    public void Add(Reader reader) => _readers.Add(reader);

    /// <returns>How much was done.</returns>
    public int Turn(ulong nowNanos, bool isResting)
    {
        if (IsPaused || !IsRunning)
        {
            return 0;
        }

        var work = 0;
        foreach (var publisher in _publishers)
        {
            work += publisher.Turn(nowNanos, isResting);
        }

        foreach (var reader in _readers)
        {
            work += reader.Turn(nowNanos, AreReadersPaused);
        }

        return work + StepAgents();
    }

    /// <summary>The process dies; what is under way to it goes on.</summary>
    public void Kill()
    {
        if (!IsRunning)
        {
            return;
        }

        Host.CloseAll();
        Forget();
        _driver!.Dispose();
        _driver = null;
    }

    /// <summary>The process ends in order: its peers are told.</summary>
    public void End()
    {
        if (!IsRunning)
        {
            return;
        }

        Driver.Invoker.OnClose();
        Kill();
    }

    public void Start()
    {
        if (IsRunning)
        {
            return;
        }

        _counters.Clear();
        _driver = new AeronDriver(new AeronOptions
        {
            Clock = _clock,
            Sockets = Host,
            RandomSeed = _random.NextUInt64(),
            TermLengthBytes = 64 * 1024,
            InitialWindowLengthBytes = _scenario.WindowLengthBytes,
            OffersSendAtOnce = _scenario.OffersSendAtOnce,
            Counters = Allocate,
        });
        _agents = _scenario.StepsAgentsApart ? [_driver.Sender, _driver.Receiver, _driver.Conductor] : [_driver.Invoker];
    }

    public long Counter(string name) => _counters.TryGetValue(name, out var counter) ? counter.Value : 0;

    public void Dispose() => Kill();

    private int StepAgents()
    {
        if (_agents.Length == 1)
        {
            return _agents[0].DoWork();
        }

        // Any of them, in any order, as threads of their own would.
        _random.Shuffle<IAgent>(_agents);
        var work = 0;
        foreach (var agent in _agents)
        {
            work += _random.Chance(3, 4) ? agent.DoWork() : 0;
        }

        return work;
    }

    private void Forget()
    {
        foreach (var publisher in _publishers)
        {
            publisher.Forget();
        }

        foreach (var reader in _readers)
        {
            reader.Forget();
        }
    }

    private Counter Allocate(string name, string label, CounterUnit unit)
    {
        var counter = Runtime.Counters.Counter.Detached(name, label, unit);
        _counters.Add(label.Length == 0 ? name : $"{name} {label}", counter);
        return counter;
    }
}

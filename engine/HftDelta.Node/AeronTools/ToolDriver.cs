using System.Text.Json;
using HftDelta.Aeron;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Threads;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// The transport of one tool, run as its mode says: by <see cref="DoWork"/> on the tool's thread, or by threads of its own.
/// Owner: the tool's thread.
/// </summary>
internal sealed class ToolDriver : IDisposable
{
    // A tool waits until its publication is freed; its one thread is not inside a log that it has closed.
    private const long ResourceLingerNanos = 100_000_000;

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    private readonly List<Counter> _counters = [];
    private readonly AgentRunner[] _runners;
    private readonly IAgent? _invoked;

    /// <exception cref="AeronException">The options cannot be.</exception>
    public ToolDriver(ToolOptions options)
    {
        Driver = new AeronDriver(OptionsOf(options));
        switch (options.Mode)
        {
            case DriverMode.Invoker:
                _invoked = Driver.Invoker;
                _invoked.OnStart();
                _runners = [];
                break;
            case DriverMode.Shared:
                _runners = [RunnerOf(Driver.Invoker, options.Idle)];
                break;
            case DriverMode.Dedicated:
                _runners =
                [
                    RunnerOf(Driver.Conductor, IdleKind.Backoff), RunnerOf(Driver.Sender, options.Idle),
                    RunnerOf(Driver.Receiver, options.Idle),
                ];
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "no such mode");
        }

        foreach (var runner in _runners)
        {
            runner.Start();
        }
    }

    public AeronDriver Driver { get; }

    /// <summary>One duty cycle of the transport, where the tool's thread runs it; what failed elsewhere is thrown here.</summary>
    public int DoWork()
    {
        if (_invoked is not null)
        {
            return _invoked.DoWork();
        }

        foreach (var runner in _runners)
        {
            if (runner.Failure is { } failure)
            {
                throw new InvalidOperationException(ProcessFailure.Describe(failure), failure.Exception);
            }
        }

        return 0;
    }

    /// <summary>Every counter of the transport that is not 0, as one object.</summary>
    public void WriteCounters(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        foreach (var counter in _counters.Where(counter => counter.Value != 0))
        {
            json.WriteNumber(counter.Label.Length == 0 ? counter.Name : $"{counter.Name}{{{counter.Label}}}", counter.Value);
        }

        json.WriteEndObject();
    }

    public void Dispose()
    {
        foreach (var runner in _runners)
        {
            runner.RequestStop();
        }

        foreach (var runner in _runners)
        {
            _ = runner.Join(StopTime);
        }

        _invoked?.OnClose();
        Driver.Dispose();
    }

    private static AgentRunner<ToolIdle> RunnerOf(IAgent agent, IdleKind idle) => new(agent, new ToolIdle(idle));

    private AeronOptions OptionsOf(ToolOptions options)
    {
        var plain = new AeronOptions { Clock = new SystemNanoClock(), Counters = Allocate };
        var mtu = options.MtuLengthBytes ?? plain.MtuLengthBytes;
        return plain with
        {
            MtuLengthBytes = mtu,
            OffersSendAtOnce = true,
            AeronDirectory = options.AeronDirectory,
            ResourceLingerNanos = ResourceLingerNanos,
            TermLengthBytes = options.TermLengthBytes ?? plain.TermLengthBytes,
            InitialWindowLengthBytes = options.WindowLengthBytes ?? Math.Max(plain.InitialWindowLengthBytes, mtu),
        };
    }

    private Counter Allocate(string name, string label, CounterUnit unit)
    {
        var counter = Counter.Detached(name, label, unit);
        _counters.Add(counter);
        return counter;
    }
}

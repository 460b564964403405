using HftDelta.Aeron;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;

namespace HftDelta.Simulation.Hostile;

/// <summary>One honest machine: a driver with low limits, its logs as files, and its counters by name. Owner: the run.</summary>
internal sealed class HostileMachine : IDisposable
{
    public const int ImagesPerEndpointMax = 64;
    public const int ImagesPerAddressMax = 16;
    public const int DestinationsMax = 8;
    public const int ImageTermLengthBytesMax = 1 << 20;
    public const long ImageLogLengthBytesMax = 128L << 20;

    // The reasons for which each of its agents drops what it hears.
    private const string DroppedData = "hftdelta_aeron_dropped_datagrams_total";
    private const string DroppedControl = "hftdelta_aeron_dropped_control_datagrams_total";
    private const string Invalid = "hftdelta_aeron_invalid_datagrams_total";

    private static readonly string[] s_dropped =
    [
        DroppedData, DroppedControl, Invalid, "hftdelta_aeron_status_messages_refused_total",
        "hftdelta_aeron_destinations_refused_total", "hftdelta_aeron_retransmit_overflows_total",
    ];

    private readonly Dictionary<string, Counter> _counters = [];
    private readonly List<Counter> _drops = [];
    private readonly string _directory;

    public HostileMachine(SimulatedHost host, NanoClock clock, ulong seed, string directory)
    {
        Host = host;
        _directory = directory;
        Driver = new AeronDriver(new AeronOptions
        {
            Clock = clock,
            Sockets = host,
            RandomSeed = seed,
            TermLengthBytes = 64 * 1024,
            ImagesPerEndpointMax = ImagesPerEndpointMax,
            ImagesPerAddressMax = ImagesPerAddressMax,
            DestinationsMax = DestinationsMax,
            ImageTermLengthBytesMax = ImageTermLengthBytesMax,
            ImageLogLengthBytesMax = ImageLogLengthBytesMax,
            AeronDirectory = directory,
            CounterValuesLengthBytes = 256 * 1024,
            Counters = Allocate,
        });
    }

    public SimulatedHost Host { get; }

    public AeronDriver Driver { get; }

    /// <summary>Everything that was dropped, for whatever reason.</summary>
    public long Dropped
    {
        get
        {
            var sum = 0L;
            foreach (var counter in _drops)
            {
                sum += counter.Value;
            }

            return sum;
        }
    }

    /// <summary>Logs of images that lie in the directory now.</summary>
    public string[] ImageLogs => Files("images");

    public string[] PublicationLogs => Files("publications");

    /// <summary>How many pieces of its files are mapped into this process; 0 where the system does not tell.</summary>
    public int MappedCount => File.Exists("/proc/self/maps")
        ? File.ReadLines("/proc/self/maps").Count(line => line.Contains(_directory + "/images/", StringComparison.Ordinal))
        : 0;

    public int DoWork() => Driver.Invoker.DoWork();

    public long Counter(string name, string label = "") => _counters[$"{name} {label}"].Value;

    /// <summary>The counters that tell why something was dropped, and how often each did.</summary>
    public IEnumerable<(string Name, long Value)> Reasons => _counters
        .Where(pair => pair.Key.StartsWith(DroppedData, StringComparison.Ordinal)
            || pair.Key.StartsWith(DroppedControl, StringComparison.Ordinal)
            || pair.Key.Contains("_faults_total", StringComparison.Ordinal)
            || pair.Key.Contains("_refused_total", StringComparison.Ordinal)
            || pair.Key.Contains("_overflows_total", StringComparison.Ordinal))
        .Select(pair => (pair.Key, pair.Value.Value));

    public void Dispose()
    {
        Host.CloseAll();
        Driver.Dispose();
    }

    private string[] Files(string folder)
    {
        var path = Path.Combine(_directory, folder);
        return Directory.Exists(path) ? Directory.GetFiles(path) : [];
    }

    private Counter Allocate(string name, string label, CounterUnit unit)
    {
        var counter = Runtime.Counters.Counter.Detached(name, label, unit);
        _counters.Add($"{name} {label}", counter);
        if (Array.IndexOf(s_dropped, name) >= 0)
        {
            _drops.Add(counter);
        }

        return counter;
    }
}

using HftDelta.Perf.Rings;

namespace HftDelta.Perf.Network;

/// <summary>
/// The official implementation in a process of its own, running <c>OfficialAeron.java</c>, which this program carries and
/// Java compiles as it starts. It answers each line that it is told with one of its own. Killed when it is disposed.
/// </summary>
internal sealed class OfficialAeron : IDisposable
{
    /// <summary>Names the jar with driver and client, such as aeron-all.</summary>
    public const string JarVariable = "AERON_JAR";

    /// <summary>Two threads, each the driver of its own end.</summary>
    public const string InvokerMode = "invoker";

    /// <summary>One driver with a thread of its own, which both ends use.</summary>
    public const string SharedMode = "shared";

    private const string Source = "OfficialAeron.java";
    private const string SharedMemory = "/dev/shm";
    private static readonly string[] LoopThreads = ["bench-first", "bench-second"];

    private readonly PeerProcess _process;
    private readonly string _folder;

    private OfficialAeron(PeerProcess process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public static OfficialAeron Start(string jar)
    {
        if (!File.Exists(jar))
        {
            throw new FileNotFoundException($"{JarVariable} names '{jar}', which is not there");
        }

        // Where its own users put its directory too.
        var parent = Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath();
        var folder = Path.Combine(parent, $"hftdelta-bench-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        var source = Path.Combine(folder, Source);
        using (var text = typeof(OfficialAeron).Assembly.GetManifestResourceStream(Source)!)
        using (var file = File.Create(source))
        {
            text.CopyTo(file);
        }

        // The jar reaches into the class library; from Java 17 on that has to be allowed.
        var process = PeerProcess.Start(
            "the official implementation",
            "java",
            [
                "--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Dagrona.disable.bounds.checks=true", "-XX:+UseParallelGC", "-cp", jar, source, folder,
            ],
            out _);
        return new OfficialAeron(process, folder);
    }

    /// <summary>
    /// Closes what is open and opens both ends in this mode. Where it has no more threads than its loops, each gets a core of its
    /// own, as ours do; Java cannot ask for that itself.
    /// </summary>
    public void Open(string mode, int mtuLengthBytes, TwoThreads placement)
    {
        _process.Say(FormattableString.Invariant($"open {mode} {mtuLengthBytes}"));
        _process.Expect("OPEN");
        if (mode == InvokerMode)
        {
            _process.Pin(LoopThreads, placement);
        }
    }

    /// <summary>The median round trip in nanoseconds.</summary>
    public double Trips(int lengthBytes, int count) =>
        _process.Nanos(FormattableString.Invariant($"trips {lengthBytes} {count}"));

    /// <summary>Nanoseconds for each message of the median chunk.</summary>
    public double OneWay(int count) =>
        _process.Nanos(FormattableString.Invariant($"oneway {Network.OneWay.LengthBytes} {count} {Network.OneWay.BurstMax}"));

    public void Dispose()
    {
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

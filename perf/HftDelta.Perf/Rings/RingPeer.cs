using System.Globalization;

namespace HftDelta.Perf.Rings;

/// <summary>
/// Another implementation of the same rings in the same run: the LMAX Disruptor under Java, or this program built with the
/// package Disruptor. Owner: the thread that measures.
/// </summary>
internal sealed class RingPeer : IDisposable
{
    /// <summary>Names the jar of the LMAX Disruptor where it is not where Debian puts it.</summary>
    public const string JarVariable = "DISRUPTOR_JAR";

    /// <summary>Names a hftdelta-bench that was built with the property DisruptorPackage.</summary>
    public const string BenchVariable = "DISRUPTOR_BENCH";

    /// <summary>The argument with which this program answers instead of measuring.</summary>
    public const string Argument = "ring-peer";

    private const string DebianJar = "/usr/share/java/disruptor.jar";
    private const string Source = "LmaxRings.java";
    private static readonly string[] PairedThreads = ["ring-0", "ring-1"];

    private readonly PeerProcess _process;
    private readonly string? _folder;

    private RingPeer(string name, PeerProcess process, string? folder)
    {
        Name = name;
        _process = process;
        _folder = folder;
    }

    public string Name { get; }

    /// <summary>Starts a virtual machine of its own, so that what one shape taught its compiler does not slow the next.</summary>
    /// <param name="isPaired">Whether it runs two loops, which then get the cores that ours do.</param>
    /// <param name="placement">Of our loops.</param>
    /// <param name="missing">Why there is none.</param>
    public static RingPeer? TryStartLmax(bool isPaired, TwoThreads placement, out string missing)
    {
        var named = Environment.GetEnvironmentVariable(JarVariable);
        var jar = string.IsNullOrEmpty(named) ? DebianJar : named;
        missing = !File.Exists(jar)
            ? $"there is no {jar} (Debian: apt-get install libdisruptor-java; or name the jar in {JarVariable})"
            : !PeerProcess.IsInstalled("javac", "-version")
                ? "there is no javac (Debian: apt-get install default-jdk-headless)"
                : "";
        if (missing.Length > 0)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("hftdelta-bench-").FullName;
        var source = Path.Combine(folder, Source);
        using (var text = typeof(RingPeer).Assembly.GetManifestResourceStream(Source)!)
        using (var file = File.Create(source))
        {
            text.CopyTo(file);
        }

        var process = PeerProcess.Start(
            "the LMAX Disruptor", "java", ["-XX:+UseParallelGC", "-cp", jar, source], out _);
        if (isPaired)
        {
            process.Pin(PairedThreads, placement);
        }

        return new RingPeer("LMAX", process, folder);
    }

    /// <summary>Starts this program as it was built with the package.</summary>
    public static RingPeer? TryStartPackage(out string missing)
    {
        var bench = Environment.GetEnvironmentVariable(BenchVariable);
        missing = string.IsNullOrEmpty(bench)
            ? $"{BenchVariable} does not name a hftdelta-bench that was built with it"
            : !File.Exists(bench) ? $"{BenchVariable} names '{bench}', which is not there" : "";
        if (missing.Length > 0)
        {
            return null;
        }

        var process = PeerProcess.Start("the package", bench!, [Argument], out var rings);
        if (rings.StartsWith("Disruptor ", StringComparison.Ordinal))
        {
            return new RingPeer($"package {rings}", process, null);
        }

        process.Dispose();
        missing = $"{BenchVariable} names a hftdelta-bench that was built with {rings}";
        return null;
    }

    public double Nanos(RingShape shape, int batch, long count, RingWait way) =>
        _process.Nanos(string.Create(CultureInfo.InvariantCulture, $"rate {shape.Name} {batch} {count} {way.Name}"));

    /// <summary>The mean of so many round trips.</summary>
    public double Trips(int count) => _process.Nanos(string.Create(CultureInfo.InvariantCulture, $"trips {count}"));

    public void Dispose()
    {
        _process.Dispose();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}

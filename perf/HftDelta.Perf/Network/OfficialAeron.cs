using System.Diagnostics;
using System.Globalization;
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
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _folder;

    private OfficialAeron(Process process, string folder)
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
        var process = Process.Start(new ProcessStartInfo(
            "java",
            [
                "--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Dagrona.disable.bounds.checks=true", "-XX:+UseParallelGC", "-cp", jar, source, folder,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var official = new OfficialAeron(process, folder);
        official.Expect("READY");
        return official;
    }

    /// <summary>
    /// Closes what is open and opens both ends in this mode. Where it has no more threads than its loops, each gets a core of its
    /// own, as ours do; Java cannot ask for that itself.
    /// </summary>
    public void Open(string mode, int mtuLengthBytes, TwoThreads placement)
    {
        Say(FormattableString.Invariant($"open {mode} {mtuLengthBytes}"));
        Expect("OPEN");
        if (mode != InvokerMode)
        {
            return;
        }

        foreach (var task in Directory.GetDirectories($"/proc/{_process.Id}/task"))
        {
            var name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
            var index = Array.IndexOf(LoopThreads, name);
            if (index >= 0)
            {
                placement.Pin(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), index);
            }
        }
    }

    /// <summary>The median round trip in nanoseconds.</summary>
    public double Trips(int lengthBytes, int count) => Nanos(FormattableString.Invariant($"trips {lengthBytes} {count}"));

    /// <summary>Nanoseconds for each message of the median chunk.</summary>
    public double OneWay(int count) =>
        Nanos(FormattableString.Invariant($"oneway {Network.OneWay.LengthBytes} {count} {Network.OneWay.BurstMax}"));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private double Nanos(string order)
    {
        Say(order);
        return double.Parse(Expect("NANOS"), CultureInfo.InvariantCulture);
    }

    private void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    private string Expect(string word)
    {
        var read = _process.StandardOutput.ReadLineAsync();
        if (!read.Wait(AnswerDeadline) || read.Result?.Split(' ', 2) is not { } words || words[0] != word)
        {
            throw new InvalidOperationException($"the official implementation did not say {word}: see its words above");
        }

        return words.Length > 1 ? words[1] : "";
    }
}

using System.Diagnostics;
using System.Globalization;

namespace HftDelta.Perf.Runtimes;

/// <summary>One way to compile the same sources.</summary>
/// <param name="Name">In the tables.</param>
/// <param name="Folder">Where its build lies below the folder of the programs.</param>
/// <param name="HasProfile">Whether the compiler at run time uses what it has counted (PGO).</param>
internal sealed record RuntimeMode(string Name, string Folder, bool HasProfile = true)
{
    /// <summary>How the venue runs; the others stand beside it.</summary>
    public static readonly RuntimeMode Usual = new("JIT with PGO", "jit");

    public static readonly IReadOnlyList<RuntimeMode> Others =
    [
        new("JIT without PGO", "jit", HasProfile: false),
        new("ReadyToRun, then JIT with PGO", "ready"),
        new("NativeAOT", "native"),
    ];
}

/// <summary>
/// The engine's work in a process of its own, compiled in one of several ways; it stands still while another has its turn. Killed
/// when it is disposed. Owner: the thread that measures.
/// </summary>
internal sealed class EnginePeer : IDisposable
{
    /// <summary>Names the folder that <c>scripts/native.sh --engine</c> made.</summary>
    public const string FolderVariable = "ENGINE_PROGRAMS";

    private const string Program = "hftdelta-engine";

    private readonly PeerProcess _process;

    private EnginePeer(PeerProcess process, double startNanos)
    {
        _process = process;
        StartNanos = startNanos;
    }

    /// <summary>From the call that makes the process until its first word has come.</summary>
    public double StartNanos { get; }

    /// <summary>Where the program lies; this very program for the JIT where nothing was built; null for others.</summary>
    public static string? Find(RuntimeMode mode, string? folder)
    {
        var built = Path.Combine(folder ?? "", mode.Folder, Program);
        return !string.IsNullOrEmpty(folder) && File.Exists(built) ? built
            : mode.Folder == RuntimeMode.Usual.Folder ? Path.Combine(AppContext.BaseDirectory, "hftdelta-bench")
            : null;
    }

    public static EnginePeer Start(RuntimeMode mode, string program)
    {
        // The program env hands over its place: what follows is one process.
        string[] arguments = [$"DOTNET_TieredPGO={(mode.HasProfile ? 1 : 0)}", program, EnginePeerLoop.Argument];
        var began = Stopwatch.GetTimestamp();
        var process = PeerProcess.Start(mode.Name, "env", arguments, out _);
        return new EnginePeer(process, Stopwatch.GetElapsedTime(began).TotalNanoseconds);
    }

    /// <summary>Makes the flow against an engine, which is the first work of this process.</summary>
    public double FlowNanos(int count) => _process.Nanos(string.Create(CultureInfo.InvariantCulture, $"flow {count}"));

    /// <summary>Nanoseconds of a command in the median chunk of a pass, not counted for garbage.</summary>
    public double WarmNanos() => _process.Nanos("warm");

    /// <summary>The same, counted.</summary>
    public double PassNanos() => _process.Nanos("pass");

    /// <summary>What all counted passes allocated, in bytes, and how often the collector ran.</summary>
    public (long AllocatedBytes, int Collections) Garbage()
    {
        _process.Say("garbage");
        var words = _process.Expect("GARBAGE").Split(' ');
        var counts = words.Skip(1).Select(word => int.Parse(word, CultureInfo.InvariantCulture));
        return (long.Parse(words[0], CultureInfo.InvariantCulture), counts.Sum());
    }

    public void Dispose() => _process.Dispose();
}

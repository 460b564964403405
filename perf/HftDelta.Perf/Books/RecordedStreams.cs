using HftDelta.Node.BookReplay;
using HftDelta.Simulation.Streams;

namespace HftDelta.Perf.Books;

/// <summary>Where the recorded streams are found, and what stands in for them where they are absent.</summary>
internal static class RecordedStreams
{
    /// <summary>Operations of a stream after its set-up.</summary>
    public const int Operations = 1_000_000;

    private const string SharedVariable = "HFTDELTA_SHARED";
    private const ulong Seed = 42;

    /// <summary>The recorded stream, or one of the same make-up where the shared data is absent.</summary>
    public static HdbsStream Get(StreamProfile profile, SuiteResult result)
    {
        var file = Path.Combine(SharedFolder(), "streams", $"{profile.Name}.hdbs.gz");
        if (File.Exists(file)) return HdbsStream.Read(file);
        result.Notes.Add($"{profile.Name}: generated, since the recorded stream is absent ({SharedVariable} names its folder)");
        return Generate(profile);
    }

    public static HdbsStream Generate(StreamProfile profile) => GeneratedStream.Make(profile, Operations, Seed);

    private static string SharedFolder()
    {
        var configured = Environment.GetEnvironmentVariable(SharedVariable);
        if (!string.IsNullOrEmpty(configured)) return configured;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln"))) folder = folder.Parent;
        return folder == null ? "" : Path.Combine(folder.FullName, "..", "shared");
    }
}

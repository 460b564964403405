using System.Globalization;
using HftDelta.Node.Development;
using static HftDelta.Node.Doctor.MachineCheck;

namespace HftDelta.Node.Doctor;

/// <summary>How the runtime was started, and how many files it may open.</summary>
internal static class RuntimeChecks
{
    public const string ServerName = "ServerGC";
    public const string ConcurrentName = "ConcurrentGC";
    public const string ProfileVariable = "DOTNET_TieredPGO";
    public const string FirstGenerationVariable = HostSettings.FirstGenerationVariable;

    private const long FilesNeeded = 256;
    private const long FilesRoomy = 4_096;
    private const string Launcher = "start it with scripts/hftdelta, which sets it";

    public static IReadOnlyList<MachineCheck> All { get; } =
    [
        new("gc-server", "the collector of servers takes a thread of each core, and pauses longer", Server),
        new("gc-concurrent", "a background collector is one more thread that wants a core", Concurrent),
        new("tiered-pgo", "the last tier compiles hot code for the branches that are taken", Profile),
        new("gc-first-generation", "a large first generation means almost no collection while a venue runs", FirstGeneration),
        new("open-files", "segments, indexes, sockets and counters are open files", OpenFiles),
    ];

    private static (FindingStatus Status, string Seen, string? Mend) Server(Machine machine) =>
        IsOn(machine, ServerName) switch
        {
            null => Unknown("the runtime does not tell it"),
            true => Warn("on", "unset DOTNET_gcServer"),
            false => Ok("off"),
        };

    private static (FindingStatus Status, string Seen, string? Mend) Concurrent(Machine machine) =>
        IsOn(machine, ConcurrentName) switch
        {
            null => Unknown("the runtime does not tell it"),
            true => Warn("on", "unset DOTNET_gcConcurrent"),
            false => Ok("off"),
        };

    private static bool? IsOn(Machine machine, string name) =>
        machine.RuntimeSettings.TryGetValue(name, out var value) ? bool.TryParse(value, out var isOn) && isOn : null;

    // On unless somebody switched it off.
    private static (FindingStatus Status, string Seen, string? Mend) Profile(Machine machine) =>
        machine.RuntimeSettings.TryGetValue(ProfileVariable, out var value) && value == "0"
            ? Warn("off", $"unset {ProfileVariable}; scripts/hftdelta sets it to 1")
            : Ok("on");

    private static (FindingStatus Status, string Seen, string? Mend) FirstGeneration(Machine machine)
    {
        if (!machine.RuntimeSettings.TryGetValue(FirstGenerationVariable, out var text))
        {
            return Warn($"the runtime's own size: {FirstGenerationVariable} is not set", Launcher);
        }

        if (!HostSettings.TryReadFirstGeneration(text, out var bytes))
        {
            return Warn($"{FirstGenerationVariable}={text} is no hexadecimal number", Launcher);
        }

        return bytes >= HostSettings.FirstGenerationBytesMin ? Ok(ByteText.Of(bytes)) : Warn(ByteText.Of(bytes), Launcher);
    }

    private static (FindingStatus Status, string Seen, string? Mend) OpenFiles(Machine machine)
    {
        if (!ProcessLimits.TryRead(machine, "Max open files", out var limit, out var reason))
        {
            return Unknown(reason);
        }

        var seen = limit == long.MaxValue ? "unlimited" : limit.ToString("N0", CultureInfo.InvariantCulture);
        const string mend = "LimitNOFILE=65536 in the service, or ulimit -n 65536 before the start";
        return limit >= FilesRoomy ? Ok(seen) : limit >= FilesNeeded ? Warn(seen, mend) : Fail(seen, mend);
    }
}

using System.Globalization;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HftDelta.Runtime.Memory;

namespace HftDelta.Node.Development;

/// <summary>
/// What the system and the runtime grant a venue beside its threads: memory and the collector. Nothing of it is needed; what
/// is refused is told with what mends it. Immutable.
/// </summary>
internal sealed class HostSettings
{
    /// <summary>What scripts/hftdelta sets; below it the collector's first generation is collected while a venue runs.</summary>
    public const long FirstGenerationBytesMin = 256L << 20;

    public const string FirstGenerationVariable = "DOTNET_GCgen0size";

    private readonly IReadOnlyList<SystemGrant> _grants;

    private HostSettings(IReadOnlyList<SystemGrant> grants) => _grants = grants;

    /// <summary>For people: one line for what is granted, one for each refusal.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            var granted = _grants.Where(grant => grant.IsGranted).Select(grant => grant.Words).ToList();
            if (granted.Count > 0)
            {
                yield return $"  granted: {string.Join("; ", granted)}";
            }

            foreach (var refused in _grants.Where(grant => !grant.IsGranted))
            {
                yield return $"  refused: {refused.Words}; to mend it: {refused.Mend}";
            }
        }
    }

    /// <summary>Asks the system.</summary>
    /// <param name="locksMemory">Whether memory is to be locked.</param>
    public static HostSettings Apply(bool locksMemory) => new(
    [
        ProcessMemory.HugePages(),
        .. locksMemory ? [ProcessMemory.Lock()] : Array.Empty<SystemGrant>(),
        FirstGeneration(Environment.GetEnvironmentVariable(FirstGenerationVariable)),
        Collector(GCSettings.IsServerGC, GC.GetConfigurationVariables()),
        Compiler(RuntimeFeature.IsDynamicCodeCompiled),
    ]);

    /// <summary>The size of the collector's first generation, which only the environment sets, as a hexadecimal number.</summary>
    internal static SystemGrant FirstGeneration(string? variable)
    {
        var mend = "start it by scripts/hftdelta, or set "
            + $"{FirstGenerationVariable}=0x{FirstGenerationBytesMin:x} in its environment";
        return !TryReadFirstGeneration(variable, out var bytes)
            ? new SystemGrant(false, "the collector's first generation is of its own choice", mend)
            : bytes >= FirstGenerationBytesMin
                ? new SystemGrant(true, $"first generation {bytes >> 20} MiB", "")
                : new SystemGrant(
                    false,
                    $"a first generation of {bytes >> 20} MiB is small, {FirstGenerationBytesMin >> 20} are wanted",
                    mend);
    }

    /// <summary>As the runtime reads the variable: a hexadecimal number, with or without the prefix.</summary>
    internal static bool TryReadFirstGeneration(string? variable, out long bytes)
    {
        var digits = variable is null ? ""
            : variable.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? variable[2..] : variable;
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes);
    }

    /// <summary>One thread that collects when there is something to collect, and none in the background.</summary>
    internal static SystemGrant Collector(bool isServer, IReadOnlyDictionary<string, object> collector)
    {
        var isConcurrent = collector.TryGetValue("ConcurrentGC", out var value) && value is true;
        return !isServer && !isConcurrent
            ? new SystemGrant(true, "collector of a workstation without a background thread", "")
            : new SystemGrant(
                false,
                "the collector has threads of its own",
                "unset DOTNET_gcServer and DOTNET_gcConcurrent, or set both to 0");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("granted");
        foreach (var grant in _grants.Where(grant => grant.IsGranted))
        {
            json.WriteStringValue(grant.Words);
        }

        json.WriteEndArray();
        json.WriteStartArray("refused");
        foreach (var refused in _grants.Where(grant => !grant.IsGranted))
        {
            json.WriteStartObject();
            json.WriteString("what", refused.Words);
            json.WriteString("mend", refused.Mend);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static SystemGrant Compiler(bool isDynamic) => isDynamic
        ? new SystemGrant(true, "compiler that learns while it runs", "")
        : new SystemGrant(false, "compiled ahead of time: no compiler that learns while it runs", "nothing is to be mended");
}

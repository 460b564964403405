using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using HftDelta.Engine;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta version</c>: what this binary is, and with <c>--verbose</c> what it runs on.</summary>
public static class VersionCommand
{
    private static readonly Option<bool> VerboseOption = new("--verbose")
    {
        Description = "Also the commit, the system and what the processor can do.",
    };

    public static Command Create()
    {
        var command = new Command("version", "The versions of this binary, its schemas and its runtime.") { VerboseOption };
        command.SetAction(result =>
        {
            var output = result.InvocationConfiguration.Output;
            if (result.GetValue(OutputOption.Shared) == OutputFormat.Json)
            {
                JsonOutput.Write(output, "hftdelta.version/1", json =>
                {
                    foreach (var (name, value) in Facts())
                    {
                        json.WriteString(name, value);
                    }
                });
            }
            else
            {
                WriteText(output, result.GetValue(VerboseOption));
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void WriteText(TextWriter output, bool isVerbose)
    {
        output.WriteLine($"hftdelta {Version()}");
        foreach (var (name, value) in Facts().Where(fact => isVerbose || IsShort(fact.Name)))
        {
            TextOutput.Line(output, name, value);
        }
    }

    private static bool IsShort(string name) => name is "clientSchema" or "internalSchema" or "engineVersions" or "runtime";

    private static IEnumerable<(string Name, string Value)> Facts() =>
    [
        ("version", Version()),
        ("commit", Commit()),
        ("clientSchema", $"{HftDeltaSchema.Id}/{HftDeltaSchema.Version}"),
        ("internalSchema", $"{InternalSchema.Id}/{InternalSchema.Version}"),
        ("engineVersions", $"{EngineVersions.First} to {EngineVersions.Newest}"),
        ("runtime", RuntimeInformation.FrameworkDescription),
        ("system", RuntimeInformation.RuntimeIdentifier),
        ("processorFlags", string.Join(' ', Flags())),
    ];

    private static string Informational() =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0.0.0";

    private static string Version() => Informational().Split('+')[0];

    /// <summary>The build writes it behind a plus sign when it knows it.</summary>
    private static string Commit() => Informational().Split('+') is [_, var commit] ? commit : "unknown";

    private static IEnumerable<string> Flags()
    {
        (bool IsSupported, string Name)[] flags =
        [
            (Sse42.IsSupported, "sse4.2"),
            (Pclmulqdq.IsSupported, "pclmulqdq"),
            (System.Runtime.Intrinsics.X86.Aes.IsSupported, "aes"),
            (Bmi2.IsSupported, "bmi2"),
            (Avx2.IsSupported, "avx2"),
            (Avx512F.IsSupported, "avx512f"),
            (System.Runtime.Intrinsics.Arm.Aes.IsSupported, "arm-aes"),
            (Crc32.IsSupported, "arm-crc32"),
        ];
        return flags.Where(flag => flag.IsSupported).Select(flag => flag.Name);
    }
}

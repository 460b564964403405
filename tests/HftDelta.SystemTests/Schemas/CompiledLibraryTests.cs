using System.Diagnostics;
using System.Text.Json;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;

namespace HftDelta.SystemTests.Schemas;

/// <summary>
/// What <c>hftdelta schema compile</c> writes is a class library of its own: a project that holds nothing else builds it with
/// every
/// analyzer on and every warning an error.
/// </summary>
[TestFixture]
internal sealed class CompiledLibraryTests
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <AnalysisLevel>latest-all</AnalysisLevel>
            <EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <GenerateDocumentationFile>true</GenerateDocumentationFile>
            <IsAotCompatible>true</IsAotCompatible>
          </PropertyGroup>
        </Project>
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Of many names, of keywords, of both byte orders; the long suite takes every schema that is to be taken.</summary>
    private static readonly string[] Sample =
    [
        "own-csharp-names.xml", "own-groups.xml", "own-primitives-be.xml", "example-schema.xml", "samples-example-schema.xml",
        "cme-mdp3-v1.13.xml",
    ];

    [Test]
    [CancelAfter(1_200_000)]
    public void Compiled_schemas_build_as_a_class_library_without_warnings()
    {
        var collection = SharedData.FolderOrSkip("sbe-schemas");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Of("Codecs.csproj"), Project);
        var files = LongSuite.IsAsked ? Accepted(collection) : Sample.Select(name => Path.Combine("valid", name)).ToArray();
        for (var index = 0; index < files.Length; index++)
        {
            var run = VenueProcess.Run(Deadline, "schema", "compile", Path.Combine(collection, files[index]),
                "--out", folder.Of($"S{index}"), "--namespace", $"Codecs.S{index}");
            Assert.That(run.ExitCode, Is.Zero, $"{files[index]}: {run.Error}");
        }

        Assert.That(Build(folder.Root), Does.Contain("0 Warning(s)"));
    }

    private static string[] Accepted(string collection)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(collection, "manifest.json")));
        return [.. manifest.RootElement.EnumerateArray()
            .Where(entry => entry.GetProperty("grade").GetString() is "must-accept" or "should-accept")
            .Select(entry => entry.GetProperty("file").GetString()!)];
    }

    private static string Build(string folder)
    {
        var start = new ProcessStartInfo(VenueProcess.DotnetPath(), ["build", "-c", "Release", "-tl:off", "-nodeReuse:false"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_CLI_UI_LANGUAGE"] = "en" },
        };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, said.Length > 4_000 ? said[^4_000..] : said);
        return said;
    }
}

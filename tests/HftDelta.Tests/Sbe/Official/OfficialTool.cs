using System.Diagnostics;
using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe.Official;

/// <summary>
/// The official tool: the jar that SBE_JAR names (sbe-all, which holds the buffers that its codecs need), and a JDK. It makes
/// Java codecs of a schema, warnings being fatal; they are compiled with a driver of ours and run. The tool's annotation left the
/// class library with Java 11, so an empty one of its name is compiled along.
/// </summary>
internal sealed class OfficialTool : IDisposable
{
    private const int LimitMillis = 120_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("hftdelta-official-").FullName;
    private readonly string _jar;

    private OfficialTool(string jar) => _jar = jar;

    /// <summary>Skips the test where the jar or the JDK is absent.</summary>
    public static OfficialTool Require()
    {
        string? jar = Environment.GetEnvironmentVariable("SBE_JAR");
        if (string.IsNullOrEmpty(jar))
        {
            Assert.Ignore("SBE_JAR is not set: let it name the jar of the official SBE tool (sbe-all) to compare with it");
        }

        Assert.That(File.Exists(jar), Is.True, $"SBE_JAR names {jar}, which does not exist");
        foreach (string program in new[] { "java", "javac" })
        {
            if (!IsInstalled(program))
            {
                Assert.Ignore($"{program} is not on the PATH: install a JDK of version 8 or later to run the official SBE tool");
            }
        }

        return new OfficialTool(Path.GetFullPath(jar!));
    }

    /// <summary>Runs the tool; it must take the schema without a word.</summary>
    public void Compile(string schemaPath)
    {
        string said = Run("java",
            "-Dsbe.validation.warnings.fatal=true", "-Dsbe.validation.stop.on.error=true", "-Dsbe.xinclude.aware=true",
            "-Dsbe.target.language=Java", $"-Dsbe.output.dir={Sources}", "-jar", _jar, schemaPath);
        Assert.That(said, Is.Empty, $"the official tool on {schemaPath}");
    }

    public void Build(MessageSchema schema)
    {
        string package = Path.Combine(Sources, Path.Combine(schema.Package.Split('.')));
        File.WriteAllText(Path.Combine(package, JavaDriverSource.ClassName + ".java"), JavaDriverSource.Of(schema));
        string annotation = Path.Combine(Sources, "javax", "annotation");
        Directory.CreateDirectory(annotation);
        File.WriteAllText(Path.Combine(annotation, "Generated.java"),
            "package javax.annotation; public @interface Generated { String[] value(); }");
        string list = Path.Combine(_folder, "sources.txt");
        File.WriteAllLines(list, Directory.GetFiles(Sources, "*.java", SearchOption.AllDirectories));
        Run("javac", "-nowarn", "-proc:none", "-cp", _jar, "-d", Classes, $"@{list}");
    }

    /// <summary>Runs the driver on lines, which it answers line by line.</summary>
    public string[] Drive(MessageSchema schema, string verb, IEnumerable<string> lines)
    {
        string input = Path.Combine(_folder, "input.txt");
        string output = Path.Combine(_folder, "output.txt");
        File.WriteAllLines(input, lines);
        Run("java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
            Classes + Path.PathSeparator + _jar, $"{schema.Package}.{JavaDriverSource.ClassName}", verb, input, output);
        return File.ReadAllLines(output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Sources => Path.Combine(_folder, "sources");

    private string Classes => Path.Combine(_folder, "classes");

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LimitMillis))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end within {LimitMillis} ms");
        }

        string said = output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult();
        Assert.That(process.ExitCode, Is.Zero, $"{program}: {said}");
        return said;
    }
}

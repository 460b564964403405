using System.Diagnostics;

namespace HftDelta.SystemTests.Interop;

/// <summary>The official implementation that AERON_JAR names, and its tools. Tests that need it are skipped without it.</summary>
internal static class OfficialJar
{
    private const int ToolMillis = 60_000;

    // The jar reaches into the class library; from Java 17 on that has to be allowed.
    private static readonly string[] Opened =
        ["java.base/jdk.internal.misc=ALL-UNNAMED", "java.base/sun.nio.ch=ALL-UNNAMED", "java.base/java.util.zip=ALL-UNNAMED"];

    /// <summary>What java is to be started with before the name of a program in the jar.</summary>
    public static string[] Arguments(params string[] properties)
    {
        var jar = Environment.GetEnvironmentVariable("AERON_JAR");
        if (string.IsNullOrEmpty(jar))
        {
            Assert.Ignore("AERON_JAR is not set: let it name an official aeron-all jar to run the interop tests");
        }

        Assert.That(File.Exists(jar), Is.True, $"AERON_JAR names {jar}, which does not exist");
        foreach (var program in new[] { "java", "javac" })
        {
            if (!IsInstalled(program))
            {
                Assert.Ignore($"{program} is not on the PATH: install a JDK of version 17 or later to run the interop tests");
            }
        }

        return
        [
            .. Opened.SelectMany(opened => new[] { "--add-opens", opened }),
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", .. properties, "-cp", Path.GetFullPath(jar!),
        ];
    }

    /// <summary>Runs one of the official tools to its end.</summary>
    /// <returns>What it printed.</returns>
    public static string RunTool(string name, string aeronDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo("java") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = [.. Arguments($"-Daeron.dir={aeronDirectory}"), $"io.aeron.samples.{name}", .. arguments];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(ToolMillis))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{name} does not end");
        }

        Assert.That(process.ExitCode, Is.Zero, $"{name}: {errors.GetAwaiter().GetResult()}");
        return output.GetAwaiter().GetResult();
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));
}

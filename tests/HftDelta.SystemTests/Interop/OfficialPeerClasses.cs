using System.Diagnostics;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// <c>OfficialPeer.java</c>, compiled once against the jar that AERON_JAR names; the tests that need it are skipped, with what
/// is missing, where there is no jar or no JDK.
/// </summary>
internal static class OfficialPeerClasses
{
    private const string Source = "OfficialPeer.java";

    private static readonly Lazy<TemporaryFolder> Compiled = new(Compile);

    /// <summary>The class path: the jar and the compiled program.</summary>
    public static string PathOrSkip()
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

        return string.Join(Path.PathSeparator, Path.GetFullPath(jar!), Compiled.Value.Root);
    }

    /// <summary>After the last test.</summary>
    public static void Delete()
    {
        if (Compiled.IsValueCreated)
        {
            Compiled.Value.Dispose();
        }
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    private static TemporaryFolder Compile()
    {
        var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("javac") { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])
            ["-proc:none", "-cp", Environment.GetEnvironmentVariable("AERON_JAR")!, "-d", folder.Root, SourceFile()])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors);
        return folder;
    }

    private static string SourceFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln")))
        {
            folder = folder.Parent;
        }

        var source = Path.Combine(folder?.FullName ?? "", "tests", "HftDelta.SystemTests", "Interop", Source);
        Assert.That(File.Exists(source), Is.True, source);
        return source;
    }
}

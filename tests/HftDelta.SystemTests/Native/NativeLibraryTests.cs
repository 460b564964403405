using System.Diagnostics;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;

namespace HftDelta.SystemTests.Native;

/// <summary>
/// The C library as its user has it: the header alone compiles everywhere; the published library is driven by a program that
/// the system's compiler made. Publishing takes a package and time, so it belongs to the long suite.
/// </summary>
[TestFixture]
[CancelAfter(300_000)]
internal sealed class NativeLibraryTests
{
    [Test]
    public void Program_in_c_compiles_against_the_header_without_a_warning()
    {
        using var folder = new TemporaryFolder();
        var compiled = Run(
            CompilerOrSkip(),
            ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I", Header(), "-c", Driver(),
                "-o", folder.Root + "/driver.o"]);
        Assert.That(compiled.ExitCode, Is.Zero, compiled.Text);
    }

    [Test]
    public void Published_library_is_driven_by_a_program_in_c()
    {
        if (!LongSuite.IsAsked)
        {
            Assert.Ignore("publishing the library belongs to the long suite: scripts/test.sh --long");
        }

        using var folder = new TemporaryFolder();
        var compiler = CompilerOrSkip();
        var published = Run(Path.Combine(Root(), "scripts", "native.sh"), [folder.Root]);
        Assert.That(published.ExitCode, Is.Zero, published.Text);
        var program = folder.Root + "/driver";
        var compiled = Run(
            compiler,
            ["-std=c11", "-O1", "-I", folder.Root, Driver(), folder.Root + "/libhftdelta_book.so", "-Wl,-rpath," + folder.Root,
                "-o", program]);
        Assert.That(compiled.ExitCode, Is.Zero, compiled.Text);
        var driven = Run(program, []);
        Assert.That(driven.ExitCode, Is.Zero, driven.Text);
        Assert.That(driven.Text, Does.StartWith("ok entered "));
    }

    private static string Driver() => Path.Combine(Root(), "tests", "HftDelta.SystemTests", "Native", "book_driver.c");

    private static string Header() => Path.Combine(Root(), "perf", "HftDelta.Native");

    private static string CompilerOrSkip()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "gcc"))))
        {
            Assert.Ignore("gcc is not on the PATH: install it to compile programs against the header");
        }

        return "gcc";
    }

    private static (int ExitCode, string Text) Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text + errors.Result);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HftDelta.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("no folder above the tests holds HftDelta.sln");
    }
}

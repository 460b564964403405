using System.Diagnostics;

namespace HftDelta.SystemTests.Processes;

/// <summary>
/// A file system in memory with a stated size, mounted for one test. It takes the right to mount; without it the test is
/// skipped and says so.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const string BallastName = "ballast";

    private readonly TemporaryFolder _folder = new();

    public SmallDisk(int megabytes)
    {
        Root = _folder.Of("disk");
        Directory.CreateDirectory(Root);
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Root) != 0)
        {
            _folder.Dispose();
            Assert.Ignore("a small file system cannot be mounted here: that takes Linux and the right to mount");
        }
    }

    public string Root { get; }

    public long FreeBytes => new DriveInfo(Root).AvailableFreeSpace;

    /// <summary>Fills the disk up but for so many bytes.</summary>
    public void LeaveFree(long bytes)
    {
        Empty();
        var fill = FreeBytes - bytes;
        if (fill <= 0)
        {
            return;
        }

        using var ballast = File.Create(Path.Combine(Root, BallastName));
        var block = new byte[64 << 10];
        for (var written = 0L; written < fill; written += block.Length)
        {
            ballast.Write(block, 0, (int)Math.Min(block.Length, fill - written));
        }
    }

    /// <summary>Takes the filling away.</summary>
    public void Empty() => File.Delete(Path.Combine(Root, BallastName));

    public void Dispose()
    {
        _ = Run("umount", Root);
        _folder.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}

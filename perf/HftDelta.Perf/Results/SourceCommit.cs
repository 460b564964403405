using System.ComponentModel;
using System.Diagnostics;

namespace HftDelta.Perf.Results;

/// <summary>Which sources were measured, as far as git knows.</summary>
internal static class SourceCommit
{
    private const int HashDigits = 12;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Commit and whether files differ from it; null without git or outside of a repository.</summary>
    public static string? Read(string folder)
    {
        if (Git(folder, "rev-parse", "HEAD")?.Trim() is not { Length: > HashDigits } hash)
        {
            return null;
        }

        var changes = Git(folder, "status", "--porcelain", "--untracked-files=no");
        var note = changes switch
        {
            null => ", unknown whether changed",
            "" => "",
            _ => ", with changes that are not committed",
        };
        return hash[..HashDigits] + note;
    }

    private static string? Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var text = process.StandardOutput.ReadToEnd();
            return process.WaitForExit(Deadline) && process.ExitCode == 0 ? text : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

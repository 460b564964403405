using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using HftDelta.Primitives;

namespace HftDelta.Runtime.Agents;

/// <summary>
/// How a failed agent ends the process: one line on the error stream that names agent, rule and place, the details behind
/// it, and a numbered exit code. Nothing is closed or flushed on the way: state that broke an invariant must not be written,
/// and what was journaled before lies in mapped memory, which outlives the process.
/// </summary>
public static partial class ProcessFailure
{
    /// <summary>A bug: a broken invariant, or any exception that no agent expected.</summary>
    public const int BugExitCode = 1;

    /// <summary>The disk is full.</summary>
    public const int NoSpaceExitCode = 10;

    private const int NoSpaceErrno = 28;
    private const int NoSpaceHresultWindows = unchecked((int)0x80070070);

    /// <summary>Reports the failure and ends the process. Usable as the failure callback of runners and hosts.</summary>
    [DoesNotReturn]
    public static void End(AgentFailure failure)
    {
        var code = Report(failure, Console.Error);
        if (!OperatingSystem.IsWindows())
        {
            // Not Environment.Exit: it runs exit handlers, which may wait for the very agents that no longer run.
            ExitNow(code);
        }

        Environment.Exit(code);
    }

    /// <summary>Writes what happened.</summary>
    /// <returns>The exit code that belongs to it.</returns>
    public static int Report(AgentFailure failure, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(failure);
        ArgumentNullException.ThrowIfNull(error);
        error.WriteLine(Describe(failure));
        error.WriteLine(failure.Exception);
        error.Flush();
        return ExitCodeOf(failure.Exception);
    }

    /// <summary>One line: agent, what it was doing, rule and place.</summary>
    public static string Describe(AgentFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var doing = failure.Phase switch
        {
            AgentPhase.Start => "while starting",
            AgentPhase.Close => "while closing",
            _ => "in its duty cycle",
        };
        var broken = FindBroken(failure.Exception);
        var what = broken is not null ? broken.Message : $"{failure.Exception.GetType().Name}: {failure.Exception.Message}";
        return $"agent {failure.AgentName} failed {doing}: {what}";
    }

    public static int ExitCodeOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (FindBroken(exception) is not null)
        {
            return BugExitCode;
        }

        return exception is IOException { HResult: NoSpaceErrno or NoSpaceHresultWindows } ? NoSpaceExitCode : BugExitCode;
    }

    /// <summary>The broken invariant in the chain of causes, if there is one.</summary>
    private static InvariantBrokenException? FindBroken(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is InvariantBrokenException broken)
            {
                return broken;
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Node.Cli;
using HftDelta.Node.Pipeline;
using HftDelta.Replica.Faults;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node;

/// <summary>
/// How a failure ends the process: the words of whoever knows what happened, and the exit code that belongs to it. Nothing
/// is closed or flushed on the way (<see cref="ProcessFailure"/> says why).
/// </summary>
public static partial class NodeFailure
{
    [DoesNotReturn]
    public static void End(AgentFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var code = (int)Report(failure, Console.Error);
        if (!OperatingSystem.IsWindows())
        {
            ExitNow(code);
        }

        Environment.Exit(code);
    }

    /// <summary>Writes what happened: the operator's words where there are any, all details where it is a bug.</summary>
    /// <returns>The exit code that belongs to it.</returns>
    public static ExitCode Report(AgentFailure failure, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(failure);
        ArgumentNullException.ThrowIfNull(error);
        switch (failure.Exception)
        {
            case JournalException journal:
                error.WriteLine(journal.ToOperatorText());
                error.Flush();
                break;
            case OperatorException known:
                error.WriteLine(known.Message);
                error.Flush();
                break;
            case EngineStoppedException stopped:
                _ = ProcessFailure.Report(failure, error);
                error.WriteLine(stopped.ToOperatorText());
                error.Flush();
                break;
            default:
                _ = ProcessFailure.Report(failure, error);
                break;
        }

        return ExitCodeOf(failure.Exception);
    }

    /// <summary>The code of the first cause that has one.</summary>
    public static ExitCode ExitCodeOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var isStopped = false;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case EngineStoppedException:
                    isStopped = true;
                    break;
                case StateDivergenceException:
                    return ExitCode.StateDivergence;
                case JournalException journal:
                    return (ExitCode)journal.ExitCode;
                case ReplicaException replica:
                    return (ExitCode)replica.ExitCode;
                case OperatorException known:
                    return known.ExitCode;
                case StorageException { Fault: StorageFault.NoSpace }:
                    return ExitCode.NoSpace;
                case StorageException { Fault: StorageFault.SyncFailed }:
                    return ExitCode.SyncFailed;
                default:
                    break;
            }
        }

        return isStopped ? ExitCode.CommandBroken : (ExitCode)ProcessFailure.ExitCodeOf(exception);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}

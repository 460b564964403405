using System.CommandLine;
using System.CommandLine.Parsing;
using HftDelta.Aeron;
using HftDelta.Journal.Faults;
using HftDelta.Node.BookReplay;
using HftDelta.Node.Demo;
using HftDelta.Node.Pipeline;
using HftDelta.Replica.Faults;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// The one binary: its verbs, and how every one of them ends. Data goes to stdout, words to stderr; an error says what
/// happened, where, and what to do next; the exit code is one of <see cref="ExitCode"/>.
/// </summary>
public static class CommandLine
{
    private const int UsageError = 1001;
    private const int CountersError = 3001;
    private const int StorageError = 2103;
    private const int DivergenceError = 2301;
    private const int InputError = 2701;
    private const int TransportError = 3003;
    private const int UnexpectedError = 1000;
    private const int WriteError = 1008;
    private const int MemoryError = 1009;

    /// <summary>For verbs that colour what they write to a terminal.</summary>
    public static Option<bool> NoColor { get; } = new("--no-color")
    {
        Description = "No colours, also on a terminal.",
        Recursive = true,
    };

    public static RootCommand CreateRoot() =>
        new("HftDelta: a venue that matches derivatives and settles their delta continuously.")
        {
            OutputOption.Shared,
            NoColor,
            DoctorCommand.Create(),
            StartCommand.Create(),
            ConfigCommand.Create(),
            ControlCommand.Create(),
            ParamsCommand.Create(),
            ReplicaCommand.Create(),
            ClientCommand.Create(),
            BenchCommand.Create(),
            DemoCommand.Create(),
            JournalCommand.Create(),
            ReplayCommand.Create(),
            SnapshotCommand.Create(),
            RecoverCommand.Create(),
            SettlementsCommand.Create(),
            AccountsCommand.Create(),
            PositionsCommand.Create(),
            RiskCommand.Create(),
            StatementCommand.Create(),
            StatCommand.Create(),
            BookCommand.Create(),
            KernelCommand.Create(),
            StudyCommand.Create(),
            AeronCommand.Create(),
            SchemaCommand.Create(),
            VersionCommand.Create(),
        };

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code of the process.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(error);
        var result = CreateRoot().Parse(arguments);
        if (result.Errors.Count > 0)
        {
            return Refuse(result, error);
        }

        if (result.GetValue(OutputOption.Shared) == OutputFormat.Csv && result.CommandResult.Command is not TableCommand)
        {
            error.WriteLine($"error HD{UsageError}: --output csv: {NameOf(result)} writes no rows.");
            error.WriteLine("  next: ask for text or json.");
            return (int)ExitCode.Usage;
        }

        try
        {
            return result.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("interrupted");
            return (int)ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            return Explain(exception, error);
        }
    }

    private static int Refuse(ParseResult result, TextWriter error)
    {
        // The library also misses the command that an unknown word stands for.
        var told = result.UnmatchedTokens.Count > 0 && result.Errors.Count > 1 && result.CommandResult.Command is { Action: null }
            ? result.Errors.Skip(1)
            : result.Errors;
        var faults = string.Join(" ", told.Select(fault => $"{WordsOf(fault).Trim().TrimEnd('.')}."));
        error.WriteLine($"error HD{UsageError}: {faults}");
        error.WriteLine($"  next: {NameOf(result)} --help.");
        return (int)ExitCode.Usage;
    }

    /// <summary>The library's words, but without the names of types.</summary>
    private static string WordsOf(ParseError fault)
    {
        if (fault.SymbolResult is not OptionResult { Tokens.Count: > 0 } result || result.Option.ValueType.IsEnum)
        {
            return fault.Message;
        }

        var declared = result.Option.ValueType.GetElementType() ?? result.Option.ValueType;
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (!fault.Message.Contains($"'{type}'", StringComparison.Ordinal)
            && !fault.Message.Contains($"'{declared}'", StringComparison.Ordinal))
        {
            return fault.Message;
        }

        var wanted = Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => $"a whole number up to {int.MaxValue}",
            TypeCode.UInt32 => $"a whole number from 0 to {uint.MaxValue}",
            TypeCode.Int64 => $"a whole number up to {long.MaxValue}",
            TypeCode.UInt64 => $"a whole number from 0 to {ulong.MaxValue}",
            TypeCode.Double => "a number",
            _ => "of another form",
        };
        return $"{result.Option.Name} {result.Tokens[^1].Value}: must be {wanted}";
    }

    private static string NameOf(ParseResult result)
    {
        var names = new List<string>();
        for (var command = result.CommandResult; command is not null; command = command.Parent as CommandResult)
        {
            names.Insert(0, command.Command is RootCommand ? "hftdelta" : command.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static int Explain(Exception exception, TextWriter error)
    {
        var code = NodeFailure.ExitCodeOf(exception);
        switch (exception)
        {
            case OperatorException known:
                error.WriteLine(known.Message);
                break;
            case JournalException journal:
                error.WriteLine(journal.ToOperatorText());
                break;
            case ReplicaException replica:
                error.WriteLine(replica.Message);
                break;
            case ReplayInputException input:
                error.WriteLine($"error HD{InputError}: {input.Message.TrimEnd('.')}.");
                error.WriteLine("  next: correct the path or the file.");
                code = ExitCode.Usage;
                break;
            case AeronException transport:
                error.WriteLine($"error HD{TransportError}: {transport.Message.TrimEnd('.')}.");
                error.WriteLine("  next: name another address or port, or end whoever holds it.");
                code = ExitCode.Usage;
                break;
            case CounterFileException counters:
                error.WriteLine($"error HD{CountersError}: {counters.Message.TrimEnd('.')}.");
                error.WriteLine("  next: start the process, or name the file that it was told to write.");
                code = ExitCode.Unreachable;
                break;
            case StorageException storage:
                error.WriteLine($"error HD{StorageError}: {storage.Message.TrimEnd('.')}.");
                error.WriteLine("  next: check the path, its permissions, and the room on its device.");
                code = storage.Fault == StorageFault.NoSpace ? ExitCode.NoSpace : ExitCode.Usage;
                break;
            case IOException or UnauthorizedAccessException:
                error.WriteLine($"error HD{WriteError}: {exception.Message.TrimEnd('.')}.");
                error.WriteLine("  next: look at where the output goes: room, path and permissions.");
                code = code == ExitCode.NoSpace ? code : ExitCode.Usage;
                break;
            case OutOfMemoryException:
                error.WriteLine($"error HD{MemoryError}: there is not enough memory for this.");
                error.WriteLine("  next: free memory, or take a smaller input or smaller engine limits.");
                code = ExitCode.Usage;
                break;
            case EngineStoppedException when code == ExitCode.StateDivergence:
                error.WriteLine($"error HD{DivergenceError}: {exception.Message}");
                error.WriteLine("  next: keep the journal, and replay it with the version that wrote it.");
                break;
            case EngineStoppedException stopped:
                error.WriteLine(stopped.ToOperatorText());
                error.WriteLine("  what follows says where:");
                error.WriteLine(stopped.InnerException ?? stopped);
                break;
            default:
                error.WriteLine($"error HD{UnexpectedError}: {exception.Message}");
                error.WriteLine("  this is a bug; what follows says where:");
                error.WriteLine(exception);
                break;
        }

        return (int)code;
    }
}

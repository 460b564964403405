using HftDelta.Node.Schemas;
using HftDelta.Node.Schemas.Tables;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Cli;

/// <summary>
/// What the verbs of <c>hftdelta schema</c> do. Faults of a schema are data of <c>check</c> and words of every other verb: one a
/// line as <c>FILE(LINE,COLUMN): element: what is wrong; what to do</c>, which editors can follow.
/// </summary>
internal static class SchemaVerbs
{
    private const int FaultsError = 2801;
    private const int NamespaceError = 2802;
    private const int FolderError = 2803;

    public static int Compile(string path, string folder, string? target, VerbOutput to)
    {
        if (target is not null && !IsNamespace(target))
        {
            throw new OperatorException(
                NamespaceError, ExitCode.Usage, $"--namespace {target}: is no C# namespace", "write names with dots between");
        }

        return WithFaults(to, "nothing was written", () =>
        {
            var files = SchemaCompilation.Compile(path, target);
            try
            {
                GeneratedFolder.Replace(folder, files);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new OperatorException(
                    FolderError,
                    NodeFailure.ExitCodeOf(fault) == ExitCode.NoSpace ? ExitCode.NoSpace : ExitCode.Usage,
                    $"{folder} cannot take the files: {fault.Message.TrimEnd('.')}; nothing was changed",
                    "look at its room, path and permissions",
                    fault);
            }

            Report(to, path, folder, files.Select(file => file.Name).Order(StringComparer.Ordinal).ToList());
            return (int)ExitCode.Ok;
        });
    }

    public static int Check(string path, VerbOutput to)
    {
        MessageSchema? schema = null;
        IReadOnlyList<SchemaProblem> problems = [];
        try
        {
            SchemaCompilation.Compile(path, null);
            schema = SchemaFiles.Parse(path);
        }
        catch (SchemaFaultsException faults)
        {
            problems = faults.Problems;
        }

        if (to.IsJson)
        {
            WriteJson(to, path, schema, problems);
        }
        else if (schema is not null)
        {
            to.Output.WriteLine($"{path}: good: {Describe(schema)}");
        }
        else
        {
            Tell(to.Error, path, problems, "the schema is refused");
        }

        return (int)(schema is null ? ExitCode.Usage : ExitCode.Ok);
    }

    public static int Show(string path, VerbOutput to) => WithFaults(to, "nothing is shown", () =>
    {
        var schema = SchemaFiles.Parse(path);
        if (to.IsJson)
        {
            JsonOutput.Write(to.Output, "hftdelta.schema.show/1", json => JsonTables.Write(json, schema));
        }
        else
        {
            MarkdownTables.Write(to.Output, schema);
        }

        return (int)ExitCode.Ok;
    });

    public static int Diff(string old, string @new, VerbOutput to) =>
        WithFaults(to, "nothing was compared", () => SchemaDiff.Run(old, @new, to));

    public static int Decode(string path, string? hex, string? file, bool many, VerbOutput to) =>
        WithFaults(to, "nothing was decoded", () => SchemaDecode.Run(path, hex, file, many, to));

    /// <summary>Runs what needs a good schema; tells its faults where it is none.</summary>
    private static int WithFaults(VerbOutput to, string outcome, Func<int> act)
    {
        try
        {
            return act();
        }
        catch (SchemaFaultsException faults)
        {
            Tell(to.Error, faults.Path, faults.Problems, outcome);
            return (int)ExitCode.Usage;
        }
    }

    private static void Tell(TextWriter error, string path, IReadOnlyList<SchemaProblem> problems, string outcome)
    {
        foreach (var problem in problems)
        {
            error.WriteLine(problem);
        }

        var count = problems.Count == 1 ? "1 fault" : $"{problems.Count} faults";
        error.WriteLine($"error HD{FaultsError}: {path}: {count}; {outcome}.");
        error.WriteLine("  next: correct the lines above.");
    }

    private static string Describe(MessageSchema schema) =>
        $"schema {schema.Id}, version {schema.Version}, {schema.Messages.Count} messages";

    private static bool IsNamespace(string text) => text.Split('.').All(part =>
        part.Length > 0 && !char.IsAsciiDigit(part[0]) && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
        && !CSharpWords.IsReserved(part));

    private static void Report(VerbOutput to, string path, string folder, List<string> names)
    {
        if (!to.IsJson)
        {
            to.Output.WriteLine($"{names.Count} files in {folder}");
            return;
        }

        JsonOutput.Write(to.Output, "hftdelta.schema.compile/1", json =>
        {
            json.WriteString("file", path);
            json.WriteString("folder", folder);
            json.WriteStartArray("written");
            names.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        });
    }

    private static void WriteJson(VerbOutput to, string path, MessageSchema? schema, IReadOnlyList<SchemaProblem> problems) =>
        JsonOutput.Write(to.Output, "hftdelta.schema.check/1", json =>
        {
            json.WriteString("file", path);
            json.WriteBoolean("good", schema is not null);
            if (schema is not null)
            {
                json.WriteNumber("id", schema.Id);
                json.WriteNumber("version", schema.Version);
                json.WriteNumber("messages", schema.Messages.Count);
            }

            json.WriteStartArray("faults");
            foreach (var problem in problems)
            {
                json.WriteStartObject();
                json.WriteString("file", problem.Point.File);
                json.WriteNumber("line", problem.Point.Line);
                json.WriteNumber("column", problem.Point.Column);
                json.WriteString("element", problem.Element);
                json.WriteString("message", problem.Message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
}

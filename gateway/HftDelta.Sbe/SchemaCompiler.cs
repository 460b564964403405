using System;
using System.Collections.Generic;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe;

/// <summary>
/// The compiler as one call: the text of a schema in, C# or problems out. Never throws for what a schema says; a fault of the
/// compiler itself is reported as a problem of the file.
/// </summary>
public static class SchemaCompiler
{
    public static CompilationResult Compile(
        SchemaText text, Func<string, string, SchemaText?> resolve, Func<MessageSchema, EmitOptions> options)
    {
        var problems = new ProblemList();
        try
        {
            MessageSchema? schema = SchemaParser.Parse(text, resolve, problems);
            return schema is null
                ? new CompilationResult([], problems.Items)
                : new CompilationResult(SchemaEmitter.Emit(schema, options(schema)), []);
        }
#pragma warning disable CA1031 // The build must go on and say which schema it was.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            problems.Add(new SourcePoint(text.Path, 1, 1), "document",
                $"the compiler failed on this schema ({fault.GetType().Name}: {fault.Message}); please report it");
            return new CompilationResult([], problems.Items);
        }
    }
}

/// <summary>Files or problems, never both; equal when their contents are, which is what incremental builds compare.</summary>
public sealed class CompilationResult : IEquatable<CompilationResult>
{
    public CompilationResult(IReadOnlyList<GeneratedFile> files, IReadOnlyList<SchemaProblem> problems)
    {
        Files = files;
        Problems = problems;
    }

    public IReadOnlyList<GeneratedFile> Files { get; }

    public IReadOnlyList<SchemaProblem> Problems { get; }

    public bool Equals(CompilationResult? other) =>
        other is not null && SameItems(Files, other.Files) && SameItems(Problems, other.Problems);

    public override bool Equals(object? obj) => Equals(obj as CompilationResult);

    public override int GetHashCode()
    {
        int hash = Files.Count;
        foreach (GeneratedFile file in Files)
            hash = hash * 31 + file.GetHashCode();
        foreach (SchemaProblem problem in Problems)
            hash = hash * 31 + problem.GetHashCode();
        return hash;
    }

    private static bool SameItems<T>(IReadOnlyList<T> left, IReadOnlyList<T> right)
        where T : IEquatable<T>
    {
        if (left.Count != right.Count)
            return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (!left[i].Equals(right[i]))
                return false;
        }

        return true;
    }
}

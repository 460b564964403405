using HftDelta.Sbe;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas;

/// <summary>A schema file as C#: all files of a class library that needs nothing else, or every fault of the schema.</summary>
internal static class SchemaCompilation
{
    /// <param name="path">Of the schema.</param>
    /// <param name="target">The namespace of the codecs; the schema's package where it is null.</param>
    public static IReadOnlyList<GeneratedFile> Compile(string path, string? target)
    {
        var support = "";
        var unreadable = new List<SchemaProblem>();
        var result = SchemaCompiler.Compile(SchemaFiles.Read(path), SchemaFiles.Finder(unreadable), schema =>
        {
            var options = OptionsFor(schema, target);
            support = options.SupportNamespace;
            return options;
        });
        return unreadable.Count + result.Problems.Count > 0
            ? throw new SchemaFaultsException(path, [.. unreadable, .. result.Problems])
            : [.. result.Files, SupportSource.Write(support)];
    }

    private static EmitOptions OptionsFor(MessageSchema schema, string? target)
    {
        var package = EmitOptions.NameOf(schema.Package);
        return new EmitOptions(target ?? package, package, target ?? package);
    }
}

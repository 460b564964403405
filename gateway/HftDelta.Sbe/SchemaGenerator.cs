using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using System.Threading;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace HftDelta.Sbe;

/// <summary>
/// The source generator: every additional file that is a message schema becomes codecs. Item metadata: SbeNamespace, the
/// namespace of the codecs (otherwise root namespace and package); SbeSchemaName, the prefix of the schema's own classes
/// (otherwise the package). Steps compare by value, so that nothing runs again unless a schema or what it includes changed.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class SchemaGenerator : IIncrementalGenerator
{
    public const string InputStep = "SbeInput";
    public const string ResultStep = "SbeResult";

    private const string Metadata = "build_metadata.AdditionalFiles.";

    private static readonly DiagnosticDescriptor BadSchema = new("SBE0001", "Message schema is wrong", "{0}", "HftDelta.Sbe",
        DiagnosticSeverity.Error, isEnabledByDefault: true);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<SchemaFile> files = context.AdditionalTextsProvider
            .Where(static text => text.Path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancel) => ReadFile(pair.Left, pair.Right, cancel));
        IncrementalValueProvider<string> root = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => RootNamespace(options));
        IncrementalValuesProvider<SchemaInput> inputs = files.Collect()
            .SelectMany(static (all, _) => Inputs(all))
            .WithTrackingName(InputStep);
        IncrementalValuesProvider<CompilationResult> results = inputs.Combine(root)
            .Select(static (pair, _) => Compile(pair.Left, pair.Right))
            .WithTrackingName(ResultStep);
        IncrementalValueProvider<string> clashes = results.Collect().Select(static (all, _) => Clashes(all));
        context.RegisterSourceOutput(results.Combine(clashes), static (output, pair) => Report(output, pair.Left, pair.Right));
        IncrementalValueProvider<bool> any = results.Collect()
            .Select(static (all, _) => all.Length > 0 && AnyFiles(all));
        context.RegisterSourceOutput(any.Combine(root), static (output, pair) =>
        {
            if (pair.Left)
                Add(output, SupportSource.Write(SupportNamespace(pair.Right)));
        });
    }

    private static SchemaFile ReadFile(AdditionalText file, AnalyzerConfigOptionsProvider provider, CancellationToken cancel)
    {
        AnalyzerConfigOptions options = provider.GetOptions(file);
        options.TryGetValue(Metadata + "SbeNamespace", out string? target);
        options.TryGetValue(Metadata + "SbeSchemaName", out string? name);
        var text = new SchemaText(file.Path, file.GetText(cancel)?.ToString() ?? "");
        return new SchemaFile(text, target ?? "", name ?? "");
    }

    private static string RootNamespace(AnalyzerConfigOptionsProvider provider) =>
        provider.GlobalOptions.TryGetValue("build_property.RootNamespace", out string? root) ? root : "";

    private static string SupportNamespace(string root) => root.Length > 0 ? root : "Sbe";

    private static ImmutableArray<SchemaInput> Inputs(ImmutableArray<SchemaFile> all)
    {
        ImmutableArray<SchemaInput>.Builder inputs = ImmutableArray.CreateBuilder<SchemaInput>();
        foreach (SchemaFile file in all)
        {
            if (file.TargetNamespace.Length > 0 || SchemaXml.LooksLikeSchema(file.Text))
                inputs.Add(SchemaInput.Of(file, all));
        }

        return inputs.ToImmutable();
    }

    private static CompilationResult Compile(SchemaInput input, string root)
    {
        SchemaFile file = input.File;
        foreach (string part in file.TargetNamespace.Split('.'))
        {
            if (file.TargetNamespace.Length > 0 && !IsName(part))
                return Refuse(file, $"SbeNamespace '{file.TargetNamespace}' is no C# namespace; correct it in the project");
        }

        if (file.SchemaName.Length > 0 && !IsName(file.SchemaName))
            return Refuse(file, $"SbeSchemaName '{file.SchemaName}' is no C# name; correct it in the project");
        return SchemaCompiler.Compile(file.Text, input.Resolve, schema => OptionsOf(file, schema, root));
    }

    private static bool IsName(string part) => SyntaxFacts.IsValidIdentifier(part)
        && SyntaxFacts.GetKeywordKind(part) == SyntaxKind.None;

    private static CompilationResult Refuse(SchemaFile file, string message) =>
        new([], [new SchemaProblem(new SourcePoint(file.Text.Path, 1, 1), "document", message)]);

    private static EmitOptions OptionsOf(SchemaFile file, MessageSchema schema, string root)
    {
        string package = NameScope.PascalWords(schema.Package);
        string target = file.TargetNamespace.Length > 0 ? file.TargetNamespace
            : root.Length > 0 ? $"{root}.{package}"
            : package;
        return new EmitOptions(target, file.SchemaName.Length > 0 ? file.SchemaName : package, SupportNamespace(root));
    }

    /// <summary>The namespaces that more than one schema writes, one a line; a text, as texts compare by value.</summary>
    private static string Clashes(ImmutableArray<CompilationResult> all) => string.Join("\n", all
        .Where(static result => result.Files.Count > 0)
        .GroupBy(NamespaceOf, StringComparer.OrdinalIgnoreCase)
        .Where(static group => group.Count() > 1)
        .SelectMany(static group => group.Select(NamespaceOf)));

    /// <summary>File names are namespace, class and ending.</summary>
    private static string NamespaceOf(CompilationResult result)
    {
        string[] parts = result.Files[0].Name.Split('.');
        return string.Join(".", parts.Take(parts.Length - 3));
    }

    private static bool AnyFiles(ImmutableArray<CompilationResult> all)
    {
        foreach (CompilationResult result in all)
        {
            if (result.Files.Count > 0)
                return true;
        }

        return false;
    }

    private static void Report(SourceProductionContext output, CompilationResult result, string clashes)
    {
        foreach (SchemaProblem problem in result.Problems)
        {
            var at = new LinePosition(Math.Max(0, problem.Point.Line - 1), Math.Max(0, problem.Point.Column - 1));
            Location location = Location.Create(problem.Point.File, default, new LinePositionSpan(at, at));
            output.ReportDiagnostic(Diagnostic.Create(BadSchema, location, $"{problem.Element}: {problem.Message}"));
        }

        if (result.Files.Count > 0 && clashes.Split('\n').Contains(NamespaceOf(result)))
        {
            output.ReportDiagnostic(Diagnostic.Create(BadSchema, Location.None,
                $"two schemas write the namespace {NamespaceOf(result)}; give each its own SbeNamespace"));
            return;
        }

        foreach (GeneratedFile file in result.Files)
            Add(output, file);
    }

    private static void Add(SourceProductionContext output, GeneratedFile file) =>
        output.AddSource(file.Name, SourceText.From(file.Content, Encoding.UTF8));
}

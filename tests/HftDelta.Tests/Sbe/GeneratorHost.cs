using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using HftDelta.Sbe;
using HftDelta.Sbe.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace HftDelta.Tests.Sbe;

/// <summary>The source generator in a compiler that tracks its steps.</summary>
internal static class GeneratorHost
{
    public static CSharpCompilation Compilation(string code) =>
        CSharpCompilation.Create("Test", [CSharpSyntaxTree.ParseText(code)]);

    public static GeneratorDriver Run(GeneratorDriver driver) => driver.RunGenerators(Compilation(""));

    public static CSharpGeneratorDriver Driver(params XmlFile[] files) => CSharpGeneratorDriver.Create(
        [new SchemaGenerator().AsSourceGenerator()],
        files,
        optionsProvider: new Options(),
        driverOptions: new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true));

    public static IncrementalStepRunReason[] ReasonsOf(GeneratorDriver driver, string step) =>
        driver.GetRunResult().Results.Single().TrackedSteps[step]
            .SelectMany(run => run.Outputs.Select(output => output.Reason)).ToArray();

    /// <summary>The steps that write files and report faults: a compiler with nothing but cached ones here did no work.</summary>
    public static IncrementalStepRunReason[] OutputsOf(GeneratorDriver driver) =>
        driver.GetRunResult().Results.Single().TrackedOutputSteps.Values
            .SelectMany(steps => steps.SelectMany(run => run.Outputs.Select(output => output.Reason))).ToArray();

    public sealed class XmlFile(SchemaText text) : AdditionalText
    {
        public SchemaText Text { get; } = text;

        public override string Path => Text.Path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(Text.Content);
    }

    /// <summary>The metadata of each file: the first schema has a namespace and a name, others go by their package.</summary>
    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } =
            new Values(("build_property.RootNamespace", "Some"));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values();

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => textFile.Path == "test.xml"
            ? new Values(
                ("build_metadata.AdditionalFiles.SbeNamespace", "Some.Wire"),
                ("build_metadata.AdditionalFiles.SbeSchemaName", "Pings"))
            : new Values();
    }

    private sealed class Values(params (string Key, string Value)[] values) : AnalyzerConfigOptions
    {
        private readonly ImmutableDictionary<string, string> _values =
            values.ToImmutableDictionary(one => one.Key, one => one.Value, KeyComparer);

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) =>
            _values.TryGetValue(key, out value);
    }
}

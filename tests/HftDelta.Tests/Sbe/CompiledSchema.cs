using System.Reflection;
using System.Runtime.Loader;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

public delegate int EncodeVector(int index, Span<byte> buffer);

public delegate string PrintFrame(ReadOnlySpan<byte> frame);

public delegate int RecodeFrame(ReadOnlySpan<byte> frame, Span<byte> buffer);

/// <summary>Generated codecs, compiled in memory together with test code that drives them.</summary>
internal sealed class CompiledSchema
{
    public const string Namespace = "Compiled.Codecs";

    private static readonly Lazy<MetadataReference[]> Platform = new(() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path) is "netstandard.dll")
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .ToArray());

    private CompiledSchema(Assembly assembly)
    {
        Type driver = assembly.GetType($"{Namespace}.Driver")!;
        Print = driver.GetMethod("Print")!.CreateDelegate<PrintFrame>();
        Recode = assembly.GetType($"{Namespace}.Recoder")!.GetMethod("Recode")!.CreateDelegate<RecodeFrame>();
        Encode = driver.GetMethod("Encode")!.CreateDelegate<EncodeVector>();
    }

    /// <summary>The frame as the generated printer gives it, or the code of what is wrong with it.</summary>
    public PrintFrame Print { get; }

    /// <summary>Runs one of the encoding methods of the driver; returns the bytes written.</summary>
    public EncodeVector Encode { get; }

    /// <summary>Reads every field and writes it again; returns the bytes written, or minus the code of what is wrong.</summary>
    public RecodeFrame Recode { get; }

    public static EmitOptions Options { get; } = new(Namespace, "Test", Namespace);

    /// <summary>The printed frame, or null where it is refused.</summary>
    public string? Read(ReadOnlySpan<byte> frame)
    {
        string text = Print(frame);
        return text[0] == '{' ? text : null;
    }

    /// <summary>Compiles the schema's codecs with a driver whose encoding methods are given as bodies.</summary>
    public static CompiledSchema Build(MessageSchema schema, params IReadOnlyList<string> encodings)
    {
        string recoder = "#pragma warning disable\nnamespace " + Namespace + ";\n"
            + RecoderSource.Of(SchemaEmitter.PlanOf(schema, Options));
        (MemoryStream image, List<Diagnostic> faults) = Emit(schema, [Driver(encodings), recoder]);
        Assert.That(faults, Is.Empty);
        image.Position = 0;
        return new CompiledSchema(new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image));
    }

    /// <summary>Warnings and errors of the generated code, with nothing silenced but what the files silence themselves.</summary>
    public static List<Diagnostic> FaultsOf(MessageSchema schema) => Emit(schema, []).Faults;

    private static (MemoryStream Image, List<Diagnostic> Faults) Emit(MessageSchema schema, IEnumerable<string> more)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        IEnumerable<string> sources = SchemaEmitter.Emit(schema, Options)
            .Append(SupportSource.Write(Options.SupportNamespace))
            .Select(file => file.Content)
            .Concat(more);
        var compilation = CSharpCompilation.Create(
            "Compiled_" + Guid.NewGuid().ToString("N"),
            sources.Select(text => CSharpSyntaxTree.ParseText(text, options)),
            Platform.Value,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: false,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable));
        var image = new MemoryStream();
        List<Diagnostic> faults = compilation.Emit(image).Diagnostics
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .ToList();
        return (image, faults);
    }

    private static string Driver(IReadOnlyList<string> encodings)
    {
        string cases = string.Concat(encodings.Select((_, index) => $"case {index}: return Encode{index}(buffer);\n"));
        string methods = string.Concat(encodings.Select((body, index) =>
            $"private static int Encode{index}(global::System.Span<byte> buffer)\n{{\n{body}}}\n"));
        return $$"""
            #pragma warning disable
            using System;
            namespace {{Namespace}};
            public static class Driver
            {
                public static string Print(ReadOnlySpan<byte> frame)
                {
                    var text = new global::System.Text.StringBuilder();
                    ValidationCode code = TestPrinter.Print(frame, text);
                    return code == ValidationCode.Valid ? text.ToString() : code.ToString();
                }

                public static int Encode(int index, Span<byte> buffer)
                {
                    switch (index)
                    {
                        {{cases}}
                        default: return 0;
                    }
                }

                {{methods}}
            }
            """;
    }
}

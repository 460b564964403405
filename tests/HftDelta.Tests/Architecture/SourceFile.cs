using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HftDelta.Tests.Architecture;

/// <summary>One file of the tree; text and syntax are read when first asked for.</summary>
internal sealed class SourceFile
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    private readonly Lazy<string> _text;
    private readonly Lazy<CompilationUnitSyntax> _syntax;

    public SourceFile(string root, string fullPath)
        : this(System.IO.Path.GetRelativePath(root, fullPath).Replace('\\', '/'), () => System.IO.File.ReadAllText(fullPath)) =>
        LengthBytes = new FileInfo(fullPath).Length;

    private SourceFile(string path, Func<string> read)
    {
        Path = path;
        _text = new Lazy<string>(read);
        _syntax = new Lazy<CompilationUnitSyntax>(
            () => CSharpSyntaxTree.ParseText(Text, Options, path).GetCompilationUnitRoot());
    }

    /// <summary>From the root of the repository, with slashes.</summary>
    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The extension with its dot; empty for names such as <c>LICENSE</c> and <c>.gitignore</c>.</summary>
    public string Ending => Name[0] == '.' ? "" : System.IO.Path.GetExtension(Name);

    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    public long LengthBytes { get; }

    public string Text => _text.Value;

    public CompilationUnitSyntax Syntax => _syntax.Value;

    /// <summary>The lines, without the empty one that a final newline makes.</summary>
    public string[] Lines => Text.EndsWith('\n') ? Text[..^1].Split('\n') : Text.Split('\n');

    /// <summary>A file that exists only in a test, to show that a rule finds what it forbids.</summary>
    public static SourceFile Sample(string path, string text) => new(path, () => text);

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public override string ToString() => Path;
}

using NUnit.Framework;

namespace HftDelta.Tests.Architecture;

/// <summary>Files, methods and lines stay small enough to be read.</summary>
[CancelAfter(30_000)]
internal sealed class SizesTests
{
    private readonly SourceTree _tree = SourceTree.Instance;

    [Test]
    public void Source_files_have_at_most_600_lines() =>
        Offenders.None(_tree.Sources.SelectMany(Sizes.LongFiles), $"files have at most {Sizes.FileLinesMax} lines");

    [Test]
    public void Methods_have_at_most_70_lines() =>
        Offenders.None(
            _tree.Sources.SelectMany(Sizes.LongMethods),
            $"methods have at most {Sizes.MethodLinesMax} lines, but for those marked '{Sizes.Exemption}'");

    [Test]
    public void Lines_have_at_most_130_columns() =>
        Offenders.None(
            _tree.Sources.Concat(_tree.Files.Where(file => file.IsIn("scripts"))).SelectMany(Sizes.LongLines),
            $"lines have at most {Sizes.LineColumnsMax} columns");

    [Test]
    public void No_file_is_larger_than_200_KiB() =>
        Offenders.None(
            _tree.Files.Where(file => file.LengthBytes > Sizes.FileBytesMax)
                .Select(file => $"{file.Path}: {file.LengthBytes} bytes"),
            "large data does not belong into the repository");

    [TestCase(70, "", ExpectedResult = 0)]
    [TestCase(71, "", ExpectedResult = 1)]
    [TestCase(71, Sizes.Exemption, ExpectedResult = 0)]
    public int A_method_of_71_lines_is_found_unless_it_is_a_dispatch_table(int lines, string comment)
    {
        var body = string.Concat(Enumerable.Repeat("        Call();\n", lines - 3));
        var text = $"class Sample\n{{\n    {comment}\n    [Obsolete]\n    void Long()\n    {{\n{body}    }}\n}}\n";
        return Sizes.LongMethods(SourceFile.Sample("Sample.cs", text)).Count();
    }

    [TestCase("Sample() {{ {0} }}")]
    [TestCase("int Value {{ get {{ {0} return 1; }} }}")]
    [TestCase("int this[int i] {{ get {{ {0} return 1; }} }}")]
    [TestCase("public static Sample operator +(Sample a, Sample b) {{ {0} return a; }}")]
    public void Every_kind_of_body_is_measured(string shape)
    {
        var body = string.Concat(Enumerable.Repeat("        Call();\n", 71));
        var file = SourceFile.Sample("Sample.cs", $"class Sample\n{{\n{string.Format(null, shape, body)}\n}}\n");
        Assert.That(Sizes.LongMethods(file), Is.Not.Empty);
    }

    [Test]
    public void A_local_function_and_the_method_around_it_are_both_measured()
    {
        var body = string.Concat(Enumerable.Repeat("        Call();\n", 71));
        var text = $"class Sample\n{{\n    void Outer()\n    {{\n        void Inner()\n{{\n{body}}}\n    }}\n}}\n";
        var file = SourceFile.Sample("Sample.cs", text);
        Assert.That(Sizes.LongMethods(file).ToList(), Has.Count.EqualTo(2));
    }

    [Test]
    public void Long_top_level_statements_are_found()
    {
        var file = SourceFile.Sample("Program.cs", string.Concat(Enumerable.Repeat("Call();\n", 71)));
        Assert.That(Sizes.LongMethods(file), Is.Not.Empty);
    }

    [Test]
    public void A_line_of_131_columns_and_a_file_of_601_lines_are_found()
    {
        Assert.That(Sizes.LongLines(SourceFile.Sample("a.cs", new string('x', 131))), Is.EqualTo(["a.cs:1: 131 columns"]));
        Assert.That(Sizes.LongLines(SourceFile.Sample("a.cs", new string('x', 130))), Is.Empty);
        Assert.That(Sizes.LongFiles(SourceFile.Sample("a.cs", string.Concat(Enumerable.Repeat("\n", 601)))), Is.Not.Empty);
        Assert.That(Sizes.LongFiles(SourceFile.Sample("a.cs", string.Concat(Enumerable.Repeat("\n", 600)))), Is.Empty);
    }
}

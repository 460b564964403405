using System.IO.Compression;
using System.Text.Json;
using HftDelta.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.BookReplay;

/// <summary>The verb as scripts use it: exit codes, JSON on stdout, words on stderr.</summary>
[CancelAfter(20_000)]
public class BookCommandTests
{
    private const string Script = "row,time_s,op,order_id,side,price,qty\n0,1,A,1,S,100,5\n1,1,X,1,S,100,5\n";
    private string _folder = "";
    private string _output = "";
    private string _error = "";

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("hftdelta-book-").FullName;
        File.WriteAllText(FileOf("script"), Script);
        File.WriteAllText(FileOf("good"), "100,5,-9999999999,0\n9999999999,0,-9999999999,0\n");
        File.WriteAllText(FileOf("bad"), "100,5,-9999999999,0\n100,5,-9999999999,0\n");
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Equal_replay_exits_0_with_one_json_object()
    {
        Assert.That(Run("--output", "json", "book", "replay", "--format", "lobster-script", "--script", FileOf("script"),
            "--book", FileOf("good"), "--levels", "1"), Is.Zero);
        using var json = JsonDocument.Parse(_output);
        var root = json.RootElement;
        Assert.That(root.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.book-replay/1"));
        Assert.That(root.GetProperty("rowsCompared").GetInt64(), Is.EqualTo(2));
        Assert.That(root.GetProperty("rowsEqual").GetInt64(), Is.EqualTo(2));
        Assert.That(root.GetProperty("executionsCompared").GetInt64(), Is.EqualTo(1));
        Assert.That(root.GetProperty("executionsEqual").GetInt64(), Is.EqualTo(1));
        Assert.That(root.GetProperty("firstDifference").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(_error, Is.Empty);
    }

    [Test]
    public void Difference_exits_1_and_is_told_on_stderr()
    {
        Assert.That(Run("book", "replay", "--format", "lobster-script", "--script", FileOf("script"),
            "--book", FileOf("bad"), "--levels", "1", "--sparse"), Is.EqualTo(1));
        Assert.That(_output, Does.Contain("rows equal").And.Contain("different"));
        Assert.That(_error, Does.Contain("row 1").And.Contain("expected 5 at 100, found nothing"));
    }

    [Test]
    public void Faults_of_arguments_and_files_exit_2_with_nothing_on_stdout()
    {
        string[][] commands =
        [
            ["--format", "lobster-script"],
            ["--format", "lobster-script", "--script", FileOf("script")],
            ["--format", "lobster-script", "--script", FileOf("script"), "--book", FileOf("good"), "--levels", "0"],
            ["--format", "lobster-script", "--script", FileOf("good"), "--book", FileOf("good"), "--levels", "1"],
            ["--format", "lobster-script", "--script", FileOf("none"), "--book", FileOf("good"), "--levels", "1"],
            ["--format", "hdbs"],
            ["--format", "hdbs", FileOf("script")],
            ["--format", "hdbs", FileOf("none")],
            ["--format", "hdbs", FileOf("none"), "--book", FileOf("good")],
            ["--format", "itch", FileOf("script")],
            ["--format", "hdbs", _folder],
            ["--format", "lobster-script", "--script", _folder, "--book", FileOf("good")],
            .. Devices(),
        ];
        foreach (var command in commands)
        {
            Assert.That(Run(["book", "replay", .. command]), Is.EqualTo(2), string.Join(' ', command));
            Assert.That(_output, Is.Empty);
            Assert.That(_error, Does.Match(@"^error HD(1020|2701): .+\.\n  next: .+\.\n$"), string.Join(' ', command));
        }
    }

    [Test]
    public void Recorded_stream_exits_0_with_its_digests_in_json()
    {
        var path = SharedFiles.PathOrSkip("streams/quote.hdbs.gz");
        Assert.That(Run("book", "replay", "--format", "hdbs", path, "--output", "json"), Is.Zero);
        using var json = JsonDocument.Parse(_output);
        var root = json.RootElement;
        Assert.That(root.GetProperty("digestExpected").GetString(), Is.EqualTo("19bf4c42a659e4bb"));
        Assert.That(root.GetProperty("digestComputed").GetString(), Is.EqualTo("19bf4c42a659e4bb"));
        Assert.That(root.GetProperty("trades").GetInt64(), Is.EqualTo(51_671));
        Assert.That(root.GetProperty("volume").GetInt64(), Is.EqualTo(1_408_368));
        Assert.That(root.GetProperty("nanosPerOperation").GetDouble(), Is.GreaterThan(0));
    }

    [Test]
    public void A_damaged_gzip_file_is_said_to_be_damaged()
    {
        var path = Path.Combine(_folder, "stream.gz");
        using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            packed.Write(File.ReadAllBytes(typeof(BookCommandTests).Assembly.Location).AsSpan(0, 50_000));
        }

        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
        Assert.That(Run("book", "replay", "--format", "hdbs", path), Is.EqualTo(2));
        Assert.That(_error, Does.StartWith($"error HD2701: {path}: cannot be read: the gzip data is damaged.\n"));
    }

    /// <summary>Files without an end.</summary>
    private static IEnumerable<string[]> Devices() =>
        File.Exists("/dev/zero") ? [["--format", "hdbs", "/dev/urandom"], ["--format", "hdbs", "/dev/zero"]] : [];

    private string FileOf(string name) => Path.Combine(_folder, name + ".csv");

    private int Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = CommandLine.Run(arguments, output, error);
        _output = output.ToString();
        _error = error.ToString();
        return exit;
    }
}

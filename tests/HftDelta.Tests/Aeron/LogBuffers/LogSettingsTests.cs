using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using HftDelta.Aeron;
using HftDelta.Aeron.LogBuffers;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.LogBuffers;

/// <summary>What a channel says about its log: written where the official layout has it, and done to the file.</summary>
[CancelAfter(20_000)]
internal sealed class LogSettingsTests
{
    private const int TermLength = 64 * 1024;
    private const int MetadataOffset = 3 * TermLength;

    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("hftdelta-aeron-").FullName;

    [TearDown]
    public void DropDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_publications_log_holds_what_its_channel_says()
    {
        using var pair = new AeronPair(adjust: WithDirectory);
        using var publication = pair.Publish(
                "untethered-window-limit-timeout=3s|untethered-linger-timeout=4s|untethered-resting-timeout=7s|linger=9s"
                + "|so-sndbuf=256k|so-rcvbuf=192k|max-resend=5|pub-wnd=8k|ssc=true|eos=false|tags=1,77|sparse=true");

        var metadata = File.ReadAllBytes(Log("publications")).AsSpan(MetadataOffset);

        Assert.That(Long(metadata, 472), Is.EqualTo(3_000_000_000));
        Assert.That(Long(metadata, 500), Is.EqualTo(4_000_000_000), "at no multiple of eight");
        Assert.That(Long(metadata, 480), Is.EqualTo(7_000_000_000));
        Assert.That(Long(metadata, 464), Is.EqualTo(9_000_000_000));
        Assert.That(Int(metadata, 284), Is.EqualTo(8 * 1024));
        Assert.That(Int(metadata, 292), Is.EqualTo(256 * 1024));
        Assert.That(Int(metadata, 304), Is.EqualTo(192 * 1024));
        Assert.That(Int(metadata, 316), Is.EqualTo(5));
        Assert.That(Long(metadata, 448), Is.EqualTo(77));
        Assert.That(metadata[492..496].ToArray(), Is.EqualTo([1, 0, 1, 0]), "sparse, eos, ssc, tether");
    }

    [Test]
    public void The_linger_of_untethered_readers_is_their_limit_unless_it_is_said()
    {
        using var pair = new AeronPair(adjust: WithDirectory);
        using var publication = pair.Publish("untethered-window-limit-timeout=3s");

        Assert.That(Long(File.ReadAllBytes(Log("publications")).AsSpan(MetadataOffset), 500), Is.EqualTo(3_000_000_000));
    }

    [Test]
    public void A_prototype_says_so()
    {
        using var pair = new AeronPair(adjust: WithDirectory);
        using var publication = pair.PublisherDriver.AddPublication(
            "aeron:udp?control=10.0.0.1:24333|control-mode=response|response-correlation-id=prototype", AeronPair.StreamId);

        var metadata = File.ReadAllBytes(Log("publications")).AsSpan(MetadataOffset);

        Assert.That(Long(metadata, 456), Is.EqualTo(-2));
        Assert.That(metadata[489], Is.EqualTo(1), "a response");
    }

    [TestCase("sparse=true", false)]
    [TestCase("sparse=false", true)]
    [TestCase("", true)]
    public void A_sparse_log_takes_its_space_as_it_is_written(string parameter, bool isWhole)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("blocks are counted by stat of Linux");
        }

        using var pair = new AeronPair(adjust: WithDirectory);
        using var subscription = pair.Subscribe(parameter);
        using var publication = pair.Publish(parameter);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer(new byte[100]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);

        foreach (var path in new[] { Log("publications"), Log("images") })
        {
            var (length, blocks) = Stat(path);
            Assert.That(length, Is.EqualTo(MetadataOffset + LogMetadata.LengthBytes));
            Assert.That(blocks, isWhole ? Is.GreaterThanOrEqualTo(length) : Is.InRange(1, TermLength), path);
        }
    }

    [Test]
    public void A_log_that_is_not_sparse_is_all_there_whatever_its_length()
    {
        var parameters = new LogParameters
        {
            Type = LogType.Exclusive,
            CorrelationId = 1,
            SessionId = 1,
            StreamId = 1,
            InitialTermId = 1,
            StartTermId = 1,
            TermLengthBytes = 8 * 1024 * 1024,
            MtuLengthBytes = 1_408,
        };
        var (whole, asWritten, unsaid) = (PathOf("whole"), PathOf("sparse"), PathOf("unsaid"));
        using var one = LogBuffer.Create(parameters with { IsSparse = false }, whole);
        using var other = LogBuffer.Create(parameters with { IsSparse = true }, asWritten);
        using var third = LogBuffer.Create(parameters, unsaid);
        if (!File.Exists("/proc/self/smaps"))
        {
            Assert.Ignore("the system tells what is present in /proc/self/smaps");
        }

        Assert.That(ResidentBytes(whole), Is.GreaterThanOrEqualTo(24 * 1024 * 1024));
        Assert.That(ResidentBytes(asWritten), Is.LessThan(1024 * 1024));
        Assert.That(ResidentBytes(unsaid), Is.LessThan(1024 * 1024), "reserved, and not touched");
    }

    private string PathOf(string name) => Path.Combine(_directory, name);

    private AeronOptions WithDirectory(AeronOptions options) =>
        options with { AeronDirectory = Path.Combine(_directory, $"{options.RandomSeed}") };

    private string Log(string folder) => Directory.GetFiles(_directory, "*.logbuffer", SearchOption.AllDirectories)
        .Single(path => path.Contains(folder, StringComparison.Ordinal));

    private static int Int(ReadOnlySpan<byte> metadata, int offset) =>
        BinaryPrimitives.ReadInt32LittleEndian(metadata[offset..]);

    private static long Long(ReadOnlySpan<byte> metadata, int offset) =>
        BinaryPrimitives.ReadInt64LittleEndian(metadata[offset..]);

    private static (long Length, long BlockBytes) Stat(string path)
    {
        using var stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", "%s %b %B", path]) { RedirectStandardOutput = true })!;
        var numbers = stat.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries)
            .Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        stat.WaitForExit();
        return (numbers[0], numbers[1] * numbers[2]);
    }

    private static long ResidentBytes(string path)
    {
        var mapping = File.ReadLines("/proc/self/smaps").SkipWhile(line => !line.EndsWith(path, StringComparison.Ordinal));
        var words = mapping.First(line => line.StartsWith("Rss:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return 1024 * long.Parse(words[1], CultureInfo.InvariantCulture);
    }
}

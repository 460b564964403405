using System.IO.Compression;
using HftDelta.Aeron;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.LogBuffers;

/// <summary>
/// The log files that our driver leaves behind the recorded stream, byte for byte: 52 messages of 1000 + i bytes, every fifth of
/// 3000, into a second term; the front blanked, padding at the end of the first term, its raw tail past the end.
/// </summary>
[CancelAfter(20_000)]
internal sealed class RecordedLogTests
{
    private const int TermLength = 64 * 1024;
    private const int MetadataOffset = 3 * TermLength;
    private const int MessageCount = 52;

    // What the machine and its settings say: buffers of sockets, lingers, and numbers that the driver gave out.
    private static readonly (int Offset, int Length)[] Local = [(256, 8), (292, 24), (464, 8), (492, 1)];

    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("hftdelta-aeron-").FullName;

    [TearDown]
    public void DropDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void The_logs_of_publication_and_image_are_the_recorded_bytes()
    {
        var recordedPublication = Recorded("log-udp-publication");
        var recordedImage = Recorded("log-udp-image");
        using var pair = new AeronPair(adjust: WithDirectory);
        using var subscription = pair.Subscribe();
        using var publication = pair.PublishExclusively(AeronPair.RecordedStream);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

        SendAll(pair, publication, subscription);

        var publicationLog = Logs().Single(path => path.Contains("publications", StringComparison.Ordinal));
        var imageLog = Logs().Single(path => path.Contains("images", StringComparison.Ordinal));
        AssertSame(File.ReadAllBytes(publicationLog), recordedPublication);
        AssertSame(File.ReadAllBytes(imageLog), recordedImage);
    }

    [Test]
    public void Log_files_go_with_their_streams()
    {
        using var pair = new AeronPair(adjust: WithDirectory);
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

        publication.Dispose();
        pair.StepFor(10_000 * AeronPair.Millisecond, AeronPair.Millisecond);

        Assert.That(Logs(), Is.Empty);
    }

    // Each driver has its own.
    private AeronOptions WithDirectory(AeronOptions options) =>
        options with { AeronDirectory = Path.Combine(_directory, $"{options.RandomSeed}") };

    private string[] Logs() => Directory.GetFiles(_directory, "*.logbuffer", SearchOption.AllDirectories);

    private static void SendAll(AeronPair pair, ExclusivePublication publication, Subscription subscription)
    {
        var handler = new KeepingHandler();
        var sent = 0;
        var standing = 0;
        while (standing < 100)
        {
            var before = publication.Position;
            while (sent < MessageCount && publication.Offer(Message(sent)) > 0)
            {
                sent++;
            }

            pair.Step();
            standing = publication.Position == before ? standing + 1 : 0;
            if (standing == 50)
            {
                // All in one go when nothing moves any more, so that the last status message tells the very end.
                while (subscription.Poll(ref handler, 1_000) > 0)
                {
                    standing = 0;
                }
            }
        }

        Assert.That(sent, Is.EqualTo(MessageCount));
        Assert.That(subscription.Images[0].Position, Is.EqualTo(publication.Position));
    }

    private static byte[] Message(int number) => TestMessages.Recorded(number, number % 5 == 4 ? 3_000 : 1_000 + number);

    private static byte[] Recorded(string name)
    {
        var path = Path.Combine(VectorFiles.Root(), "aeron-vectors", name + ".bin.gz");
        if (!File.Exists(path))
        {
            Assert.Ignore($"aeron-vectors/{name}.bin.gz is absent: set HFTDELTA_SHARED to the folder of the shared data");
        }

        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static void AssertSame(byte[] log, byte[] recorded)
    {
        Assert.That(log, Has.Length.EqualTo(recorded.Length));
        foreach (var (offset, length) in Local)
        {
            recorded.AsSpan(MetadataOffset + offset, length).Clear();
            log.AsSpan(MetadataOffset + offset, length).Clear();
        }

        var first = log.AsSpan().CommonPrefixLength(recorded);
        Assert.That(
            first,
            Is.EqualTo(recorded.Length),
            $"first difference at {first}: term {first / TermLength} offset {first % TermLength}");
    }
}

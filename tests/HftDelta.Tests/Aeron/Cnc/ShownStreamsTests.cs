using HftDelta.Aeron.Cnc;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Cnc;

/// <summary>What an operator sees of streams that live, lose, are read, and end.</summary>
[CancelAfter(30_000)]
internal sealed class ShownStreamsTests
{
    private string _root = "";

    [SetUp]
    public void MakeDirectory() => _root = Directory.CreateTempSubdirectory("hftdelta-cnc-").FullName;

    [TearDown]
    public void DropDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Positions_of_a_stream_are_shown_by_both_drivers()
    {
        using var pair = Pair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish(AeronPair.RecordedStream);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        for (var number = 0; number < 3; number++)
        {
            Assert.That(publication.Offer(new byte[100]), Is.Positive);
        }

        pair.StepFor(50 * AeronPair.Millisecond);
        var handler = new KeepingHandler();
        Assert.That(subscription.Poll(ref handler, 2), Is.EqualTo(2));

        var sender = Shown(2);
        Assert.That(sender["pub-pos (concurrent)"], Is.EqualTo(480));
        Assert.That(sender["snd-pos"], Is.EqualTo(480));
        Assert.That(sender["pub-lmt"], Is.EqualTo(publication.PositionLimit));
        Assert.That(sender["snd-lmt"], Is.EqualTo(32 * 1024));
        Assert.That(sender["snd-channel"], Is.EqualTo(1));
        var receiver = Shown(3);
        Assert.That(receiver["rcv-hwm"], Is.EqualTo(480));
        Assert.That(receiver["rcv-pos"], Is.EqualTo(480));
        Assert.That(receiver["sub-pos"], Is.EqualTo(320));
        Assert.That(receiver["rcv-channel"], Is.EqualTo(1));
        Assert.That(receiver["Bytes received"], Is.AtLeast(480));
        Assert.That(receiver["Bytes currently mapped"], Is.GreaterThan(3 * 64 * 1024));
    }

    [Test]
    public void Losses_NAKs_and_back_pressure_are_shown()
    {
        using var pair = Pair();
        pair.Network.Conditions = pair.Network.Conditions with { DropPerMille = 100 };
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        var handler = new KeepingHandler();
        var sent = 0;
        for (var turn = 0; turn < 20_000 && sent < 500; turn++)
        {
            sent += publication.Offer(new byte[500]) > 0 ? 1 : 0;
            pair.Step();

            // The reader comes late, so that the sender runs into its limit first.
            subscription.Poll(ref handler, turn > 200 ? 100 : 0);
        }

        Assert.That(sent, Is.EqualTo(500));
        pair.StepFor(500 * AeronPair.Millisecond);

        Assert.That(Shown(2)["snd-bpe"], Is.Positive);
        Assert.That(Shown(2)["snd-naks-received"], Is.Positive.And.EqualTo(Shown(2)["NAKs received"]));
        Assert.That(Shown(3)["rcv-naks-sent"], Is.Positive.And.EqualTo(Shown(3)["NAKs sent"]));
        using var reader = CncReader.Open(Path.Combine(_root, "3"));
        var loss = reader.ReadLosses().Single();
        Assert.That(loss.SessionId, Is.EqualTo(publication.SessionId));
        Assert.That(loss.Source, Does.StartWith("10.0.0.1:"));
        Assert.That(loss.Observations, Is.EqualTo(OwnCounter(reader, "hftdelta_aeron_losses_total")));
        Assert.That(loss.LostBytes, Is.EqualTo(OwnCounter(reader, "hftdelta_aeron_lost_bytes_total")));
    }

    [Test]
    public void Counters_go_with_their_streams()
    {
        using var pair = Pair();
        var before = (Shown(2).Count, Shown(3).Count);
        for (var round = 0; round < 3; round++)
        {
            using (pair.Subscribe())
            using (var publication = pair.Publish())
            {
                Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
                Assert.That(Shown(2).Keys, Does.Contain("snd-pos"));
                Assert.That(Shown(3).Keys, Does.Contain("sub-pos"));
            }

            pair.StepFor(12_000 * AeronPair.Millisecond, AeronPair.Millisecond);
            Assert.That((Shown(2).Count, Shown(3).Count), Is.EqualTo(before));
        }

        using var reader = CncReader.Open(Path.Combine(_root, "2"));
        Assert.That(reader.ReadCounters().Max(counter => counter.Id), Is.LessThan(before.Item1 + 10), "places are used again");
    }

    [Test]
    public void What_an_application_asks_for_in_vain_is_in_the_log_of_errors()
    {
        using var pair = Pair();
        Assert.That(() => pair.PublisherDriver.AddPublication("aeron:udp?endpoint=10.0.0.2:0", 1), Throws.Exception);

        using var reader = CncReader.Open(Path.Combine(_root, "2"));
        Assert.That(reader.ReadErrors().Single().Words, Does.Contain("aeron:udp?endpoint=10.0.0.2:0"));
    }

    private static long OwnCounter(CncReader reader, string label) =>
        reader.ReadCounters().Single(counter => counter.Label == label).Value;

    // Each driver has its own directory, named by its seed: 2 is the publisher's, 3 the subscriber's.
    private AeronPair Pair() => new(adjust: options => options with
    {
        AeronDirectory = Path.Combine(_root, $"{options.RandomSeed}"),
        CounterValuesLengthBytes = 64 * 1024,
    });

    private Dictionary<string, long> Shown(int driver)
    {
        using var reader = CncReader.Open(Path.Combine(_root, $"{driver}"));
        return reader.ReadCounters().ToDictionary(
            counter => counter.TypeId == 4_800 ? counter.Label : counter.Label.Split(':')[0], counter => counter.Value);
    }
}

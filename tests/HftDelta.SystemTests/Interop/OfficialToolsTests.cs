using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using HftDelta.Aeron;
using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// The official tools read our Aeron directory, our reader an official one, and drivers of both kinds keep each other out of a
/// directory that one of them lives in.
/// </summary>
[CancelAfter(180_000)]
internal sealed class OfficialToolsTests
{
    private const int StreamId = 1001;
    private const int MessageCount = 2_000;
    private const int MessageLength = 300;
    private const string Official = "io.aeron.driver.MediaDriver";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    [Test]
    public void Official_tools_read_our_directory()
    {
        OfficialPeerClasses.PathOrSkip();
        using var folder = new TemporaryFolder();
        var directory = folder.Of("aeron");
        using var ours = Start(directory, new LossySockets(DatagramSocketFactory.Machine, 1, 20));
        using var subscription = ours.AddSubscription("aeron:udp?endpoint=127.0.0.1:0", StreamId);
        using var publication = ours.AddExclusivePublication(subscription.ResolvedChannel + "|term-length=64k", StreamId);
        Assert.That(() => ours.AddSubscription("aeron:udp?endpoint=127.0.0.1:0|rcv-wnd=1g", StreamId), Throws.Exception);
        SendAll(ours, publication, subscription);
        var session = publication.SessionId;
        var position = publication.Position;

        var counters = Counters(OfficialProgram.RunTool("AeronStat", directory, "watch=false"));
        Assert.That(counters["rcv-channel"], Is.EqualTo(1));
        Assert.That(counters["snd-channel"], Is.EqualTo(1));
        foreach (var name in new[] { "pub-pos (exclusive)", "snd-pos", "rcv-hwm", "rcv-pos", "sub-pos" })
        {
            Assert.That(counters[name], Is.EqualTo(position), name);
        }

        Assert.That(counters["pub-lmt"], Is.EqualTo(publication.PositionLimit));
        Assert.That(counters["snd-lmt"], Is.AtLeast(position));
        Assert.That(counters["NAKs sent"], Is.Positive.And.EqualTo(counters["rcv-naks-sent"]));
        Assert.That(counters["Errors"], Is.EqualTo(1));

        Assert.That(
            OfficialProgram.RunTool("ErrorStat", directory),
            Does.Contain("1 distinct errors observed").And.Contain("rcv-wnd=1g"));
        Assert.That(
            OfficialProgram.RunTool("LossStat", directory),
            Does.Match($@"\d+,\d+,[^,]+,[^,]+,{session},{StreamId},{Regex.Escape(subscription.Channel)},127\.0\.0\.1:\d+"));
        Assert.That(
            OfficialProgram.RunTool("StreamStat", directory),
            Does.Contain($"sessionId={session} streamId={StreamId}")
                .And.Contain($"sub-pos:{subscription.RegistrationId}:{position}"));
        Assert.That(OfficialProgram.RunTool("BacklogStat", directory), Does.Contain("has 0 backlog bytes"));
        Assert.That(OfficialProgram.RunTool("DriverTool", directory), Does.Contain($"PID: {Environment.ProcessId}"));
        foreach (var log in Directory.GetFiles(directory, "*.logbuffer", SearchOption.AllDirectories))
        {
            Assert.That(
                OfficialProgram.RunTool("LogInspector", directory, log),
                Does.Contain("Is connected: ").And.Contain("Term length: 65536").And.Contain($"session-id={session}"));
        }
    }

    [Test]
    public void Official_tools_read_what_our_driver_left_at_its_end()
    {
        OfficialPeerClasses.PathOrSkip();
        using var folder = new TemporaryFolder();
        var directory = folder.Of("aeron");
        Start(directory).Dispose();

        Assert.That(
            Counters(OfficialProgram.RunTool("AeronStat", directory, "watch=false"))["Control protocol version"],
            Is.EqualTo(65_536));
    }

    [Test]
    public void An_official_driver_keeps_us_out_and_we_read_its_counters()
    {
        OfficialPeerClasses.PathOrSkip();
        using var folder = new TemporaryFolder();
        var directory = folder.Of("aeron");
        using var official = new OfficialProgram(Official, directory);
        WaitUntilAlive(official, directory);

        Assert.That(
            () => Start(directory),
            Throws.TypeOf<AeronException>().With.Message.Contains("a driver is alive in it"));

        Assert.That(official.IsRunning, Is.True);
        using var reader = CncReader.Open(directory);
        var counters = reader.ReadCounters();
        Assert.That(counters[0], Is.EqualTo(new CncCounter(0, 0, "Bytes sent", 0, 0)));
        Assert.That(counters.Single(counter => counter.Label == "Control protocol version").Value, Is.EqualTo(65_536));
    }

    [Test]
    public void We_keep_an_official_driver_out_until_we_have_ended()
    {
        OfficialPeerClasses.PathOrSkip();
        using var folder = new TemporaryFolder();
        var directory = folder.Of("aeron");
        using (var ours = Start(directory))
        {
            using var refused = new OfficialProgram(Official, directory);
            while (refused.IsRunning)
            {
                ours.Invoker.DoWork();
                Thread.Yield();
            }

            Assert.That(refused.WaitForExit(), Is.Not.Zero);
            Assert.That(refused.Errors, Does.Contain("ActiveDriverException"));
        }

        using var official = new OfficialProgram(Official, directory);
        WaitUntilAlive(official, directory);
    }

    private static AeronDriver Start(string directory, DatagramSocketFactory? sockets = null) => new(new AeronOptions
    {
        Clock = new SystemNanoClock(),
        AeronDirectory = directory,
        Sockets = sockets ?? DatagramSocketFactory.Machine,
    });

    // All messages through lossy sockets, and until everything that is shown has come to rest.
    private static void SendAll(AeronDriver ours, ExclusivePublication publication, Subscription subscription)
    {
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(MessageLength));
        var message = new byte[MessageLength];
        var number = 0;
        var begun = Stopwatch.GetTimestamp();
        var rested = 0L;
        while (rested == 0 || Stopwatch.GetElapsedTime(rested) < TimeSpan.FromMilliseconds(500))
        {
            NumberedMessages.Fill(message, number);
            if (number < MessageCount && publication.Offer(message) > 0)
            {
                number++;
            }

            ours.Invoker.DoWork();
            subscription.Poll(ref assembler, 10);
            if (rested == 0 && assembler.Handler.Count == MessageCount)
            {
                rested = Stopwatch.GetTimestamp();
            }

            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(Deadline), "all messages");
        }
    }

    private static void WaitUntilAlive(OfficialProgram official, string directory)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!IsAlive(directory))
        {
            Assert.That(official.IsRunning, Is.True, () => official.Errors);
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(Deadline), "the official driver starts");
            Thread.Yield();
        }
    }

    private static bool IsAlive(string directory)
    {
        try
        {
            using var reader = CncReader.Open(directory);
            return reader.StateAt(new SystemNanoClock().Now) == CncState.Alive;
        }
        catch (AeronException)
        {
            return false;
        }
    }

    // "   53:      600,384 - snd-pos: 2 307711012 1001 aeron:udp?endpoint=127.0.0.1:33029"
    private static Dictionary<string, long> Counters(string printed) => Regex
        .Matches(printed, @"^ *\d+: +([-\d,]+) - ([^:\r\n]+?)(:.*)?$", RegexOptions.Multiline)
        .ToDictionary(
            line => line.Groups[2].Value,
            line => long.Parse(
                line.Groups[1].Value, NumberStyles.Integer | NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
}

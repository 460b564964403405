using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>The official tools look at the Aeron directory of our driver while it runs, and after its end.</summary>
[CancelAfter(120_000)]
internal sealed class OfficialToolsTests
{
    private const int StreamId = 1001;
    private const int MessageCount = 2_000;
    private const int MessageLength = 300;

    [Test]
    public void Official_tools_read_our_directory()
    {
        _ = OfficialJar.Arguments();
        using var folder = new TemporaryFolder();
        var directory = folder.Of("aeron");
        using var ours = new AeronDriver(new AeronOptions
        {
            Clock = new SystemNanoClock(),
            AeronDirectory = directory,
            Sockets = new LossySockets(DatagramSocketFactory.Machine, 1, 20),
        });
        using var subscription = ours.AddSubscription("aeron:udp?endpoint=127.0.0.1:0", StreamId);
        using var publication = ours.AddExclusivePublication(subscription.ResolvedChannel + "|term-length=64k", StreamId);
        Assert.That(() => ours.AddSubscription("aeron:udp?endpoint=127.0.0.1:0|rcv-wnd=1g", StreamId), Throws.Exception);
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(MessageLength));
        var message = new byte[MessageLength];
        var number = 0;
        while (assembler.Handler.Count < MessageCount)
        {
            NumberedMessages.Fill(message, number);
            if (number < MessageCount && publication.Offer(message) > 0)
            {
                number++;
            }

            ours.Invoker.DoWork();
            subscription.Poll(ref assembler, 10);
        }

        foreach (var tool in new[] { "AeronStat", "ErrorStat", "LossStat", "StreamStat", "BacklogStat", "DriverTool" })
        {
            Console.WriteLine("===== " + tool);
            Console.WriteLine(OfficialJar.RunTool(tool, directory, tool == "AeronStat" ? ["watch=false"] : []));
        }

        foreach (var log in Directory.GetFiles(directory, "*.logbuffer", SearchOption.AllDirectories))
        {
            Console.WriteLine("===== " + log);
            Console.WriteLine(OfficialJar.RunTool("LogInspector", directory, log));
        }
    }
}
